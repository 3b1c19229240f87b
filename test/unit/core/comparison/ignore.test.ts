import { describe, expect, it } from 'vitest';
import type { FileDifference } from '../../../../src/core/comparison/comparison.ts';
import { DEFAULT_IGNORE } from '../../../../src/core/comparison/default-ignore.ts';
import { compileIgnore, type DifferenceFacts, requireGlobs } from '../../../../src/core/comparison/ignore.ts';
import { type IgnoreRule, parseIgnore, parseIgnores } from '../../../../src/core/comparison/ignore-rule.ts';
import { copyState, isState } from '../../../../src/core/rootfs/file-state.ts';
import { file } from '../../../support/inventory-maker.ts';

function state(content: string) {
  const entry = file('any', content);
  if (!isState(entry)) throw new Error('a file has a state');
  return copyState(entry);
}

const modified = (path: string, before: string, after: string): FileDifference => ({
  ...{ path, status: 'modified', changes: ['content'], layer: 0 },
  ...{ base: state(before), target: state(after) },
});

const added = (path: string): FileDifference => ({
  ...{ path, status: 'added', changes: [], layer: 0, target: state('new') },
});

/** Whether rules hide differences. */
function hidingBy(rules: readonly IgnoreRule[]) {
  const ignore = compileIgnore(rules);
  return {
    file: (difference: FileDifference, facts?: DifferenceFacts) => ignore.file(difference, facts) !== null,
    config: (pointer: string) => ignore.config(pointer) !== null,
  };
}

describe('the built-in list', () => {
  const ignore = hidingBy(DEFAULT_IGNORE);

  it('holds for what builds touch each time', () => {
    for (const path of [
      'var/log/apt/history.log',
      'var/log/apt/term.log',
      'var/log/dpkg.log',
      'var/log/alternatives.log',
      'var/log/dnf.rpm.log',
      'var/cache/ldconfig/aux-cache',
      'var/cache/apt/pkgcache.bin',
      'var/cache/apt/srcpkgcache.bin',
      'var/cache/fontconfig/3830d5c3ddfd5cd38a049b759396e72e-le64.cache-8',
      'root/.npm/_cacache/index-v5/00/60/6a22',
      'home/node/.npm/_logs/2026-11-21T00_38_50_041Z-debug-0.log',
    ]) {
      expect([path, ignore.file(added(path))]).toEqual([path, true]);
    }
  });

  it('does not hold for what matters, however alike', () => {
    for (const path of [
      'etc/ssh/ssh_host_rsa_key',
      'etc/shadow',
      'etc/ssl/certs/java/cacerts',
      'var/lib/dpkg/status',
      'var/log/app.log',
      'srv/var/log/dpkg.log',
      'root/.npm/_cacache/content-v2/sha512/00/11/22',
    ]) {
      expect([path, ignore.file(modified(path, 'a', 'b'))]).toEqual([path, false]);
    }
  });

  it('holds for compiled Python only where its code proved to be the same', () => {
    const pyc = 'usr/lib/python3/__pycache__/os.cpython-311.pyc';
    const proven = { isSameCode: true };
    expect(ignore.file(modified(pyc, 'time 1', 'time 2'))).toBe(false);
    expect(ignore.file(modified(pyc, 'time 1', 'time 2'), proven)).toBe(true);
    expect(ignore.file(modified(pyc, 'time 1', 'time 2 and more'), proven)).toBe(false);
    expect(ignore.file(added(pyc), proven)).toBe(false);
    expect(ignore.file({ ...modified(pyc, 'a', 'b'), changes: ['content', 'mode'] }, proven)).toBe(false);
    expect(ignore.file(modified('app/os.pyc', 'a', 'b'), proven)).toBe(false);
  });

  describe('never holds', () => {
    const path = 'var/cache/man/index.db';
    const before = state('a');
    const after = state('b');
    const change = (more: Partial<FileDifference>): FileDifference => ({
      ...{ path, status: 'modified', changes: ['content'], layer: 0, base: before, target: after },
      ...more,
    });
    const addedAs = (target: FileDifference['target'] & {}): FileDifference => ({ ...added(path), target });

    it.each<[string, FileDifference]>([
      ['a setuid file', addedAs({ ...after, mode: '4644' })],
      ['a setgid file', addedAs({ ...after, mode: '2644' })],
      ['a file for its owner to run', addedAs({ ...after, mode: '0744' })],
      ['a file for others to run', addedAs({ ...after, mode: '0645' })],
      ['a file with capabilities', addedAs({ ...after, xattrs: { 'security.capability': 'AQ==' } })],
      [
        'a program that changed',
        change({ base: { ...before, mode: '0755' }, target: { ...after, mode: '0755' } }),
      ],
      [
        'a program that is gone',
        { ...change({ status: 'removed', changes: [], base: { ...before, mode: '0755' } }) },
      ],
      ['a symlink', addedAs({ ...after, type: 'symlink', linkTarget: '/etc/shadow' })],
      ['a character device', addedAs({ ...after, type: 'char', device: { major: 1, minor: 1 } })],
      ['a block device', addedAs({ ...after, type: 'block', device: { major: 8, minor: 0 } })],
      ['a pipe', addedAs({ ...after, type: 'fifo' })],
      ['another owner', change({ changes: ['content', 'owner'] })],
      ['another mode', change({ changes: ['mode'] })],
      ['another type', change({ changes: ['type'] })],
      ['extended attributes', change({ changes: ['xattrs'] })],
    ])('for %s', (_, difference) => {
      expect(ignore.file(difference)).toBe(false);
      expect(ignore.file(change({}))).toBe(true);
    });

    it('for one of several names of an inode', () => {
      expect(ignore.file(added(path), { isLinked: true })).toBe(false);
      expect(ignore.file(added(path))).toBe(true);
    });
  });

  it('holds for caches that were there before, not for new ones that take room', () => {
    for (const path of [
      'var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease',
      'root/.cache/pip/http-v2/a/b/c/d/e/abcde',
      'root/.cache/pnpm/metadata-v1.3/registry.npmjs.org/express.json',
      'pnpm/store/v3/files/01/3594bf-index.json',
      'pnpm/store/v10/index/01/3594bf.json',
    ]) {
      expect([path, ignore.file(modified(path, 'a', 'longer'))]).toEqual([path, true]);
      expect([path, ignore.file(added(path))]).toEqual([path, false]);
      expect(ignore.file({ ...modified(path, 'a', 'b'), changes: ['content', 'mode'] })).toBe(false);
    }
  });

  it('holds for the random number of a machine, not for one that was emptied', () => {
    for (const path of ['etc/machine-id', 'var/lib/dbus/machine-id']) {
      expect(ignore.file(modified(path, 'a', 'b'))).toBe(true);
      expect(ignore.file(modified(path, 'a', ''))).toBe(false);
    }
  });

  it('holds for labels of the build and leavings of builders', () => {
    const pointers = [
      '/config/Labels/org.opencontainers.image.revision',
      '/config/Image',
      '/container_config/Cmd',
    ];
    for (const pointer of [...pointers, '/container', '/moby.buildkit.buildinfo.v1']) {
      expect([pointer, ignore.config(pointer)]).toEqual([pointer, true]);
    }
    for (const pointer of [
      '/config/Labels/org.opencontainers.image.version',
      '/config/Cmd',
      '/config/Env/PATH',
    ]) {
      expect([pointer, ignore.config(pointer)]).toEqual([pointer, false]);
    }
  });

  it('says why of each rule', () => {
    for (const { why } of DEFAULT_IGNORE) expect(why).toMatch(/\S/);
  });
});

