import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../src/base/canonical-json.ts';
import type { InventoryEntry } from '../../../../src/core/analysis/files/inventory.ts';
import { type CompareOptions, compareSnapshots } from '../../../../src/core/comparison/compare.ts';
import type { Comparison } from '../../../../src/core/comparison/comparison.ts';
import { device, dir, file, hardlink, opaque, symlink, whiteout } from '../../../support/inventory-maker.ts';
import { type ImagePlan, type LayerPlan, snapshotView } from '../../../support/inventory-snapshot.ts';

const compare = (base: ImagePlan, target: ImagePlan, options?: CompareOptions): Promise<Comparison> =>
  compareSnapshots(snapshotView(base), snapshotView(target), options);

/** Compares two images of one layer each. */
const compareEntries = (base: InventoryEntry[], target: InventoryEntry[], options?: CompareOptions) =>
  compare({ layers: [{ entries: base }] }, { layers: [{ entries: target }] }, options);

const from: LayerPlan = {
  step: 'ADD rootfs',
  entries: [dir('etc'), file('etc/os-release'), dir('bin'), file('bin/sh')],
};
const run = (entries: InventoryEntry[], plan: LayerPlan = {}): LayerPlan => ({
  step: 'RUN make',
  entries,
  ...plan,
});
const later = { mtime: 1_800_000_000 };

