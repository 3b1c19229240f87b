import { formatCount, formatNumber } from '../../base/human-size.ts';
import type { FileSection } from './file-lines.ts';
import { displayName } from './visible.ts';

const NAMED = 5;
const PATH_LENGTH = 160;

/**
 * Names the files that newly run with more rights: `1 file runs with new rights: bin/su (setuid root)`.
 * Null when there are none.
 * @param quote escapes a path for the language that the sentence is for.
 */
export function privilegedSentence(
  { privileged }: FileSection,
  quote: (path: string) => string,
): string | null {
  if (privileged.length === 0) return null;
  const named = privileged
    .slice(0, NAMED)
    .map(({ path, remarks }) => `${quote(displayName(path, PATH_LENGTH))} (${remarks[0]})`);
  const others = privileged.length > NAMED ? ` and ${formatNumber(privileged.length - NAMED)} more` : '';
  const run = privileged.length === 1 ? 'runs' : 'run';
  return `${formatCount(privileged.length, 'file')} ${run} with new rights: ${named.join(', ')}${others}`;
}
