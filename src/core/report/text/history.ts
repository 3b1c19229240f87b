import { formatSize, formatSizeDelta } from '../../../base/human-size.ts';
import type { HistoryEntry } from '../../history/history.ts';
import { formatPlatform } from '../../words/platform.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import { displayName } from '../visible.ts';
import type { Palette } from './palette.ts';
import { type Cell, type Column, tableLines } from './table.ts';

/** One snapshot of the history, with what its document tells; null where that is gone. */
export interface HistoryRow {
  readonly entry: HistoryEntry;
  readonly layers: number | null;
  /** Bytes, uncompressed. */
  readonly size: number | null;
}

const COLUMNS: readonly Column[] = [
  { title: '', align: 'right' },
  { title: 'taken (UTC)', align: 'left' },
  { title: 'commit', align: 'left' },
  { title: 'branch', align: 'left', flexible: true },
  { title: 'platform', align: 'left' },
  { title: 'snapshot', align: 'left' },
  { title: 'layers', align: 'right' },
  { title: 'size', align: 'right' },
  { title: 'change', align: 'right' },
];

/**
 * The history of a name, newest first; each size against the one before it of the same platform.
 * Of one platform, each begins with what `history:NAME~1` names it by.
 */
export function renderHistory(
  rows: readonly HistoryRow[],
  { width, palette }: { readonly width: number; readonly palette: Palette },
): string {
  if (rows.length === 0) return 'no snapshots\n';
  const platforms = rows.map(({ entry }) => formatPlatform(entry.platform));
  const several = new Set(platforms).size > 1;
  const cells = rows.map((row, place) => {
    const before = rows.find((_, later) => later > place && platforms[later] === platforms[place]);
    const back = { text: several ? '' : `~${place}`, paint: palette.muted };
    return [back, ...historyCells(row, before, several ? (platforms[place] ?? '') : '', palette)];
  });
  return `${tableLines(COLUMNS, cells, { width, heading: palette.muted }).join('\n')}\n`;
}

function historyCells(
  { entry, layers, size }: HistoryRow,
  before: HistoryRow | undefined,
  platform: string,
  palette: Palette,
): Cell[] {
  const delta = size === null || before?.size == null ? null : size - before.size;
  const branch = entry.branch ?? (entry.pullRequest === null ? '' : `#${entry.pullRequest}`);
  return [
    { text: entry.time.slice(0, 19).replace('T', ' ') },
    { text: shown(entry.commit ?? '', 12), paint: palette.accent },
    { text: shown(branch, 200) },
    { text: shown(platform, 40) },
    { text: entry.snapshotDigest.slice('sha256:'.length).slice(0, 12) },
    { text: layers === null ? '' : String(layers) },
    { text: size === null ? '' : formatSize(size) },
    { text: delta === null ? '' : formatSizeDelta(delta), ...deltaPaint(delta, palette) },
  ];
}

function deltaPaint(delta: number | null, { good, warning, muted }: Palette): Pick<Cell, 'paint'> {
  if (delta === null || delta === 0) return { paint: muted };
  return { paint: delta > 0 ? warning : good };
}

const shown = (text: string, length: number): string =>
  escapeTerminal(displayName(text.slice(0, length), length));
