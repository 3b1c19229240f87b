import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createWords } from './words.ts';

const FILES = 1200;
const FILE_BYTES = 15_500;

/** Writes the app of the bench image: 19 MB of source text. Version 2 edits ten files, adds three and drops two. */
export function writeApp(directory: string, version: 1 | 2): void {
  for (let index = 0; index < FILES; index += 1) {
    if (version === 2 && index < 2) continue;
    const edited = version === 2 && index % 120 === 5;
    writeSource(join(directory, `module-${index % 40}`, `part-${index}.js`), edited ? FILES + index : index);
  }
  if (version === 1) return;
  for (let index = 0; index < 3; index += 1) {
    writeSource(join(directory, 'added', `part-${index}.js`), 2 * FILES + index);
  }
}

function writeSource(path: string, seed: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, createWords(seed)(FILE_BYTES));
  utimesSync(path, 1_700_000_000, 1_700_000_000 + seed);
}
