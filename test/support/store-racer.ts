/**
 * A process of its own that puts items which others delete at the same time, or deletes what has expired, for tests of
 * the two against each other.
 * Arguments: root, `put` or `collect`, and how many rounds.
 * One that puts prints the number of each round once its item is acknowledged and was found.
 */
import { writeSync } from 'node:fs';
import { nodeFileOperations } from '../../src/adapters/stores/directory/file-operations.ts';
import { collectGarbage } from '../../src/core/store/collect-garbage.ts';
import type { Store } from '../../src/core/store/store.ts';
import { readPayload } from '../../src/core/surface/read-payload.ts';
import { makeFragment, makeOrigin } from './item-makers.ts';
import { openDirectoryStore } from './open-directory-store.ts';

/** The same item for all who put one in a round: expired long ago, or kept for years. */
export const racedItem = (round: number, isKept: boolean) =>
  makeFragment(
    `raced ${round}`,
    makeOrigin({ time: isKept ? '2090-01-01T00:00:00.000Z' : '2020-01-01T00:00:00.000Z' }),
  );

async function putRounds(store: Store, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await store.surface.put([racedItem(round, false)]);
    const kept = racedItem(round, true);
    await store.surface.put([kept]);
    if ((await readPayload(store.surface, kept.key)) === null) throw new Error(`round ${round} was lost`);
    writeSync(1, `${round}\n`);
  }
}

async function collectRounds(store: Store): Promise<void> {
  for (;;) {
    const request = { keep: 1, grace: 0, now: Date.now(), isDeleting: true, onDamage: () => undefined };
    await collectGarbage(store, request);
  }
}

if (process.argv[1] === import.meta.filename) {
  const [root = '', role = '', rounds = '0'] = process.argv.slice(2);
  const store = openDirectoryStore(root, { operations: nodeFileOperations });
  if (role === 'put') await putRounds(store, Number(rounds));
  else await collectRounds(store);
}
