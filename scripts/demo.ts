/** `npm run demo`: the main job on two builds of a small image, through the built command line. Writes to a temporary folder only. */
import { spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = await mkdtemp(join(tmpdir(), 'varve-demo-'));
const store = join(folder, 'store');

function varve(...args: readonly string[]): void {
  console.log(`\n$ varve ${args.join(' ')}\n`);
  const command = [join(root, 'dist', 'cli.js'), ...args];
  const { status } = spawnSync(process.execPath, command, {
    stdio: 'inherit',
    cwd: join(root, '__fixtures__'),
  });
  if (status !== 0) process.exit(status ?? 1);
}

const common = ['--name', 'demo/shop', '--baseline', `dir:${store}`];

console.log('The first build: there is nothing to compare it with yet.');
varve('snapshot', 'oci:app-v1:shop:v1', ...common);

console.log('\nThe next build, with a few changes in source and config:');
varve(
  'snapshot',
  'oci:app-v2:shop:v2',
  ...common,
  '--pointer-path',
  join(folder, 'varve-pointer.json'),
  '--surface-manifest-output',
  join(folder, 'surface-manifest.json'),
  '--report-path',
  join(folder, 'report.md'),
);

console.log(`
Written:
  pointer           ${join(folder, 'varve-pointer.json')}
  surface manifest  ${join(folder, 'surface-manifest.json')}
  Markdown report   ${join(folder, 'report.md')}
  store             ${store}`);