describe('patterns of users', () => {
  const ignores = (pattern: string, path: string) => hidingBy([parseIgnore(pattern)]).file(added(path));

  it('are globs of paths that cover what is below, with or without a slash in front', () => {
    expect(ignores('var/log/**', 'var/log/a/b')).toBe(true);
    expect(ignores('/var/log', 'var/log/a/b')).toBe(true);
    expect(ignores('./var/log/', 'var/log')).toBe(true);
    expect(ignores('.//./var/log', 'var/log')).toBe(true);
    expect(ignores('var/log', 'var/logs')).toBe(false);
    expect(ignores('*.log', 'a.log')).toBe(true);
    expect(ignores('*.log', 'a/b.log')).toBe(false);
    expect(ignores('**/.hidden/*', 'x/.hidden/.y')).toBe(true);
    expect(ignores('!a', '!a')).toBe(true);
    expect(ignores('config/**', 'config/a')).toBe(true);
  });

  it('match names that hold newlines', () => {
    expect(ignores('tmp/**', 'tmp/a\nb/c\n')).toBe(true);
    expect(ignores('tmp/*', 'tmp/a\nb')).toBe(true);
  });

  it('are config pointers when they begin like one', () => {
    const rule = (pattern: string) => hidingBy([parseIgnore(pattern)]);
    for (const field of ['config', 'container', 'author', 'os', 'os.version', 'architecture', 'variant'])
      expect([field, rule(`/${field}`).config(`/${field}`)]).toEqual([field, true]);
    expect(rule('/config/Labels/build').config('/config/Labels/build')).toBe(true);
    expect(rule('/config/Labels/com.example.*').config('/config/Labels/com.example.a~1b')).toBe(true);
    expect(rule('/config/Healthcheck').config('/config/Healthcheck/Test')).toBe(true);
    expect(rule('/config/Env/PATH').file(added('config/Env/PATH'))).toBe(false);
    expect(rule('/author').config('/author')).toBe(true);
    expect(rule('/etc/author').config('/etc/author')).toBe(false);
  });

  it('are refused when they are no globs', () => {
    for (const pattern of ['', '/', 'a/[b', 'a/@(b|c)', 'x'.repeat(250_000)]) {
      expect(() => requireGlobs([parseIgnore(pattern)])).toThrow(
        expect.objectContaining({ code: 'bad-option' }),
      );
    }
  });

  it('are refused where there are more than a thousand', () => {
    expect(() => parseIgnores(Array(1001).fill('a'))).toThrow(
      expect.objectContaining({ code: 'bad-option' }),
    );
  });

  it('hide whatever they match, and say which of them did', () => {
    const ignore = compileIgnore([
      ...DEFAULT_IGNORE,
      ...['/etc/**', 'etc/shadow', '/config/**'].map(parseIgnore),
    ]);
    const setuid = { ...state('x'), mode: '4755' };
    expect(ignore.file({ ...added('etc/shadow'), target: setuid })).toEqual({
      kind: 'ignored',
      pattern: '/etc/**',
    });
    expect(ignore.config('/config/Cmd')).toEqual({ kind: 'ignored', pattern: '/config/**' });
    expect(ignore.config('/config/Image')).toEqual({ kind: 'volatile' });
    expect(ignore.file(added('var/log/apt/history.log'))).toEqual({ kind: 'volatile' });
  });

  it('ignore nothing when there are none', () => {
    const ignore = hidingBy([]);
    expect([ignore.file(added('a')), ignore.file(added('')), ignore.config('')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});
