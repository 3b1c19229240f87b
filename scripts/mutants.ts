/**
 * `npm run mutants [-- --count N] [--seed TEXT] [--of GLOB]…`: breaks the code in small ways, one at a time, and names
 * those that no unit test notices. Of all that there are, it draws some by a seed. It takes half an hour on two
 * processors and is not part of a check.
 */

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { scratchFolder } from '../test/support/scratch-folder.ts';
import { drawMutants, SAMPLE_VARIABLES } from './mutants/sample.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '400' },
    seed: { type: 'string', default: 'varve' },
    of: { type: 'string', multiple: true, default: ['src/core/**/*.ts', 'src/base/tar/**/*.ts'] },
  },
});

process.chdir(root);
process.env[SAMPLE_VARIABLES.count] = values.count;
process.env[SAMPLE_VARIABLES.seed] = values.seed;
const results = await new Stryker({
  mutate: values.of,
  checkers: ['sample'],
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', `${root}/scripts/mutants/sample.ts`],
  vitest: { configFile: 'scripts/mutants/vitest.config.ts', pool: 'forks' },
  coverageAnalysis: 'perTest',
  concurrency: availableParallelism(),
  tempDirName: join(scratchFolder(), 'varve-mutants'),
  tsconfigFile: 'none',
  ignorePatterns: ['dist', 'bench'],
  reporters: ['progress-append-only'],
  allowEmpty: true,
} as never).runMutationTest();

const KILLED: ReadonlySet<string> = new Set(['Killed', 'Timeout', 'RuntimeError']);
const drawn = drawMutants(results, Number(values.count), values.seed);
const survivors = drawn.filter(({ status }) => !KILLED.has(status));
for (const mutant of survivors) console.log(describe(mutant));
const killed = drawn.length - survivors.length;
const share = ((100 * killed) / drawn.length).toFixed(1);
console.log(`${killed} of ${drawn.length} mutants killed (${share} %), drawn from ${results.length}`);

/** A mutant with its place, and as it reads where all of it is on one line. */
function describe({ fileName, location, status, mutatorName, replacement }: MutantResult): string {
  const { start, end } = location;
  const lines = readFileSync(fileName, 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  const last = lines.length - 1;
  const before = lines.map((line, at) => (at === last ? line.slice(0, end.column - 1) : line));
  const text = [before[0]?.slice(start.column - 1), ...before.slice(1)].join('\n');
  const place = `${fileName}:${start.line}:${start.column}`;
  return `${place} ${status} ${mutatorName}\n  - ${text}\n  + ${replacement}`;
}
