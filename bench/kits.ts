/**
 * Exports, verifies and imports kits of 10,000 and 30,000 items, next to `tar` and `zstd` on the same files:
 * `node bench/kits.ts`. It takes some minutes, most of them to make the stores.
 */
import { hash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packItem } from '../src/core/surface/pack-item.ts';
import { unsyncedOperations } from '../test/support/faulty-operations.ts';
import { makeOrigin } from '../test/support/item-makers.ts';
import { openDirectoryStore } from '../test/support/open-directory-store.ts';
import { DIST, runVarve } from '../test/support/run-varve.ts';
import { type Case, program, shell } from './cases/case.ts';
import { describeMachine } from './machine.ts';
import { measureInterleaved, peakOf, wallOf, workFolder } from './measure.ts';
import { quote } from './shell.ts';

const COUNTS = [10_000, 30_000];
const ROUNDS = 5;
const BATCH = 500;

const at = (name: string): string => join(workFolder, name);
const storeOf = (count: number): string => at(`kit-store-${count}`);
const varve = (...args: readonly string[]) => ({
  program: process.execPath,
  args: [join(DIST, 'cli.js'), 'kit', ...args],
});
const from = (count: number) => ['--cas-root', storeOf(count), '--tenant', 'acme', '-q'];

/** Items of the sizes that lists of files have: 20 to 220 entries each. */
async function fillStore(count: number): Promise<void> {
  const store = openDirectoryStore(storeOf(count), { operations: unsyncedOperations });
  for (let first = 0; first < count; first += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, index) => first + index);
    await store.surface.put(
      numbers.map((number) => packItem(makeOrigin(), 'layer.files', linesOf(number), { format: 'ndjson' })),
    );
  }
}

function linesOf(number: number): Buffer {
  const lines = Array.from({ length: 20 + ((number * 7919) % 200) }, (_, index) => {
    const path = `usr/lib/package-${number}/file-${index}`;
    return JSON.stringify({ path, type: 'file', mode: '0644', size: index, sha256: hash('sha256', path) });
  });
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** The same files, written by the programs that do nothing else. */
function casesOf(count: number): Case[] {
  const [folder, kit, tar] = [
    at(`kit-folder-${count}`),
    at(`kit-${count}.tar.zst`),
    at(`kit-ref-${count}.tar.zst`),
  ];
  const target = at(`kit-target-${count}`);
  const clear = () => rmSync(target, { recursive: true, force: true });
  const common = { group: 'varve', needs: [program('tar'), program('zstd')] } as const;
  return [
    {
      ...{ ...common, id: `tar ${count}`, what: 'tar | zstd' },
      command: () => shell(`tar -C ${quote(folder)} -cf - offline | zstd -3 -q -f -o ${quote(tar)}`),
    },
    {
      ...{ ...common, id: `export ${count}`, what: 'kit export' },
      command: () => varve('export', kit, ...from(count)),
    },
    { ...{ ...common, id: `ls ${count}`, what: 'kit ls' }, command: () => varve('ls', kit, '-q') },
    {
      ...{ ...common, id: `untar ${count}`, what: 'zstd -d | tar x, and sync' },
      reset: clear,
      command: () =>
        shell(
          `mkdir ${quote(target)}; zstd -dcq ${quote(tar)} | tar -C ${quote(target)} -xf -; sync -f ${quote(target)}`,
        ),
    },
    {
      ...{ ...common, id: `import ${count}`, what: 'kit import' },
      reset: clear,
      command: () => varve('import', kit, '--cas-root', target, '-q'),
    },
  ];
}

mkdirSync(workFolder, { recursive: true });
try {
  for (const count of COUNTS) {
    await fillStore(count);
    const { status, stderr } = await runVarve(['kit', 'export', at(`kit-folder-${count}`), ...from(count)]);
    if (status !== 0) throw new Error(stderr);
  }
  const cases = COUNTS.flatMap(casesOf);
  const outcomes = measureInterleaved(cases, ROUNDS);
  const { node, cores, processor } = describeMachine();
  console.log(`Node ${node} on ${cores} cores (${processor})\n`);
  console.log('| items | what | median | peak |\n|---:|---|---:|---:|');
  for (const { id, what } of cases) {
    const [wall = Number.NaN, peak = Number.NaN] = [wallOf(outcomes.get(id)), peakOf(outcomes.get(id))];
    console.log(
      `| ${id.split(' ')[1]} | \`${what}\` | ${(wall / 1000).toFixed(2)} s | ${peak.toFixed(0)} MB |`,
    );
  }
} finally {
  rmSync(workFolder, { recursive: true, force: true });
}
