import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

const ENTRY = 'entry/library/exports.d.ts';
const IMPORT = /from '(\.[^']+)\.ts'/g;

/** Writes the declarations of the library, and those that they import, to `types` in a folder. */
export async function writeDeclarations(root: string, outDir: string): Promise<void> {
  const emitted = await mkdtemp(join(tmpdir(), 'varve-types-'));
  try {
    const project = join(root, 'scripts/bundle/tsconfig.declarations.json');
    const { status, stdout } = spawnSync('tsc', ['-p', project, '--outDir', emitted], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the declarations cannot be made: ${stdout}`);
    for (const path of await reachable(emitted, ENTRY))
      await cp(join(emitted, path), join(outDir, 'types', path), { recursive: true });
  } finally {
    await rm(emitted, { recursive: true });
  }
}

async function reachable(source: string, entry: string): Promise<Set<string>> {
  const found = new Set([entry]);
  for (const path of found) {
    const text = await readFile(join(source, path), 'utf8');
    for (const [, specifier = ''] of text.matchAll(IMPORT))
      found.add(relative(source, `${resolve(source, dirname(path), specifier)}.d.ts`));
  }
  return found;
}
