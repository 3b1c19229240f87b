import { readFileSync } from 'node:fs';

/** Reads a file of one JSON document a line, which a program wrote. */
export function readLines<Line>(path: string): Line[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
