import { describe, expect, it } from 'vitest';
import { collectGarbage, type GarbageRequest } from '../../../../src/core/store/collect-garbage.ts';
import { measureStore } from '../../../../src/core/store/measure-store.ts';
import type { Store } from '../../../../src/core/store/store.ts';
import { verifyStore } from '../../../../src/core/store/verify-store.ts';
import { getCompleteManifest } from '../../../../src/core/surface/complete-manifest.ts';
import type { SurfaceItem } from '../../../../src/core/surface/item.ts';
import { manifestPath, payloadPath } from '../../../../src/core/surface/paths.ts';
import type { Damage } from '../../../../src/core/surface/surface-store.ts';
import { type MadeRun, makeFragment, makeOrigin, makeRun } from '../../../support/item-makers.ts';
import { MemoryStorePlace } from '../../../support/memory-store.ts';
import { saveRun } from '../../../support/numbered-runs.ts';

const DAY = 24 * 3600_000;
const FIRST = Date.UTC(2026, 0, 1);
const timeOf = (day: number) => new Date(FIRST + day * DAY).toISOString();

/** A run of some day, whose fragments are kept for thirty more. */
const runOf = (day: number, texts: readonly string[], name = 'app', tenant = 'acme'): MadeRun =>
  makeRun(texts, makeOrigin({ tenant, time: timeOf(day) }), name);

const request = (day: number, over: Partial<GarbageRequest> = {}): GarbageRequest => ({
  ...{ keep: 1, grace: DAY, now: FIRST + day * DAY, isDeleting: true },
  onDamage: ({ object, problem }) => {
    throw new Error(`${object} ${problem}`);
  },
  ...over,
});

const digestsOf = ({ items }: { items: readonly { digest: string }[] }) =>
  items.map(({ digest }) => digest).sort();
const fragmentOf = (run: MadeRun, at: number): SurfaceItem => {
  const fragment = run.items[at];
  if (fragment === undefined) throw new Error('no fragment');
  return fragment;
};
const isThere = async (store: Store, { key }: SurfaceItem) => (await store.surface.getManifest(key)) !== null;

describe('what a store may do without', () => {
  it('are fragments that expired and that none of the newest entries needs; documents stay', async () => {
    const store = new MemoryStorePlace().open();
    const [old, newer] = [runOf(0, ['shared', 'old']), runOf(1, ['shared', 'newer'])];
    await saveRun(store, old);
    await saveRun(store, newer);
    const found = await collectGarbage(store, request(40));
    expect(digestsOf(found)).toEqual([fragmentOf(old, 1).key.digest]);
    expect(found).toMatchObject({
      deleted: true,
      needed: 2,
      storedSize: fragmentOf(old, 1).compressed.length,
    });
    expect(found.items[0]).toMatchObject({ tenant: 'acme', kind: 'layer.files', reason: 'expired' });
    expect(await isThere(store, fragmentOf(old, 1))).toBe(false);
    for (const item of [...newer.items, ...old.items.slice(2)]) expect(await isThere(store, item)).toBe(true);
    expect(await collectGarbage(store, request(40))).toMatchObject({ items: [], needed: 2 });
    expect(await Array.fromAsync(verifyStore(store))).toEqual([]);
  });

  it('are not what expired less than a day ago, for that much the manifest may be behind', async () => {
    const store = new MemoryStorePlace().open();
    const [old, newer] = [runOf(0, ['old']), runOf(5, ['newer'])];
    await saveRun(store, old);
    await saveRun(store, newer);
    expect((await collectGarbage(store, request(30.9))).items).toEqual([]);
    expect((await collectGarbage(store, request(31))).items).toHaveLength(1);
  });

  it('are only named unless it is said that they are deleted', async () => {
    const store = new MemoryStorePlace().open();
    const old = runOf(0, ['old']);
    await saveRun(store, old);
    await saveRun(store, runOf(1, ['newer']));
    const found = await collectGarbage(store, request(40, { isDeleting: false }));
    expect(found).toMatchObject({ deleted: false, items: [{ digest: fragmentOf(old, 0).key.digest }] });
    expect(await isThere(store, fragmentOf(old, 0))).toBe(true);
  });

  it('keeps as many entries as are asked for of each name and platform, and as many without pull requests', async () => {
    const store = new MemoryStorePlace().open();
    const runs = [0, 1, 2].map((day) => runOf(day, [`main ${day}`]));
    const other = runOf(0, ['other'], 'other');
    const proposed = [3, 4].map((day) => {
      const run = runOf(day, [`proposed ${day}`]);
      return { ...run, entry: { ...run.entry, pullRequest: 7 } };
    });
    const arm = runOf(0, ['arm']);
    const onArm = { ...arm, entry: { ...arm.entry, platform: { os: 'linux', architecture: 'arm64' } } };
    for (const run of [...runs, other, ...proposed, onArm]) await saveRun(store, run);
    const found = await collectGarbage(store, request(90, { keep: 2 }));
    expect(digestsOf(found)).toEqual([fragmentOf(runs[0] as MadeRun, 0).key.digest]);
    const alone = await collectGarbage(store, request(90, { keep: 1 }));
    const gone = [runs[1], proposed[0]].map((run) => fragmentOf(run as MadeRun, 0).key.digest).sort();
    expect(digestsOf(alone)).toEqual(gone);
  });

  it('is looked for in all tenants, each by its own entries', async () => {
    const store = new MemoryStorePlace().open();
    const [mine, theirs] = [runOf(0, ['same']), runOf(0, ['same'], 'app', 'other')];
    await saveRun(store, mine);
    await store.surface.put(theirs.items);
    const found = await collectGarbage(store, request(60));
    expect(found.items).toMatchObject([{ tenant: 'other' }]);
    expect(await isThere(store, fragmentOf(mine, 0))).toBe(true);
  });

  it('are payloads that wait for their manifest longer than the grace period', async () => {
    const place = new MemoryStorePlace();
    const store = place.open();
    const alone = makeFragment('alone');
    const now = Date.now();
    const origin = makeOrigin({ time: new Date(now).toISOString() });
    await store.surface.put([alone, makeFragment('whole', origin)]);
    await place.lose(manifestPath(alone.key));
    expect((await collectGarbage(store, request(0, { now }))).items).toEqual([]);
    const found = await collectGarbage(store, request(0, { now: now + 2000, grace: 1000 }));
    expect(found.items).toMatchObject([
      { ...alone.key, reason: 'orphaned', storedSize: alone.compressed.length },
    ]);
    expect(await Array.fromAsync(store.surface.listOrphans('acme'))).toEqual([]);
  });

  it('lets nothing of a tenant go where a damaged document does not tell what is needed', async () => {
    const place = new MemoryStorePlace();
    const store = place.open();
    const [old, newer] = [runOf(0, ['a', 'b']), runOf(1, ['c'])];
    await saveRun(store, old);
    await saveRun(store, newer);
    await place.damage(manifestPath(fragmentOf(old, 0).key), () => Buffer.from('{}'));
    await place.damage(payloadPath(fragmentOf(newer, 2).key, 'json'), () => Buffer.from('x'));
    const damages: Damage[] = [];
    const found = await collectGarbage(store, request(60, { onDamage: (damage) => damages.push(damage) }));
    expect(digestsOf(found)).toEqual([]);
    expect(damages.map(({ object }) => object)).toEqual([expect.stringContaining('image.snapshot')]);
    expect(await isThere(store, fragmentOf(newer, 0))).toBe(true);
  });

  it('tells of a damaged manifest of an item, and goes on', async () => {
    const place = new MemoryStorePlace();
    const store = place.open();
    const [old, newer] = [runOf(0, ['a', 'b']), runOf(1, ['c'])];
    await saveRun(store, old);
    await saveRun(store, newer);
    await place.damage(manifestPath(fragmentOf(old, 0).key), () => Buffer.from('{}'));
    const damages: Damage[] = [];
    const found = await collectGarbage(store, request(60, { onDamage: (damage) => damages.push(damage) }));
    expect(digestsOf(found)).toEqual([fragmentOf(old, 1).key.digest]);
    expect(damages.map(({ object }) => object)).toEqual([manifestPath(fragmentOf(old, 0).key)]);
  });
});

