import { formatSize, formatSizeDelta } from '../../../base/human-size.ts';
import type { LayerStatus } from '../../comparison/comparison.ts';
import { formatLocation } from '../../image/source-location.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import { foldUnchanged, type LayerLine, type UnchangedRun } from '../layer-lines.ts';
import { sizeBar } from '../size-bar.ts';
import { displayName } from '../visible.ts';
import type { Palette } from './palette.ts';
import { type Cell, type Column, tableLines } from './table.ts';

interface LayerTableOptions {
  readonly width: number;
  readonly palette: Palette;
  readonly all: boolean;
}

const STEP_LENGTH = 400;
const LOCATION_LENGTH = 32;

const STATUS_PAINTS: Readonly<Record<LayerStatus, keyof Palette>> = {
  unchanged: 'muted',
  recompressed: 'muted',
  moved: 'accent',
  rebuilt: 'warning',
  added: 'good',
  removed: 'bad',
};

const COMPARED: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'status', align: 'left' },
  { title: 'cause', align: 'left' },
  { title: 'size', align: 'right' },
  { title: '', align: 'left' },
  { title: 'change', align: 'right' },
  { title: 'step', align: 'left', flexible: true },
];

const SINGLE: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'size', align: 'right' },
  { title: '', align: 'left' },
  { title: 'step', align: 'left', flexible: true },
];

/** The layer table of a comparison; runs of unchanged layers are one line unless all is wanted. */
export function comparedTable(lines: readonly LayerLine[], options: LayerTableOptions): string[] {
  const rows = options.all ? lines : foldUnchanged(lines);
  const bar = barDrawer(lines, options.width);
  return draw(
    COMPARED,
    rows.flatMap((line) =>
      line.kind === 'layer' ? comparedRows(line, bar, options) : [runRow(line, options.palette)],
    ),
    options,
  );
}

/** The layer table of a single snapshot. */
export function snapshotTable(lines: readonly LayerLine[], options: LayerTableOptions): string[] {
  const bar = barDrawer(lines, options.width);
  const rows = lines.map((line) => [
    { text: String(line.index) },
    { text: formatSize(line.size) },
    { text: bar(line.size), paint: options.palette.accent },
    { text: placedStep(line, options.width) },
  ]);
  return draw(SINGLE, rows, options);
}

function draw(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { width, palette }: LayerTableOptions,
) {
  return rows.length === 0 ? [] : tableLines(columns, rows, { width, heading: palette.muted });
}

/** Bars are drawn against the largest layer, and only where there is room for them. */
function barDrawer(lines: readonly LayerLine[], width: number): (size: number) => string {
  const largest = lines.reduce((most, { size }) => Math.max(most, size), 0);
  const columns = width < 70 ? 0 : width < 100 ? 6 : 12;
  return (size) => sizeBar(size, largest, columns);
}

function comparedRows(
  line: LayerLine,
  bar: (size: number) => string,
  { palette, width }: LayerTableOptions,
): Cell[][] {
  const { index, cause, size, delta, stepBefore } = line;
  const status = line.status ?? 'unchanged';
  const gone = status === 'removed';
  const paint = palette[STATUS_PAINTS[status]];
  const row = [
    { text: gone ? '' : String(index) },
    { text: status, paint },
    { text: cause ?? whence(line) },
    { text: gone ? '' : formatSize(size) },
    { text: gone ? '' : bar(size), paint },
    { text: delta === null || delta === 0 ? '' : formatSizeDelta(delta) },
    { text: placedStep(line, width) },
  ];
  if (stepBefore === null) return [row];
  return [
    row,
    [
      ...COMPARED.slice(1).map(() => ({ text: '' })),
      { text: `was ${stepText(stepBefore)}`, paint: palette.muted },
    ],
  ];
}

function whence({ status, index, movedFrom }: LayerLine): string {
  const before = status === 'removed' ? index : movedFrom;
  return before === null ? '' : `was ${before}`;
}

function runRow({ first, last, size }: UnchangedRun, { muted }: Palette): Cell[] {
  const texts = [`${first}–${last}`, `${last - first + 1} unchanged`, '', formatSize(size)];
  return texts.map((text) => ({ text, paint: muted }));
}

const stepText = (step: string): string => escapeTerminal(displayName(step, STEP_LENGTH));

/** The step, behind its place in the build's source, of which there is room for the line alone where it is narrow: `:12`. */
function placedStep({ location, step }: LayerLine, width: number): string {
  if (location === null) return stepText(step);
  const place = formatLocation(width < 100 ? { ...location, file: '' } : location);
  return `${escapeTerminal(displayName(place, LOCATION_LENGTH))}  ${stepText(step)}`;
}
