import { readFileSync, statSync } from 'node:fs';

/**
 * Reads a text that an engine keeps in a file.
 * @param mostBytes what it may have at most.
 * @returns the text without white space around it; null when it is absent, larger, or not for this user to read.
 */
export function readSmallFile(path: string, mostBytes: number): string | null {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > mostBytes) return null;
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
