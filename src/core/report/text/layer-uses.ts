import type { HistoryEntry } from '../../history/history.ts';
import { formatPlatform } from '../../words/platform.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import { displayName } from '../visible.ts';
import type { Palette } from './palette.ts';
import { type Column, tableLines } from './table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'taken (UTC)', align: 'left' },
  { title: 'name', align: 'left', flexible: true },
  { title: 'platform', align: 'left' },
  { title: 'commit', align: 'left' },
  { title: 'branch', align: 'left' },
  { title: 'snapshot', align: 'left' },
];

/** The snapshots, of whatever name, that have a layer; newest first. */
export function renderLayerUses(
  entries: readonly HistoryEntry[],
  { width, palette }: { readonly width: number; readonly palette: Palette },
): string {
  const cells = entries.map(({ time, name, platform, commit, branch, snapshotDigest }) => [
    { text: time.slice(0, 19).replace('T', ' ') },
    { text: shown(name, 200), paint: palette.accent },
    { text: shown(formatPlatform(platform), 40) },
    { text: shown(commit ?? '', 12) },
    { text: shown(branch ?? '', 40) },
    { text: snapshotDigest.slice('sha256:'.length).slice(0, 12) },
  ]);
  return `${tableLines(COLUMNS, cells, { width, heading: palette.muted }).join('\n')}\n`;
}

const shown = (text: string, length: number): string =>
  escapeTerminal(displayName(text.slice(0, length), length));
