/**
 * Asks a folder with the history of 10,000 snapshots what people ask, and prints how long the answers take:
 * `node bench/histories.ts`. It takes about a minute, most of it to make the history.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../src/base/digest.ts';
import type { Store } from '../src/core/store/store.ts';
import { findBaselineEntry } from '../src/flows/baseline/find-baseline-entry.ts';
import { findLayerUses } from '../src/flows/look/find-layer-uses.ts';
import { readHistory } from '../src/flows/look/read-history.ts';
import { unsyncedOperations } from '../test/support/faulty-operations.ts';
import { makeOrigin, makeRun } from '../test/support/item-makers.ts';
import { openDirectoryStore } from '../test/support/open-directory-store.ts';
import { describeMachine } from './machine.ts';

const SNAPSHOTS = 10_000;
const TIMES = 31;

const commitOf = (number: number): string => number.toString(16).padStart(40, '0');
const ancestorsOf = (number: number): string[] =>
  Array.from({ length: 500 }, (_, index) => commitOf(number - 1 - index));

/** Ten layers a snapshot: two of its own, eight that up to 800 in a row have in common. */
async function makeHistory(root: string): Promise<void> {
  const store = openDirectoryStore(root, { operations: unsyncedOperations });
  for (let number = 0; number < SNAPSHOTS; number++) {
    const shared = [100, 200, 300, 400, 500, 600, 700, 800].map(
      (span) => `${span} ${Math.floor(number / span)}`,
    );
    const time = new Date(Date.UTC(2026, 0, 1) + number * 60_000).toISOString();
    const source = { scannerBuild: 'varve@0.0.0', imageDigest: null, scanId: `${number}` };
    const run = makeRun([...shared, `a ${number}`, `b ${number}`], makeOrigin({ time, source }));
    await store.surface.put(run.items.filter(({ key }) => key.kind === 'image.snapshot'));
    await store.history.append({ ...run.entry, commit: commitOf(number), branch: 'main' });
  }
}

const scope = { tenant: 'acme', platform: undefined, warn: console.error };
const app = { tenant: 'acme', name: 'app' };
const uses = (text: string, limit: number) => (store: Store) =>
  findLayerUses(store, { ...scope, layer: digestOf(`layer ${text}`), name: undefined, limit });
const baseline = (number: number, branch: string) => (store: Store) =>
  findBaselineEntry(store.history, app, { kind: 'branch', ancestors: ancestorsOf(number), branch });

const QUESTIONS: readonly (readonly [question: string, ask: (store: Store) => Promise<unknown>])[] = [
  ['the 20 newest of a name', (store) => readHistory(store, { ...scope, name: 'app', limit: 20 })],
  ['which have a layer that one has', uses('a 17', Number.POSITIVE_INFINITY)],
  ['which have a layer that none has', uses('none', Number.POSITIVE_INFINITY)],
  ['the 20 newest of 800 that have a layer', uses('800 0', 20)],
  ['all 100 that have a layer', uses('100 3', Number.POSITIVE_INFINITY)],
  ['a baseline: the nearest of 500 ancestors, which has one', baseline(9000, 'main')],
  ['a baseline: the newest of the branch, where no ancestor has one', baseline(30_000, 'main')],
  ['a baseline, where there is none', baseline(30_000, 'gone')],
];

const root = mkdtempSync(join(tmpdir(), 'varve-histories-'));
try {
  await makeHistory(root);
  const { node, cores, processor } = describeMachine();
  console.log(`Node ${node} on ${cores} cores (${processor})\n`);
  console.log(`| ${'question'.padEnd(64)} |   least |  median |\n|${'-'.repeat(66)}|---------|---------|`);
  for (const [question, ask] of QUESTIONS) {
    const times: number[] = [];
    for (let round = 0; round < TIMES; round++) {
      const start = performance.now();
      await ask(openDirectoryStore(root));
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const figures = [times[0], times[TIMES >> 1]].map((time = 0) => `${time.toFixed(0)} ms`.padStart(7));
    console.log(`| ${question.padEnd(64)} | ${figures.join(' | ')} |`);
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
