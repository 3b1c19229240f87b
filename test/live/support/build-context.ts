import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from './program.ts';

/** Files by name, and what the Dockerfile says. */
export interface BuildContext {
  readonly steps: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly from?: string;
}

/**
 * Writes a build context, in place of what is there. Its files have one time, as those of a restored checkout do,
 * so that a builder's cache holds for what did not change.
 */
export async function writeContext(
  folder: string,
  { from = 'localhost/base', steps, files = {} }: BuildContext,
): Promise<string> {
  rmSync(folder, { recursive: true, force: true });
  const all = { Dockerfile: `FROM ${from}\n${steps.join('\n')}\n`, ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const touch = ['-exec', 'touch', '--no-dereference', '--date', '2026-02-03 04:05:06Z', '{}', '+'];
  await run('find', [folder, ...touch]);
  return folder;
}
