/**
 * `npm run check [-- --report FILE]`: types, lint, generated files, dist, then every test that needs only Node.
 * FILE receives the test runner's JSON.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { type Drift, findDrift, readTree } from './drift.ts';
import { findGeneratedDrift } from './generate.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { report: { type: 'string' } } });

const failures: string[] = [];

function run(name: string, command: string, ...args: string[]): void {
  console.log(`\n▸ ${name}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) failures.push(name);
}

async function hold(name: string, remedy: string, find: () => Promise<Drift[]>): Promise<void> {
  console.log(`\n▸ ${name}`);
  const drift = await find();
  for (const { path, problem } of drift) console.log(`  ${problem}: ${path}`);
  if (drift.length > 0) failures.push(`${name} (${remedy})`);
}

async function findDistDrift(): Promise<Drift[]> {
  const fresh = await mkdtemp(join(tmpdir(), 'varve-dist-'));
  try {
    await build(fresh);
    return findDrift(await readTree(fresh), await readTree(join(root, 'dist')));
  } finally {
    await rm(fresh, { recursive: true });
  }
}

run('types', 'tsc', '--noEmit', '-p', '.');
run('lint', 'biome', 'check', '.');
await hold('generated files', 'npm run generate', findGeneratedDrift);
await hold('dist', 'npm run build', findDistDrift);
const report = values.report === undefined ? [] : ['--reporter=json', `--outputFile.json=${values.report}`];
run('tests', 'npm', 'test', '--', '--reporter=default', ...report);

if (failures.length > 0) {
  console.error(`\ncheck failed: ${failures.join(', ')}`);
  process.exitCode = 1;
}
