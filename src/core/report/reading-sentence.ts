import { formatCount, formatNumber, formatSize } from '../../base/human-size.ts';
import type { Reading } from './report.ts';

/** What the run cost: `3 layers read (82.1 MB) from an export of the engine, 4 reused`. */
export function readingSentence({ reused, read, bytesRead, from }: Reading): string {
  if (read === 0 && reused === 0) return 'there was no layer to read';
  if (read === 0)
    return reused === 1
      ? 'the layer was known, nothing read'
      : `all ${formatNumber(reused)} layers known, none read`;
  const source = from.length === 0 ? '' : ` from ${from.join(' and ')}`;
  return `${formatCount(read, 'layer')} read (${formatSize(bytesRead)})${source}, ${formatNumber(reused)} reused`;
}
