import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { cachePath } from '../cache.ts';
import { findProgram, quote } from '../shell.ts';

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Something that must be there for a case to run. */
export interface Need {
  readonly present: () => boolean;
  readonly missing: string;
}

export interface Case {
  readonly id: string;
  readonly what: string;
  readonly group: 'floor' | 'peer' | 'varve' | 'limit';
  readonly needs: readonly Need[];
  /** Untimed, before the first repetition. */
  readonly prepare?: () => void;
  /** Untimed, before each repetition. */
  readonly reset?: () => void;
  /** What is timed, from start to exit. */
  readonly command: () => Command;
  readonly directory?: string;
  /** Throws when what the command printed does not show that it did its work; untimed. */
  readonly check?: (stdout: string) => void;
  /** Exit statuses that mean success, where it is not 0 alone. */
  readonly accepts?: readonly number[];
  /** Fewer repetitions than the rest, for cases that take very long. */
  readonly repetitions?: number;
  /** It reads the whole bench image, so its speed in MB/s says something. */
  readonly wholeImage?: boolean;
}

export function program(name: string): Need {
  return { present: () => findProgram(name) !== undefined, missing: `${name} is not installed` };
}

export function cached(path: string): Need {
  return { present: () => existsSync(path), missing: `${relative(cachePath(), path)} is not in the cache` };
}

export const root: Need = { present: () => process.getuid?.() === 0, missing: 'it needs root' };

/** A command line for `sh`, failing when any part of a pipe fails where the shell can tell. */
export function shell(line: string): Command {
  return { program: 'sh', args: ['-c', line] };
}

/** The same pipe for each file in turn: `each(['a', 'b'], (f) => `cat ${f}`)`. */
export function each(paths: readonly string[], pipe: (path: string) => string): Command {
  return shell(['set -e', ...paths.map((path) => pipe(quote(path)))].join('\n'));
}
