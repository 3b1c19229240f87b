import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { workFolder } from '../measure.ts';
import { run } from '../shell.ts';
import { type Command, cached, type Need } from './case.ts';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'cli.js');
export const built: Need = { ...cached(cli), missing: 'dist/cli.js is missing (npm run build)' };

export const empty = join(workFolder, 'empty-store');
export const afterV1 = join(workFolder, 'store-after-v1');
export const afterV2 = join(workFolder, 'store-after-v2');
export const changing = join(workFolder, 'changing-store');

export function varve(args: readonly string[], env: Record<string, string> = {}): Command {
  return { program: process.execPath, args: [cli, ...args], env };
}

/** The step after a build: snapshot, compare with the last one in the store, keep this one there. */
export function snapshot(image: string, store: string, env?: Record<string, string>): Command {
  return varve(['snapshot', image, '--name', 'bench', '--baseline', `dir:${store}`, '--format', 'json'], env);
}

/** What `snapshot --format json` prints, as far as the bench looks at it. */
interface Pointer {
  readonly layers: { readonly total: number; readonly read: number };
}

/** A fast run that skipped its work would win every race. */
export function expectLayersRead(expected: number | 'all'): (stdout: string) => void {
  return (stdout) => {
    const { layers } = JSON.parse(stdout) as Pointer;
    const wanted = expected === 'all' ? layers.total : expected;
    if (layers.read !== wanted) throw new Error(`it read ${layers.read} layers, not ${wanted}`);
  };
}

export function fillStore(store: string, images: readonly string[], env: Record<string, string> = {}): void {
  rmSync(store, { recursive: true, force: true });
  for (const image of images) {
    const { program, args } = snapshot(image, store);
    run(program, args, { cwd: workFolder, env: { ...process.env, ...env } });
  }
}

export function copyStore(from: string): void {
  rmSync(changing, { recursive: true, force: true });
  cpSync(from, changing, { recursive: true, preserveTimestamps: true });
}

export function clearEmpty(): void {
  rmSync(empty, { recursive: true, force: true });
}