describe('comparing snapshots', () => {
  it('hears a signal while it compares very many files', async () => {
    const many = (mtime: number) =>
      Array.from({ length: 60_000 }, (_, n) => file(`f${n + 100_000}`, 'x', { mtime }));
    const ends = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => ends.abort(reason));
    const comparing = compareEntries(many(1), many(2), { mtime: true, signal: ends.signal });
    await expect(comparing).rejects.toBe(reason);
  });

  it('finds nothing between equal images, and loads nothing for it', async () => {
    const [base, target] = [snapshotView({ layers: [from] }), snapshotView({ layers: [from] })];
    const comparison = await compareSnapshots(base, target);
    expect(comparison).toEqual({
      schema: 'varve.comparison@2',
      base: {
        snapshotDigest: base.snapshotDigest,
        manifestDigest: null,
        configDigest: base.snapshot.config.digest,
        platform: { os: 'linux', architecture: 'amd64' },
        layerCount: 1,
        compressedSize: 100,
        uncompressedSize: 1000,
      },
      target: comparison.base,
      changed: false,
      summary: {
        ...{ unchanged: 1, recompressed: 0, moved: 0, rebuilt: 0, added: 0, removed: 0, reuseRatio: 1 },
        ...{ firstRebuilt: null, cascade: { layers: 0, uncompressedSize: 0 } },
      },
      size: { uncompressedDelta: 0, compressedDelta: 0, pullBytes: 0 },
      layers: [expect.objectContaining({ status: 'unchanged' })],
      files: { added: 0, modified: 0, removed: 0, volatile: 0, entries: [] },
      config: [],
      sections: {},
    });
    expect([base.asked, target.asked]).toEqual([[], []]);
  });

  it('names what changed in a layer, why, and in which files', async () => {
    const comparison = await compare(
      { layers: [from, run([file('bin/app', 'old'), file('bin/gone')])] },
      { layers: [from, run([file('bin/app', 'new'), file('bin/tool')])] },
    );
    expect(comparison.layers[1]).toMatchObject({
      status: 'rebuilt',
      cause: 'content',
      base: { index: 1, step: 'RUN make' },
    });
    expect(comparison.files).toMatchObject({ added: 1, modified: 1, removed: 1, volatile: 0 });
    expect(comparison.files?.entries).toMatchObject([
      {
        path: 'bin/app',
        status: 'modified',
        changes: ['content'],
        layer: 1,
        base: { size: 3 },
        target: { size: 3 },
      },
      { path: 'bin/gone', status: 'removed', changes: [], layer: 1 },
      { path: 'bin/tool', status: 'added', changes: [], layer: 1 },
    ]);
    expect(comparison.files?.entries[1]).not.toHaveProperty('target');
    expect(comparison.changed).toBe(true);
  });

  it('says that a rebuild which differs in nothing has not changed', async () => {
    const comparison = await compare(
      { layers: [from, run([file('bin/app')])] },
      { layers: [from, run([file('bin/app', 'bin/app', later)])] },
    );
    expect(comparison).toMatchObject({ changed: false, files: { entries: [] }, summary: { rebuilt: 1 } });
    expect(comparison.layers[1]).toMatchObject({ cause: 'timestamps' });
  });

  it('counts volatile differences nowhere, and keeps them', async () => {
    const log = (text: string) => run([dir('var'), dir('var/log'), file('var/log/dpkg.log', text)]);
    const comparison = await compare({ layers: [from, log('monday')] }, { layers: [from, log('tuesday')] });
    expect(comparison).toMatchObject({
      changed: false,
      files: {
        added: 0,
        modified: 0,
        removed: 0,
        volatile: 1,
        entries: [{ path: 'var/log/dpkg.log', volatile: true }],
      },
    });
    const all = await compare(
      { layers: [from, log('monday')] },
      { layers: [from, log('tuesday')] },
      { ignore: [] },
    );
    expect(all).toMatchObject({ changed: true, files: { modified: 1, volatile: 0 } });
  });

  it('has changed when a setting did, and not when a volatile one did', async () => {
    const labeled = (created: string, cmd: string): ImagePlan => ({
      layers: [from],
      config: { config: { Cmd: [cmd], Labels: { 'org.opencontainers.image.created': created } } },
    });
    expect(await compare(labeled('1', 'a'), labeled('2', 'a'))).toMatchObject({ changed: false });
    expect(await compare(labeled('1', 'a'), labeled('1', 'b'))).toMatchObject({
      changed: true,
      config: [{ path: '/config/Cmd' }],
    });
  });

  it('compares modification times only when asked, and never those of directories that nobody stated', async () => {
    const base = [dir('a'), file('a/f'), file('b/f')];
    const target = [dir('a', later), file('a/f', 'a/f', { mtimeNs: 1 }), dir('b', later), file('b/f')];
    expect((await compareEntries(base, target)).files?.entries).toEqual([]);
    const { files } = await compareEntries(base, target, { mtime: true });
    expect(files?.entries.map(({ path, changes }) => [path, changes])).toEqual([
      ['a', ['mtime']],
      ['a/f', ['mtime']],
    ]);
  });

  it('tells all kinds of changes apart', async () => {
    const changes = async (before: InventoryEntry, after: InventoryEntry) =>
      (await compareEntries([before], [after])).files?.entries.map((entry) => entry.changes);
    expect(await changes(file('a', 'x'), file('a', 'y'))).toEqual([['content']]);
    expect(await changes(file('a'), file('a', 'a', { mode: '4644' }))).toEqual([['mode']]);
    expect(await changes(file('a'), file('a', 'a', { gid: 7 }))).toEqual([['owner']]);
    expect(await changes(file('a'), file('a', 'a', { xattrs: { 'security.capability': 'AQ==' } }))).toEqual([
      ['xattrs'],
    ]);
    expect(await changes(symlink('a', 'x'), symlink('a', 'y'))).toEqual([['link']]);
    expect(await changes(symlink('a', 'x'), symlink('a', 'x', { mode: '0755' }))).toEqual([]);
    expect(await changes(device('a', 1, 3), device('a', 1, 5))).toEqual([['device']]);
    expect(await changes(dir('a'), symlink('a', 'x', { uid: 3 }))).toEqual([['type', 'owner']]);
    expect(await changes(file('a'), dir('a', { mode: '0755' }))).toEqual([['type', 'mode']]);
    expect(await changes(file('a', 'x', { mode: '0600' }), file('a', 'y', { uid: 1 }))).toEqual([
      ['content', 'mode', 'owner'],
    ]);
  });

  it('sees the content of hard links, not which name holds it', async () => {
    const base = [file('a', 'text'), hardlink('b', 'a')];
    const changes = async (target: InventoryEntry[]) =>
      (await compareEntries(base, target)).files?.entries.map(({ path, changes }) => [path, changes]);
    expect(await changes([file('a', 'text'), file('b', 'text')])).toEqual([
      ['a', ['links']],
      ['b', ['links']],
    ]);
    expect(await changes([file('a', 'text'), file('b', 'other')])).toEqual([
      ['a', ['links']],
      ['b', ['content', 'links']],
    ]);
    expect((await compareEntries(base, [file('b', 'text'), hardlink('a', 'b')])).files?.entries).toEqual([]);
    const { files } = await compare(
      { layers: [{ entries: base }] },
      { layers: [{ entries: base }, run([file('a', 'new')])] },
    );
    expect(files?.entries.map(({ path }) => path)).toEqual(['a']);
  });

  it('names each path of what a whiteout or an opaque directory took', async () => {
    const lower: LayerPlan = { entries: [dir('d'), dir('d/e'), file('d/e/f'), file('d/g')] };
    const removed = async (...entries: InventoryEntry[]) =>
      (await compare({ layers: [lower] }, { layers: [lower, run(entries)] })).files?.entries.map(
        ({ path, status, layer }) => `${status} ${path}@${layer}`,
      );
    expect(await removed(whiteout('d'))).toEqual([
      'removed d@1',
      'removed d/e@1',
      'removed d/e/f@1',
      'removed d/g@1',
    ]);
    expect(await removed(opaque('d'))).toEqual(['removed d/e@1', 'removed d/e/f@1', 'removed d/g@1']);
    expect(await removed(dir('d'), opaque('d'), file('d/g'))).toEqual(['removed d/e@1', 'removed d/e/f@1']);
    expect(await removed(symlink('d', 'e'))).toEqual([
      'modified d@1',
      'removed d/e@1',
      'removed d/e/f@1',
      'removed d/g@1',
    ]);
  });

  it('looks only into layers that differ, and for what they touch into those below', async () => {
    const base = { layers: [from, run([file('bin/app', 'old')])] };
    const target = { layers: [from, run([file('bin/app', 'new')])] };
    const [before, after] = [snapshotView(base), snapshotView(target)];
    const guarded = {
      ...after,
      loadInventory: async (index: number) => {
        const inventory = await after.loadInventory(index);
        if (inventory === null || index > 0) return inventory;
        inventory.entries = () => {
          throw new Error('a layer that both have was read as a whole');
        };
        return inventory;
      },
    };
    const { files } = await compareSnapshots(before, guarded);
    expect(files?.entries).toMatchObject([{ path: 'bin/app' }]);
    expect([before.asked, after.asked]).toEqual([[1], [1, 0]]);
  });

  it('takes an inventory from whichever side has it', async () => {
    const base = { layers: [from, run([file('bin/app', 'old')])] };
    const target = { layers: [{ ...from, unread: true as const }, run([file('bin/app', 'new')])] };
    expect((await compare(base, target)).files?.entries).toHaveLength(1);
  });

  it('has no files and no cause, rather than wrong ones, where an inventory is missing', async () => {
    const missing = { layers: [from, run([file('bin/app', 'new')], { unread: true })] };
    const comparison = await compare({ layers: [from, run([file('bin/app')])] }, missing);
    expect(comparison).toMatchObject({ files: null, changed: true });
    expect(comparison.layers[1]).toMatchObject({ status: 'rebuilt' });
    expect(comparison.layers[1]).not.toHaveProperty('cause');
    expect(await compare(missing, missing)).toMatchObject({ changed: false, files: { entries: [] } });
    const unread: LayerPlan = { ...from, unread: true };
    const lower = await compare({ layers: [unread] }, { layers: [unread, run([])] });
    expect(lower).toMatchObject({ files: null, changed: true });
  });

  it('does not merge the layers of Windows', async () => {
    const windows = (entries: InventoryEntry[]): ImagePlan => ({ os: 'windows', layers: [{ entries }] });
    expect(await compare(windows([file('Files/a')]), windows([file('Files/b')]))).toMatchObject({
      files: null,
      changed: true,
      layers: [{ cause: 'content' }],
    });
    expect(await compare(windows([file('Files/a')]), windows([file('Files/a')]))).toMatchObject({
      files: null,
      changed: false,
    });
  });

  it('does not know the settings where a config is missing, unless both are the same', async () => {
    const some: ImagePlan = { layers: [from], config: { config: { Cmd: ['a'] } } };
    expect(await compare(some, { ...some, config: null })).toMatchObject({ config: null, changed: true });
    expect(await compare({ ...some, config: null }, { ...some, config: null })).toMatchObject({ config: [] });
  });

  it('blames an edited instruction on the instruction', async () => {
    const comparison = await compare(
      { layers: [from, run([file('bin/app')])] },
      { layers: [from, run([file('bin/app', 'x')], { step: 'RUN make -j' })] },
    );
    expect(comparison.layers[1]).toMatchObject({ status: 'rebuilt', cause: 'step' });
  });

  it('gives the same bytes each time', async () => {
    const base = { layers: [from, run([file('z'), file('a'), file('é')])] };
    const target = { layers: [from, run([file('z', '1'), file('a', '1'), file('\u{1f600}')])] };
    const once = canonicalJson(await compare(base, target));
    expect(canonicalJson(await compare(base, target))).toBe(once);
  });
});

