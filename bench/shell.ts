import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** Says on stderr what the bench does; stdout carries the tables alone. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

type RunOptions = { cwd?: string; env?: NodeJS.ProcessEnv };

/** Runs a program that must succeed and returns its stdout; what it writes to stderr is shown on failure only. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): string {
  const result = spawnSync(program, args, { ...options, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.error) throw result.error;
  if (result.status === 0) return result.stdout;
  const said = `${result.stdout}\n${result.stderr}`.trim().slice(-4000);
  throw new Error(`${program} ${args.join(' ')} ended with ${result.status ?? result.signal}\n${said}`);
}

/** Where `program` stands in PATH (and in the system folders that PATH of a plain user leaves out). */
export function findProgram(program: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Quotes a word for `sh -c`. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
