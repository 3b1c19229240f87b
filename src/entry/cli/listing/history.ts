import { formatSize, formatSizeDelta } from '../../../base/human-size.ts';
import type { HistoryEntry, HistoryRow } from '../../../core/history/history.ts';
import { name, type Phrase } from '../../../core/report/phrase.ts';
import { type Column, makeTable } from '../../../core/report/table.ts';
import type { TextOptions } from '../../../core/report/text/palette.ts';
import { tableLines } from '../../../core/report/text/table.ts';
import { displayName } from '../../../core/report/visible.ts';
import { formatPlatform } from '../../../core/words/platform.ts';

/** A row with what the others of the history make of it. */
interface ShownRow extends HistoryRow {
  /** How many are newer. */
  readonly back: number;
  /** Whether others are of another platform. */
  readonly several: boolean;
  /** Bytes more than in the one before it of the same platform. */
  readonly delta: number | null;
}

const SHORT = 12;
const NAME_LENGTH = 40;

const cut = (text: string): Phrase => [name(displayName(text, NAME_LENGTH))];

const HISTORY: readonly Column<ShownRow>[] = [
  {
    title: [],
    align: 'right',
    cell: ({ back, several }) => (several ? [] : [`~${back}`]),
    tone: () => 'muted',
  },
  { title: ['taken (UTC)'], align: 'left', cell: ({ entry }) => showTime(entry) },
  { title: ['commit'], align: 'left', cell: ({ entry }) => showCommit(entry), tone: () => 'accent' },
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
    cell: ({ entry, several }) => (several ? cut(formatPlatform(entry.platform)) : []),
  },
  { title: ['snapshot'], align: 'left', cell: ({ entry }) => showSnapshot(entry) },
  { title: ['layers'], align: 'right', cell: ({ layers }) => [layers === null ? '' : String(layers)] },
  { title: ['size'], align: 'right', cell: ({ size }) => [size === null ? '' : formatSize(size)] },
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
  { title: ['platform'], align: 'left', cell: ({ platform }) => cut(formatPlatform(platform)) },
  { title: ['commit'], align: 'left', cell: showCommit },
  { title: ['branch'], align: 'left', cell: ({ branch }) => cut(branch ?? '') },
  { title: ['snapshot'], align: 'left', cell: showSnapshot },
];

/**
 * The history of a name, newest first; each size against the one before it of the same platform.
 * Of one platform, each begins with what `history:NAME~1` names it by.
 */
export function renderHistory(
  rows: readonly HistoryRow[],
  options: Pick<TextOptions, 'width' | 'palette'>,
): string {
  if (rows.length === 0) return 'no snapshots\n';
  const platforms = rows.map(({ entry }) => formatPlatform(entry.platform));
  const several = new Set(platforms).size > 1;
  const shown = rows.map((row, back): ShownRow => {
    const before = rows.find((_, later) => later > back && platforms[later] === platforms[back]);
    const delta = row.size === null || before?.size == null ? null : row.size - before.size;
    return { ...row, back, several, delta };
  });
  return `${tableLines(makeTable(HISTORY, shown), options).join('\n')}\n`;
}

/** The snapshots, of whatever name, that have a layer; newest first. */
export function renderLayerUses(
  entries: readonly HistoryEntry[],
  options: Pick<TextOptions, 'width' | 'palette'>,
): string {
  return `${tableLines(makeTable(LAYER_USES, entries), options).join('\n')}\n`;
}

function showTime({ time }: HistoryEntry): Phrase {
  return [time.slice(0, 19).replace('T', ' ')];
}

function showCommit({ commit }: HistoryEntry): Phrase {
  return [name(displayName((commit ?? '').slice(0, SHORT), SHORT))];
}

function showSnapshot({ snapshotDigest }: HistoryEntry): Phrase {
  return [snapshotDigest.slice('sha256:'.length).slice(0, SHORT)];
}
