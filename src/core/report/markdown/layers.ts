import { formatSize, formatSizeDelta } from '../../../base/human-size.ts';
import type { LayerStatus } from '../../comparison/comparison.ts';
import { formatLocation } from '../../image/source-location.ts';
import { code } from '../escape-markdown.ts';
import { foldUnchanged, type LayerLine, type ToldCause, type UnchangedRun } from '../layer-lines.ts';
import { sizeBar } from '../size-bar.ts';
import { displayName } from '../visible.ts';

/** What a cause means, in the fewest words. */
const CAUSE_WORDS: Readonly<Record<ToldCause, string>> = {
  content: 'content',
  volatile: 'content, volatile',
  unseen: 'content, unseen',
  timestamps: 'timestamps only',
  ownership: 'ownership only',
  mode: 'modes only',
  xattrs: 'xattrs only',
  order: 'order only',
  metadata: 'metadata only',
  'tar-encoding': 'tar encoding only',
  step: 'step edited',
};

const STATUS_SIGNS: Readonly<Record<LayerStatus, string>> = {
  unchanged: '',
  recompressed: '🗜️',
  moved: '↕️',
  rebuilt: '🔁',
  added: '🟢',
  removed: '🔴',
};

const STEP_LENGTH = 120;
const LOCATION_LENGTH = 60;
/** Engines run images of at most 127 layers; only made-up ones have more. */
const MAX_ROWS = 150;

/** The layer table of a comparison: what stayed the same in one row, what differs in one each. */
export function comparedTable(lines: readonly LayerLine[]): string {
  const rows = foldUnchanged(lines).map((line) =>
    line.kind === 'layer' ? comparedRow(line) : unchangedRow(line),
  );
  return table(['Layer', 'Status', 'Step', 'Size', 'Change', 'Cause'], '--:|:--|:--|--:|--:|:--', rows);
}

/** The layer table of a first snapshot. */
export function snapshotTable(lines: readonly LayerLine[]): string {
  const largest = lines.reduce((most, { size }) => Math.max(most, size), 0);
  const rows = lines.map((line) => [
    String(line.index),
    stepCell(line),
    unbroken(formatSize(line.size)),
    sizeBar(line.size, largest, 10),
  ]);
  return table(['Layer', 'Step', 'Size', ''], '--:|:--|--:|:--', rows);
}

function comparedRow(line: LayerLine): string[] {
  const status = line.status ?? 'unchanged';
  return [
    status === 'removed' ? '' : String(line.index),
    unbroken(`${STATUS_SIGNS[status]} ${status}`.trim()),
    stepCell(line),
    status === 'removed' ? '' : unbroken(formatSize(line.size)),
    line.delta === null || line.delta === 0 ? '' : unbroken(formatSizeDelta(line.delta)),
    unbroken(line.cause === null ? whence(line) : CAUSE_WORDS[line.cause]),
  ];
}

function whence({ status, index, movedFrom }: LayerLine): string {
  const before = status === 'removed' ? index : movedFrom;
  return before === null ? '' : `was layer ${before}`;
}

function unchangedRow({ first, last, size }: UnchangedRun): string[] {
  return [
    `${first}–${last}`,
    unbroken(`${last - first + 1} unchanged`),
    '',
    unbroken(formatSize(size)),
    '',
    '',
  ];
}

function stepCell({ step, stepBefore, location }: LayerLine): string {
  const place = location && code(displayName(formatLocation(location), LOCATION_LENGTH));
  const shown = place === null ? stepCode(step) : `${stepCode(step)} <sub>${place}</sub>`;
  return stepBefore === null ? shown : `${shown}<br>was ${stepCode(stepBefore)}`;
}

/** A step as code; none is said to be unknown. */
export function stepCode(step: string): string {
  return step === '' ? '*unknown*' : code(displayName(step, STEP_LENGTH));
}

function table(head: readonly string[], aligned: string, rows: readonly (readonly string[])[]): string {
  const shown = rows.slice(0, MAX_ROWS);
  if (rows.length > MAX_ROWS)
    shown.push(['…', `and ${rows.length - MAX_ROWS} more`, ...head.slice(2).map(() => '')]);
  return [toRow(head), `|${aligned}|`, ...shown.map(toRow)].join('\n');
}

/** What a table must not break over two lines. */
const unbroken = (text: string): string => text.replaceAll(' ', '&nbsp;');

const toRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
