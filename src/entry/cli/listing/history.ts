import { formatSize, formatSizeDelta } from '../../../base/human-size.ts';
import type { HistoryEntry, HistoryRow } from '../../../core/history/history.ts';
import type { Measure } from '../../../core/report/measure.ts';
import { name, type Phrase } from '../../../core/report/phrase.ts';
import { type Column, makeTable } from '../../../core/report/table.ts';
import type { TextOptions } from '../../../core/report/text/palette.ts';
import { tableLines } from '../../../core/report/text/table.ts';
import { displayName } from '../../../core/report/visible.ts';
import { formatPlatform } from '../../../core/words/platform.ts';

/** A row with what the others of the history make of it. */
interface ShownRow extends Omit<HistoryRow, 'size'> {
  /** How many are newer. */
  readonly back: number;
  /** Whether others are of another platform. */
  readonly several: boolean;
  readonly size: number | null;
  /** Bytes more than in the one before it of the same platform. */
  readonly delta: number | null;
}

const SHORT = 12;
const NAME_LENGTH = 40;
const LONGEST_NAME = 255;

const cut = (text: string): Phrase => [name(displayName(text, NAME_LENGTH))];

const historyIn = (measure: Measure): readonly Column<ShownRow>[] => [
  {
    title: [],
    align: 'right',
    cell: ({ back, several }) => (several ? [] : [`~${back}`]),
    tone: () => 'muted',
  },
  { title: ['taken (UTC)'], align: 'left', cell: ({ entry }) => showTime(entry) },
  {
    title: ['commit'],
    align: 'left',
    narrow: 'under',
    cell: ({ entry }) => showCommit(entry),
    tone: () => 'accent',
  },
  {
    title: ['branch'],
    align: 'left',
    flexible: true,
    cell: ({ entry: { branch, pullRequest } }) =>
      branch === null ? [pullRequest === null ? '' : `#${pullRequest}`] : [name(branch)],
  },
  {
    title: ['platform'],
    align: 'left',
    narrow: 'under',
    cell: ({ entry, several }) => (several ? cut(formatPlatform(entry.platform)) : []),
  },
  { title: ['snapshot'], align: 'left', narrow: 'under', cell: ({ entry }) => showSnapshot(entry) },
  {
    title: ['layers'],
    align: 'right',
    narrow: 'omit',
    cell: ({ layers }) => [layers === null ? '' : String(layers)],
  },
  {
    title: [measure === 'compressed' ? 'size' : measure],
    align: 'right',
    cell: ({ size }) => [size === null ? '' : formatSize(size)],
  },
  {
    title: ['change'],
    align: 'right',
    cell: ({ delta }) => [delta === null ? '' : formatSizeDelta(delta)],
    tone: ({ delta }) => (!delta ? 'muted' : delta > 0 ? 'warning' : 'good'),
  },
];

const LAYER_USES: readonly Column<HistoryEntry>[] = [
  { title: ['taken (UTC)'], align: 'left', cell: showTime },
  {
    title: ['name'],
    align: 'left',
    flexible: true,
    cell: (entry) => [name(entry.name)],
    tone: () => 'accent',
  },
  {
    title: ['platform'],
    align: 'left',
    narrow: 'under',
    cell: ({ platform }) => cut(formatPlatform(platform)),
  },
  { title: ['commit'], align: 'left', narrow: 'under', cell: showCommit },
  { title: ['branch'], align: 'left', narrow: 'under', cell: ({ branch }) => cut(branch ?? '') },
  { title: ['snapshot'], align: 'left', cell: showSnapshot },
];

/**
 * The history of a name, newest first; each size against the one before it of the same platform.
 * Of one platform, each begins with what `history:NAME~1` names it by.
 * @param newer how many are left out before the first.
 */
export function renderHistory(
  rows: readonly HistoryRow[],
  options: Pick<TextOptions, 'width' | 'palette'>,
  newer = 0,
): string {
  if (rows.length === 0) return 'no snapshots\n';
  const platforms = rows.map(({ entry }) => formatPlatform(entry.platform));
  const several = new Set(platforms).size > 1;
  const measure = rows.every(({ size }) => size === null || size.compressedSize !== null)
    ? 'compressed'
    : 'uncompressed';
  const bytes = ({ size }: HistoryRow): number | null =>
    size && (measure === 'compressed' ? size.compressedSize : size.uncompressedSize);
  const shown = rows.map((row, index): ShownRow => {
    const earlier = rows.find((_, later) => later > index && platforms[later] === platforms[index]);
    const [size, before] = [bytes(row), earlier === undefined ? null : bytes(earlier)];
    const delta = size === null || before === null ? null : size - before;
    return { ...row, size, back: newer + index, several, delta };
  });
  return `${tableLines(makeTable(historyIn(measure), shown), options).join('\n')}\n`;
}

/** The names that a store has histories of. */
export const renderNames = (names: readonly string[]): string =>
  names.map((each) => `${displayName(each, LONGEST_NAME)}\n`).join('');

/** The snapshots, of whatever name, that have a layer; newest first. */
export function renderLayerUses(
  entries: readonly HistoryEntry[],
  options: Pick<TextOptions, 'width' | 'palette'>,
): string {
  return `${tableLines(makeTable(LAYER_USES, entries), options).join('\n')}\n`;
}

function showTime({ time }: HistoryEntry): Phrase {
  return [time.slice(0, 16).replace('T', ' ')];
}

function showCommit({ commit }: HistoryEntry): Phrase {
  return [name(displayName((commit ?? '').slice(0, SHORT), SHORT))];
}

function showSnapshot({ snapshotDigest }: HistoryEntry): Phrase {
  return [snapshotDigest.slice('sha256:'.length).slice(0, SHORT)];
}
