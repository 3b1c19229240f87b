import { formatCount, formatNumber, formatSize } from '../../base/human-size.ts';
import type { Reading } from './report.ts';

/** What the run cost: `3 layers read (82.1 MB), 4 reused`. */
export function readingSentence({ reused, read, bytesRead }: Reading): string {
  if (read === 0)
    return reused === 1
      ? 'the layer was known, nothing read'
      : `all ${formatNumber(reused)} layers known, none read`;
  return `${formatCount(read, 'layer')} read (${formatSize(bytesRead)}), ${formatNumber(reused)} reused`;
}
