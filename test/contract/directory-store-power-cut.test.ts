import { readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../../src/core/store/collect-garbage.ts';
import { verifyStore } from '../../src/core/store/verify-store.ts';
import type { SurfaceItem } from '../../src/core/surface/item.ts';
import { INDEX, SURFACE_ROOT } from '../../src/core/surface/paths.ts';
import { readPayload } from '../../src/core/surface/read-payload.ts';
import { type Choose, CrashModel } from '../support/crash-model.ts';
import { type MadeRun, makeFragment, makeOrigin } from '../support/item-makers.ts';
import { missingFrom, numberedRun, saveRun } from '../support/numbered-runs.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { collect } from './surface-store-suite.ts';

const newFolder = temporaryFolder();
const HOURS = 3600_000;

/** Numbers that look random, and are the same each time. */
function randomChoice(seed: number): Choose {
  let state = seed;
  return (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
}

/** What a disk may do: keep nothing that it need not, keep all, or anything in between. */
const disks = (step: number): Choose[] => [
  () => 0,
  (count) => count - 1,
  randomChoice(step),
  randomChoice(step + 1_000_003),
];

/** What was acknowledged, and must be there after a power cut. */
interface Acknowledged {
  runs: MadeRun[];
  items: SurfaceItem[];
}

/** Holds a store against what was acknowledged. The index can be made again, so it may be torn. */
async function expectWhole(root: string, { runs, items }: Acknowledged, later = 0): Promise<void> {
  const store = openDirectoryStore(root, { now: () => Date.now() + later });
  const damages = await collect(verifyStore(store));
  expect(damages.filter(({ object }) => !object.startsWith(INDEX))).toEqual([]);
  for (const run of runs) expect(await missingFrom(store, run)).toEqual([]);
  for (const { key } of items) expect([key, await readPayload(store.surface, key)]).not.toContain(null);
}

/** Lets some seconds go by for what a process left behind. */
function age(root: string): void {
  const staging = join(root, SURFACE_ROOT, 'staging');
  const before = Date.now() / 1000 - 60;
  for (const name of readdirSync(staging)) utimesSync(join(staging, name), before, before);
}

describe('a power cut after any step', () => {
  it('of puts, imports and deletions loses nothing that was acknowledged, and shows nothing torn', async () => {
    const root = newFolder('live');
    const model = new CrashModel(root);
    const acknowledged: Acknowledged = { runs: [], items: [] };
    let cuts = 0;
    let turn = Promise.resolve();
    const cutPower = async () => {
      for (const choose of disks(model.steps)) {
        const folder = newFolder('cut');
        model.materialize(folder, choose);
        await expectWhole(folder, acknowledged);
        rmSync(folder, { recursive: true });
        cuts += 1;
      }
    };
    // Steps go on at once; what is on the disk is looked at between two of them.
    const operations = model.operations(() => {
      turn = turn.then(cutPower);
      return turn;
    });
    const store = openDirectoryStore(root, { operations });

    const [old, newer] = [numberedRun(0), numberedRun(40)];
    await saveRun(store, old);
    acknowledged.runs.push(old);
    await saveRun(store, newer);
    acknowledged.runs.push(newer);

    // As an import does it: all items, then what names them.
    const imported = [numberedRun(41), numberedRun(42)];
    await store.surface.put(imported.flatMap(({ items }) => items));
    acknowledged.items.push(...imported.flatMap(({ items }) => items));
    for (const run of imported) await store.surface.putSurfaceManifest(run.surfaceManifest);
    for (const run of imported) await store.history.append(run.entry);
    acknowledged.runs.push(...imported);

    // From here on the fragments of all but the newest run may go; its documents and theirs stay.
    const newest = imported[1] as MadeRun;
    const isDocument = ({ expiresAt }: SurfaceItem) => expiresAt === null;
    acknowledged.items = [old, newer, ...imported].flatMap(({ items }) => items.filter(isDocument));
    acknowledged.runs = [newest];
    const later = Date.parse(newest.entry.time) + 400 * 24 * HOURS;
    const request = { keep: 1, grace: HOURS, now: later, isDeleting: true, onDamage: () => undefined };
    expect((await collectGarbage(store, request)).items.length).toBeGreaterThan(2);

    // What was deleted is put once more, and what expired renewed.
    const again = makeFragment('own 40', makeOrigin({ time: new Date(later).toISOString() }));
    await store.surface.put([again]);
    acknowledged.items.push(again);
    const shared = newest.items[0] as SurfaceItem;
    expect(await store.surface.renew([shared.key], () => again.expiresAt)).toEqual([]);
    await turn;
    expect(cuts).toBeGreaterThan(600);

    // The next one on such a disk mends what is left over.
    const folder = newFolder('cut');
    model.materialize(folder, () => 0);
    age(folder);
    await saveRun(openDirectoryStore(folder), numberedRun(43));
    acknowledged.runs.push(numberedRun(43));
    await expectWhole(folder, acknowledged, 2 * HOURS);
  }, 300_000);

  it('shows to the model that a store without syncing would lose what it said', async () => {
    const root = newFolder('live');
    const model = new CrashModel(root);
    const operations = { ...model.operations(async () => undefined), syncDirectory: async () => undefined };
    const run = numberedRun(0);
    await saveRun(openDirectoryStore(root, { operations }), run);
    const folder = newFolder('cut');
    model.materialize(folder, () => 0);
    expect(await missingFrom(openDirectoryStore(folder), run)).not.toEqual([]);
  });
});
