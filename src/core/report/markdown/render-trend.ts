import { formatSize, formatSizeDelta } from '../../../base/human-size.ts';
import type { ImageSize } from '../../snapshot/image-size.ts';
import { fold } from './chunks.ts';

/** The size of an image at one time. */
export interface TrendPoint {
  readonly commit: string | null;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly size: ImageSize;
}

/** Fewer points show no trend. */
const LEAST = 3;
const MEGABYTE = 1e6;

/**
 * How the size of an image developed, as a chart that GitHub draws and a table for those who do not see it.
 * @param points the oldest first, this run's last.
 * @returns null where there are too few.
 * @see https://mermaid.js.org/syntax/xyChart.html
 */
export function renderTrend(points: readonly TrendPoint[], platform: string | null): string | null {
  if (points.length < LEAST) return null;
  const isCompressed = points.every(({ size }) => size.compressedSize !== null);
  const bytesOf = ({ size }: TrendPoint): number =>
    isCompressed ? (size.compressedSize ?? 0) : size.uncompressedSize;
  const measure = isCompressed ? 'compressed' : 'uncompressed';
  const sizes = points.map((point) => (bytesOf(point) / MEGABYTE).toFixed(1));
  const chart = [
    '```mermaid',
    'xychart-beta',
    `  title "Size, MB ${measure}"`,
    `  x-axis [${points.map((point, place) => `"${labelOf(point, place)}"`).join(', ')}]`,
    '  y-axis "MB"',
    `  line [${sizes.join(', ')}]`,
    '```',
  ];
  const rows = points.map((point, place) => {
    const before = points[place - 1];
    const delta = before === undefined ? 0 : bytesOf(point) - bytesOf(before);
    const change = delta === 0 ? '' : formatSizeDelta(delta);
    const when = point.time.slice(0, 16).replace('T', ' ');
    return `| \`${labelOf(point, place)}\` | ${when} | ${formatSize(bytesOf(point))} | ${change} |`;
  });
  const table = ['| Commit | Taken (UTC) | Size | Change |', '|:--|:--|--:|--:|', ...rows].join('\n');
  const of = platform === null ? '' : ` of ${platform}`;
  const heading = `#### Size${of} over the last ${points.length} snapshots`;
  return [heading, chart.join('\n'), fold('In figures', table)].join('\n\n');
}

/** A commit in short; where it is not known, the place from the last one. */
function labelOf({ commit }: TrendPoint, place: number): string {
  return commit !== null && /^[0-9a-f]{7,}$/.test(commit) ? commit.slice(0, 7) : `(${place + 1})`;
}
