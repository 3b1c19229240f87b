import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../src/base/digest.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import type { Store } from '../../src/core/store/store.ts';
import { findLayerUses } from '../../src/flows/look/find-layer-uses.ts';
import { type MadeRun, makeOrigin, makeRun } from '../support/item-makers.ts';
import { saveRun } from '../support/numbered-runs.ts';

/** An empty store of a test's own, and what can befall an entry of it from outside. */
export interface LayerIndexUnderTest {
  readonly store: Store;
  /** The same place, opened anew. */
  reopen(): Store;
  damage(entry: HistoryEntry, change: (bytes: Buffer) => Buffer): void | Promise<void>;
}

const at = (minutes: number): string => new Date(Date.UTC(2026, 2, 1) + minutes * 60_000).toISOString();
export const layerOf = (text: string): Digest => digestOf(`layer ${text}`);

/** A run at a minute, of an image with some layers. */
export function runAt(minutes: number, texts: readonly string[], name = 'app', tenant = 'acme'): MadeRun {
  const source = { scannerBuild: 'varve@0.0.0', imageDigest: null, scanId: `${minutes}` };
  return makeRun(texts, makeOrigin({ tenant, time: at(minutes), source }), name);
}

/** The scans whose images have a layer, as `varve history --layer` tells them. */
export async function usesOf(store: Store, text: string, warn = (_: string): void => {}): Promise<string[]> {
  const limit = Number.POSITIVE_INFINITY;
  const request = { tenant: 'acme', layer: layerOf(text), name: undefined, platform: undefined, limit, warn };
  return (await findLayerUses(store, request)).map(({ scanId }) => scanId);
}

/** What every index of layers does. */
export function describeLayerIndex(open: () => LayerIndexUnderTest | Promise<LayerIndexUnderTest>): void {
  const found = async (store: Store, text: string, after?: HistoryEntry) => {
    const query = { tenant: 'acme', diffId: layerOf(text), ...(after && { after }) };
    const entries = await Array.fromAsync(store.layerIndex?.entriesWithLayer(query) ?? []);
    return entries.map(({ scanId }) => scanId);
  };

  it('finds nothing where nothing is', async () => {
    const { store } = await open();
    expect(await found(store, 'a')).toEqual([]);
  });

  it('finds the entries of all names whose images have a layer, newest first', async () => {
    const { store, reopen } = await open();
    await saveRun(store, runAt(1, ['base', 'one']));
    await saveRun(store, runAt(4, ['base', 'four'], 'other'));
    await saveRun(store, runAt(3, ['base', 'three']));
    await saveRun(store, runAt(2, ['else'], 'third'));
    for (const each of [store, reopen()]) {
      expect(await found(each, 'base')).toEqual(['4', '3', '1']);
      expect(await found(each, 'three')).toEqual(['3']);
      expect(await found(each, 'else')).toEqual(['2']);
      expect(await found(each, 'none')).toEqual([]);
    }
  });

  it('keeps tenants apart', async () => {
    const { store } = await open();
    await saveRun(store, runAt(1, ['base'], 'app', 'other'));
    expect(await found(store, 'base')).toEqual([]);
    const elsewhere = store.layerIndex?.entriesWithLayer({ tenant: '../other', diffId: layerOf('base') });
    await expect(Array.fromAsync(elsewhere ?? [])).rejects.toMatchObject({ code: 'bad-option' });
  });

  it('goes on after any entry, whatever was added meanwhile', async () => {
    const { store } = await open();
    const runs = Array.from({ length: 60 }, (_, index) => runAt(index, ['base', `own ${index}`]));
    for (const run of runs) await saveRun(store, run);
    for (const index of [0, 30, 59]) {
      await saveRun(store, runAt(1000 + index, ['base']));
      const below = Array.from({ length: index }, (_, back) => `${index - 1 - back}`);
      expect(await found(store, 'base', runs[index]?.entry)).toEqual(below);
    }
  });

  it('finds an entry once, however often it is appended', async () => {
    const { store } = await open();
    const run = runAt(1, ['base']);
    for (const _ of [1, 2, 3]) await saveRun(store, run);
    expect(await found(store, 'base')).toEqual(['1']);
  });

  it('passes over damaged entries, and names them', async () => {
    const { store, reopen, damage } = await open();
    const [bad, good] = [runAt(2, ['base']), runAt(1, ['base'])];
    await saveRun(store, bad);
    await saveRun(store, good);
    await damage(bad.entry, (bytes) => bytes.subarray(0, bytes.length >> 1));
    const warnings: string[] = [];
    expect(await usesOf(reopen(), 'base', (warning) => warnings.push(warning))).toEqual(['1']);
    expect(warnings).toEqual([expect.stringContaining('is damaged')]);
  });

  it('loses nothing to several writers', async () => {
    const { reopen } = await open();
    const runs = Array.from({ length: 40 }, (_, index) => runAt(index, ['base', `own ${index % 5}`]));
    await Promise.all(runs.map((run) => saveRun(reopen(), run)));
    const newestFirst = runs.map((_, index) => `${runs.length - 1 - index}`);
    expect(await found(reopen(), 'base')).toEqual(newestFirst);
    expect(await found(reopen(), 'own 3')).toEqual(newestFirst.filter((scan) => Number(scan) % 5 === 3));
  });

  describe('a question for a layer', () => {
    it('is answered by the snapshots, whatever the index says', async () => {
      const { store } = await open();
      await saveRun(store, runAt(1, ['base']));
      await saveRun(store, runAt(2, ['other']));
      expect(await usesOf(store, 'base')).toEqual(['1']);
    });
  });
}
