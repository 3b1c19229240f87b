import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { didYouMean } from '../../../base/near-names.ts';

/** Names of a folder that are looked at. */
const MOST_NAMES = 1000;

/** A question that suggests a file with a similar name in the same folder; null where there is none. */
export function askForNearFile(path: string): string | null {
  const folder = path.slice(0, path.length - basename(path).length);
  const names = namesIn(dirname(path)).map((name) => `${folder}${name}`);
  const longer = names.find((name) => name.startsWith(`${path}.`));
  return longer === undefined ? didYouMean(path, names) : `did you mean ${longer}?`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort().slice(0, MOST_NAMES);
  } catch {
    return [];
  }
}