describe('an image whose fragments were deleted', () => {
  it('is not given as complete, and what lacks is named', async () => {
    const store = new MemoryStorePlace().open();
    const [old, newer] = [runOf(0, ['old']), runOf(1, ['newer'])];
    await saveRun(store, old);
    await saveRun(store, newer);
    await collectGarbage(store, request(60));
    const get = ({ entry }: MadeRun) =>
      getCompleteManifest(store.surface, 'acme', entry.surfaceManifestDigest);
    expect(await get(newer)).toEqual(newer.surfaceManifest);
    await expect(get(old)).rejects.toMatchObject({
      code: 'not-in-store',
      message: expect.stringContaining(`layer.files@${fragmentOf(old, 0).key.digest}`),
    });
    expect(await getCompleteManifest(store.surface, 'other', old.entry.surfaceManifestDigest)).toBeNull();
  });

  it('is no damage, unless it is the newest of its name and platform, or a document lacks', async () => {
    const place = new MemoryStorePlace();
    const store = place.open();
    const [old, newer] = [runOf(0, ['old']), runOf(1, ['newer'])];
    await saveRun(store, old);
    await saveRun(store, newer);
    const lose = (item: SurfaceItem) => store.surface.delete([item.key]);
    await lose(fragmentOf(old, 0));
    expect(await Array.fromAsync(verifyStore(store))).toEqual([]);
    await lose(fragmentOf(newer, 0));
    await lose(fragmentOf(old, 1));
    expect((await Array.fromAsync(verifyStore(store))).map(({ problem }) => problem).sort()).toEqual(
      [fragmentOf(newer, 0), fragmentOf(old, 1)]
        .map(({ key }) => `lists ${key.kind} ${key.digest}, which the store does not have`)
        .sort(),
    );
  });
});

describe('what a store holds', () => {
  it('is counted and weighed by tenant and kind', async () => {
    const place = new MemoryStorePlace();
    const store = place.open();
    const run = runOf(0, ['a', 'b']);
    const alone = makeFragment('alone');
    const theirs = makeFragment('theirs', makeOrigin({ tenant: 'other' }));
    await saveRun(store, run);
    await store.surface.put([alone, theirs]);
    await place.lose(manifestPath(alone.key));
    const stats = await measureStore(store, FIRST + 31 * DAY, () => undefined);
    const files = run.items.slice(0, 2);
    const total = (of: (item: SurfaceItem) => number) => files.reduce((sum, item) => sum + of(item), 0);
    expect(stats.tenants.map(({ tenant }) => tenant)).toEqual(['acme', 'other']);
    expect(stats.tenants[0]).toMatchObject({
      images: 1,
      orphans: { payloads: 1, storedSize: alone.compressed.length },
    });
    expect(stats.tenants[0]?.kinds.map(({ kind, items }) => [kind, items])).toEqual([
      ['image.config', 1],
      ['image.snapshot', 1],
      ['layer.files', 2],
    ]);
    expect(stats.tenants[0]?.kinds[2]).toEqual({
      ...{ kind: 'layer.files', items: 2, expired: 2 },
      sizeBytes: total(({ sizeBytes }) => sizeBytes),
      storedSize: total(({ compressed }) => compressed.length),
    });
  });
});
