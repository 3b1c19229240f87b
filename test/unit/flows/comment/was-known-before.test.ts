import { beforeEach, describe, expect, test } from 'vitest';
import { parseIgnores } from '../../../../src/core/comparison/ignore-rule.ts';
import type { HistoryEntry } from '../../../../src/core/history/history.ts';
import type { Store } from '../../../../src/core/store/store.ts';
import { wasKnownBefore } from '../../../../src/flows/comment/was-known-before.ts';
import { type MadeRun, makeOrigin, makeRun } from '../../../support/item-makers.ts';
import { MemoryStorePlace } from '../../../support/memory-store.ts';
import { saveRun } from '../../../support/numbered-runs.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 1) + minute * 60_000).toISOString();

let place: MemoryStorePlace;
let store: Store;
beforeEach(() => {
  place = new MemoryStorePlace();
  store = place.open();
});

/** Saves a run of pull request 7, of an image with a layer for each text. */
async function save(
  minute: number,
  texts: readonly string[],
  more: Partial<HistoryEntry> = {},
): Promise<MadeRun> {
  const source = { scannerBuild: 'varve@0.0.0', imageDigest: null, scanId: `run ${minute}` };
  const run = makeRun(texts, makeOrigin({ time: at(minute), source }), 'app', { manifest: null });
  const made = { ...run, entry: { ...run.entry, pullRequest: 7, ...more } };
  await saveRun(store, made);
  return made;
}

const wasKnown = ({ entry }: MadeRun, minute: number): Promise<boolean> =>
  wasKnownBefore(store, [entry], at(minute), {});

describe('what a run found', () => {
  test('was known where the last run before found the same image', async () => {
    await save(1, ['a']);
    expect(await wasKnown(await save(9, ['a']), 5)).toBe(true);
  });

  test('was not known where nobody ran before, or only after that time', async () => {
    const own = await save(9, ['a']);
    expect(await wasKnown(own, 5)).toBe(false);
    await save(6, ['a']);
    expect(await wasKnown(own, 5)).toBe(false);
    expect(await wasKnown(own, 7)).toBe(true);
  });

  test('counts as known by the last run alone', async () => {
    await save(1, ['a']);
    await save(2, ['b']);
    expect(await wasKnown(await save(9, ['a']), 5)).toBe(false);
  });

  test.each<[string, Partial<HistoryEntry>]>([
    ['another pull request', { pullRequest: 8 }],
    ['a branch', { pullRequest: null }],
    ['the run itself', { scanId: 'run 9' }],
    ['another image', { name: 'other' }],
    ['another platform', { platform: { os: 'linux', architecture: 'arm64' } }],
  ])('was not known where it was found by %s', async (_, more) => {
    await save(1, ['a'], more);
    expect(await wasKnown(await save(9, ['a']), 5)).toBe(false);
  });

  test('was known where only what does not count differs from the last run', async () => {
    await save(1, ['a']);
    const { entry } = await save(9, ['b']);
    // The layers hold the same, and the configs differ in this alone.
    const ignore = parseIgnores(['/author']);
    expect(await wasKnownBefore(store, [entry], at(5), { ignore })).toBe(true);
    expect(await wasKnownBefore(store, [entry], at(5), {})).toBe(false);
  });

  test('was not known in full where another platform was not', async () => {
    await save(1, ['a']);
    const arm = { platform: { os: 'linux', architecture: 'arm64' } };
    const entries = [(await save(9, ['a'])).entry, (await save(10, ['a'], arm)).entry];
    expect(await wasKnownBefore(store, entries, at(5), {})).toBe(false);
  });

  test('was not known where what was known is lost', async () => {
    await save(1, ['b']);
    const own = await save(9, ['a']);
    await place.damageAll('scanner/surface/payloads', () => Buffer.from('x'));
    expect(await wasKnown(own, 5)).toBe(false);
  });
});
