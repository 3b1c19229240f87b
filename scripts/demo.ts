/** `npm run demo`: the main job on two builds of a small image, through the built command line, in a store that goes at the end. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = await mkdtemp(join(tmpdir(), 'varve-demo-'));
const pointer = join(folder, 'varve-pointer.json');

/** Says a command as a user would type it, and runs it. */
function varve(...args: readonly string[]): void {
  console.log(`\n$ varve ${args.join(' ').replaceAll(folder, '.')}\n`);
  const { status } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], {
    stdio: 'inherit',
    cwd: join(root, '__fixtures__'),
    env: { ...process.env, VARVE_CAS_ROOT: join(folder, 'store') },
  });
  if (status !== 0) throw new Error(`varve ended with ${status}`);
}

try {
  console.log('The first build of a small shop. There is nothing to compare it with yet.');
  varve('snapshot', 'oci:app-v1:shop:v1');

  console.log(`
The next build. Its author changed one route, removed one and added one, wrote the version 1.5.0,
moved the port to 8443, and added a step that sets up a spool folder.`);
  varve('snapshot', 'oci:app-v2:shop:v2', '--pointer-path', pointer);

  console.log('\nThe store has a snapshot of each now, and compares them without the images:');
  varve('history', 'shop');
  varve('history:shop~1', 'history:shop', '--quiet');

  const { manifestUri } = JSON.parse(await readFile(pointer, 'utf8'));
  console.log(`
A workflow finds all that was derived from the image by the pointer of the run:

${manifestUri}
`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
