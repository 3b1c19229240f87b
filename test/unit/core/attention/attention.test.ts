import { describe, expect, test } from 'vitest';
import { runAtOnce } from '../../../../src/base/pausable.ts';
import type { InventoryEntry } from '../../../../src/core/analysis/files/inventory.ts';
import type { AttentionItem } from '../../../../src/core/attention/attention.ts';
import { examineChange } from '../../../../src/core/attention/examine-change.ts';
import { unusualRights } from '../../../../src/core/attention/rights.ts';
import { isSecret } from '../../../../src/core/attention/secrets.ts';
import { findShadowed } from '../../../../src/core/attention/shadowed.ts';
import { searchPath, startsAsRoot } from '../../../../src/core/attention/start-user.ts';
import { findWaste } from '../../../../src/core/attention/waste.ts';
import { mergeLayers } from '../../../../src/core/rootfs/merge-layers.ts';
import { dir, file, inventoryOf, opaque, symlink, whiteout } from '../../../support/inventory-maker.ts';

type Layers = readonly (readonly InventoryEntry[])[];

const viewsOf = (layers: Layers) => layers.map((layer) => inventoryOf(layer));
const MEGABYTE = 1_000_000;
const large = (path: string, content = path, details: Partial<InventoryEntry> = {}): InventoryEntry =>
  file(path, content, { size: 2 * MEGABYTE, ...details });

describe('a file that holds a key or a password, by its name', () => {
  test.each([
    'root/.ssh/id_rsa',
    'home/x/.ssh/id_ed25519',
    'app/server.key',
    'app/private-key.pem',
    'app/tls/privkey.pem',
    'root/.npmrc',
    'root/.docker/config.json',
    'root/.aws/credentials',
    'root/.kube/config',
    'app/.env',
    'app/.env.production',
    'app/store.jks',
    'etc/ssh/ssh_host_ed25519_key',
    'infra/terraform.tfstate',
    'app/service-account.json',
    'app/secrets.yml',
  ])('%s', (path) => {
    expect(isSecret(path, 1000)).toBe(true);
    expect(isSecret(path, 0)).toBe(false);
    expect(isSecret(path, 100 * MEGABYTE)).toBe(false);
  });

  test.each([
    'root/.ssh/id_rsa.pub',
    'root/.ssh/known_hosts',
    'etc/ssl/certs/ca-certificates.pem',
    'usr/share/keyrings/debian.gpg.key',
    'etc/apt/trusted.gpg.d/x.key',
    'app/.env.example',
    'app/public-key.pem',
    'app/cert.pem',
    'node_modules/x/test/server.key',
    'app/keyboard.js',
    'app/config.json',
    'app/monkey.txt',
  ])('not %s', (path) => {
    expect(isSecret(path, 1000)).toBe(false);
  });
});

describe('rights that somebody should know of', () => {
  const entry = (mode: string, type: InventoryEntry['type'] = 'file', xattrs?: Record<string, string>) =>
    unusualRights({ type: type as 'file', mode, ...(xattrs && { xattrs }) });
  test('are those of programs that run as somebody else, and of what everybody can write to', () => {
    expect(entry('4755')).toEqual(['setuid']);
    expect(entry('6755')).toEqual(['setuid', 'setgid']);
    expect(entry('0755', 'file', { 'security.capability': 'AQ==' })).toEqual(['capability']);
    expect(entry('0666')).toEqual(['world-writable']);
    expect(entry('0777', 'dir')).toEqual(['world-writable']);
  });
  test('are not those of directories that are sticky or give their group, nor of links', () => {
    expect(entry('1777', 'dir')).toEqual([]);
    expect(entry('2755', 'dir')).toEqual([]);
    expect(entry('0777', 'symlink')).toEqual([]);
    expect(entry('0755')).toEqual([]);
  });
});

describe('the user that a container starts as', () => {
  test.each([
    [undefined, true],
    ['', true],
    ['root', true],
    ['0', true],
    ['0:1000', true],
    ['root:app', true],
    ['app', false],
    ['1000', false],
    ['1000:0', false],
  ])('%j: root is %s', (User, expected) => {
    expect(startsAsRoot({ config: User === undefined ? {} : { User } })).toBe(expected);
  });
  test('and its PATH are read from whatever a config has', () => {
    expect(startsAsRoot({})).toBe(true);
    expect(startsAsRoot({ config: 'odd' })).toBe(true);
    expect(searchPath({ config: { Env: ['PATH=/a', 1, 'PATH=/b:c:/b/:/'] } })).toEqual(['b', '']);
    expect(searchPath({ config: { Env: 'odd' } })).toContain('usr/bin');
  });
});

describe('a program that is shadowed', () => {
  const shadowed = (...layers: Layers) =>
    findShadowed(mergeLayers(viewsOf(layers)).rootfs, ['usr/local/bin', 'usr/bin', 'bin']).map(
      ({ path, other, layer }) => `${path} by ${other}@${layer}`,
    );
  const program = (path: string, content = path) => file(path, content, { mode: '0755' });
  test('is another of that name, behind on PATH', () => {
    expect(shadowed([program('usr/bin/x')], [program('usr/local/bin/x')])).toEqual([
      'usr/bin/x by usr/local/bin/x@1',
    ]);
  });
  test('is not the same file under two names, an equal one, or something that does not run', () => {
    const base = [program('usr/bin/x'), symlink('bin', 'usr/bin')];
    expect(shadowed(base)).toEqual([]);
    expect(shadowed(base, [symlink('usr/local/bin/x', '/usr/bin/x')])).toEqual([]);
    expect(shadowed(base, [program('usr/local/bin/x', 'usr/bin/x')])).toEqual([]);
    expect(shadowed(base, [file('usr/local/bin/x', 'text')])).toEqual([]);
  });
});