describe('what broke others', () => {
  const paths = async (base: LayerPlan[], target: LayerPlan[]) =>
    (await compare({ layers: base }, { layers: target })).files?.entries.map(
      ({ path, status }) => `${status} ${path}`,
    );

  it('a layer inserted at the bottom leaves the others where they are', async () => {
    const layers = [from, run([file('bin/app')])];
    const comparison = await compare(
      { layers },
      { layers: [run([file('new')], { step: 'RUN first' }), ...layers] },
    );
    expect(comparison.layers.map(({ status }) => status)).toEqual(['added', 'unchanged', 'unchanged']);
    expect(comparison.files?.entries).toMatchObject([{ path: 'new', status: 'added', layer: 0 }]);
  });

  it('an opaque directory that is made again does not show what was in it', async () => {
    const lower: LayerPlan = { entries: [dir('app'), file('app/old')] };
    expect(await paths([lower], [lower, run([dir('app'), opaque('app'), file('app/new')])])).toEqual([
      'added app/new',
      'removed app/old',
    ]);
  });

  it('a directory that becomes a symlink takes its files along', async () => {
    const lower: LayerPlan = {
      entries: [dir('lib'), file('lib/a'), dir('usr'), dir('usr/lib'), file('usr/lib/a', 'lib/a')],
    };
    expect(await paths([lower], [lower, run([symlink('lib', 'usr/lib')])])).toEqual([
      'modified lib',
      'removed lib/a',
    ]);
  });

  it('a symlink that points elsewhere is modified', async () => {
    expect(await paths([run([symlink('a', 'x')])], [run([symlink('a', 'y')])])).toEqual(['modified a']);
  });

  it('names that only look like whiteouts are files', async () => {
    expect(await paths([run([])], [run([file('usr/bin/which'), file('lib/wheel-0.40.0/METADATA')])])).toEqual(
      expect.arrayContaining(['added usr/bin/which', 'added lib/wheel-0.40.0/METADATA']),
    );
  });

  it('the same files in another order are no change', async () => {
    const comparison = await compareEntries([file('a'), file('b')], [file('b'), file('a')]);
    expect(comparison).toMatchObject({ changed: false, layers: [{ cause: 'order' }] });
  });
});
