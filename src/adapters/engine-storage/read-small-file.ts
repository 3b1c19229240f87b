import { readFileSync, statSync } from 'node:fs';

/**
 * Reads a document that an engine keeps in a file.
 * @param mostBytes what it may have at most.
 * @returns null when it is absent, larger, or not for this user to read.
 */
export function readSmallFile(path: string, mostBytes: number): Buffer | null {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= mostBytes ? readFileSync(path) : null;
  } catch {
    return null;
  }
}