const wasteOf = (layers: Layers, from = 0): Partial<AttentionItem>[] =>
  runAtOnce(findWaste(viewsOf(layers), from));

describe('bytes that are wasted', () => {
  const base = [dir('a'), large('a/one'), large('a/two')];
  test('are those that a later layer hides, each counted once', () => {
    const hidden = { kind: 'hidden', layer: 0, other: 1, count: 2, bytes: 4 * MEGABYTE };
    for (const over of [
      [whiteout('a')],
      [opaque('a')],
      [whiteout('a/one'), whiteout('a/two')],
      [large('a/one', 'new'), large('a/two', 'newer')],
      [symlink('a/one', 'x'), whiteout('a/two')],
    ]) {
      expect(wasteOf([base, over])).toMatchObject([hidden]);
      expect(wasteOf([base, over, [whiteout('a')]]).filter(({ other }) => other === 1)).toMatchObject([
        hidden,
      ]);
      expect(wasteOf([base, over], 1)).toMatchObject([hidden]);
    }
  });
  test('are files again with another owner, which is what chown -R does', () => {
    const again = [dir('a'), large('a/one', 'a/one', { uid: 5 }), large('a/two', 'a/two', { uid: 5 })];
    expect(wasteOf([base, again])).toMatchObject([
      { kind: 'restated', layer: 1, count: 2, bytes: 4 * MEGABYTE },
    ]);
  });
  test('are the same content in two layers', () => {
    const copy = [large('b/one', 'a/one')];
    expect(wasteOf([base, copy])).toMatchObject([
      { kind: 'duplicate', layer: 1, path: 'b/one', other: 'a/one', bytes: 2 * MEGABYTE },
    ]);
    expect(wasteOf([base, copy], 1)).toMatchObject([{ kind: 'duplicate', layer: 1, other: 0 }]);
    expect(wasteOf([[...base, ...copy]])).toEqual([]);
  });
  test('are not few bytes, what is new, or a directory stated twice', () => {
    expect(wasteOf([[file('a/x')], [whiteout('a/x')]])).toEqual([]);
    expect(wasteOf([base, [dir('a'), large('a/three')]])).toEqual([]);
    expect(wasteOf([base, [whiteout('nothing')]])).toEqual([]);
  });
  test('and a key that a later layer hides is in the image nevertheless, however small', () => {
    expect(wasteOf([[file('app/.env')], [whiteout('app/.env')]])).toMatchObject([
      { kind: 'hidden-secret', path: 'app/.env', layer: 0, other: 1 },
    ]);
  });
});

describe('what a change brings', () => {
  const root = { config: {} };
  const change = (
    before: Layers,
    after: Layers,
    configs = { base: root, target: root },
    common: Layers = [],
  ) => {
    const [base, target] = [viewsOf([...common, ...before]), viewsOf([...common, ...after])];
    const states = (views: typeof base) =>
      new Map(
        [...mergeLayers(views).rootfs.descendants('.')].map(([path, { state, layer }]) => [
          path,
          { state, layer },
        ]),
      );
    const [old, now] = [states(base), states(target)];
    const entries = [...new Set([...old.keys(), ...now.keys()])].map((path) => {
      const [a, b] = [old.get(path), now.get(path)];
      return { path, ...(a && { base: a.state }), ...(b && { target: b.state }), layer: b?.layer ?? null };
    });
    const count = common.length;
    const stacks = { common: base.slice(0, count), base: base.slice(count), target: target.slice(count) };
    return runAtOnce(examineChange({ entries, configs, ...stacks })).map(
      ({ kind, path }) => `${kind} ${path}`,
    );
  };
  const su = (mode: string) => file('bin/su', 'su', { mode });

  test('is not what was there before', () => {
    const same = [[su('4755'), file('app/.env')]];
    expect(change(same, same)).toEqual([]);
    expect(change(same, [[su('4755'), file('app/.env', 'new')]])).toEqual([]);
    expect(change([[su('4755')]], [[su('0755')]])).toEqual([]);
  });
  test('is new rights, keys, and waste, the worst first', () => {
    expect(change([[su('0755')]], [[su('4755'), file('app/.env')]])).toEqual([
      'secret app/.env',
      'setuid bin/su',
    ]);
    const chown = [large('a/one', 'a/one', { uid: 5 })];
    expect(change([], [chown], undefined, [[large('a/one')]])).toEqual(['restated a/one']);
    expect(change([chown], [chown, [file('x')]], undefined, [[large('a/one')]])).toEqual([]);
  });
  test('is a start as root where it was somebody else before', () => {
    const app = { config: { User: 'app' } };
    expect(change([], [], { base: app, target: root })).toEqual(['root-user null']);
    expect(change([], [], { base: root, target: app })).toEqual([]);
  });
});
