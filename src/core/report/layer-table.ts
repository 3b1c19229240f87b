import { formatSize, formatSizeDelta } from '../../base/human-size.ts';
import type { LayerStatus } from '../comparison/comparison.ts';
import { formatLocation } from '../image/source-location.ts';
import { CAUSES } from './causes.ts';
import { foldUnchanged, type LayerLine, type UnchangedRun } from './layer-lines.ts';
import type { Measure } from './measure.ts';
import { bar, brief, faint, name, type Phrase, phrase, sign } from './phrase.ts';
import { type Column, makeTable, type Table, type Tone } from './table.ts';

const STATUSES: Readonly<Record<LayerStatus, { readonly sign: string; readonly tone: Tone }>> = {
  unchanged: { sign: '', tone: 'muted' },
  recompressed: { sign: '🗜️ ', tone: 'muted' },
  moved: { sign: '↕️ ', tone: 'accent' },
  rebuilt: { sign: '🔁 ', tone: 'warning' },
  added: { sign: '🟢 ', tone: 'good' },
  removed: { sign: '🔴 ', tone: 'bad' },
};

/**
 * The layers of an image.
 * @param options `whole` names each unchanged layer; else neighbors of them share a row.
 */
export function layerTable(
  layers: readonly LayerLine[],
  { whole, measure }: { readonly whole: boolean; readonly measure: Measure },
): Table {
  const largest = layers.reduce((most, { size }) => Math.max(most, size), 0);
  const rows = whole ? layers : foldUnchanged(layers);
  return makeTable(
    columnsIn(measure),
    rows.map((line) => (line.kind === 'layer' ? { ...line, largest } : line)),
  );
}

/** A layer, with the size that its bar is drawn against, or neighbors that did not change. */
type Row = (LayerLine & { readonly largest: number }) | UnchangedRun;

const columnsIn = (measure: Measure): readonly Column<Row>[] => [
  {
    title: [brief('layer', '#')],
    align: 'right',
    cell(row) {
      if (row.kind !== 'layer') return [`${row.first}–${row.last}`];
      return row.status === 'removed' ? [] : [String(row.index)];
    },
    tone: toneOfRun,
  },
  {
    title: ['status'],
    align: 'left',
    cell(row) {
      if (row.kind !== 'layer') return ['unchanged'];
      return row.status === null ? [] : [sign(STATUSES[row.status].sign), row.status];
    },
    tone: toneOfStatus,
  },
  {
    title: ['cause'],
    align: 'left',
    narrow: 'under',
    cell(row) {
      if (row.kind !== 'layer') return [];
      return row.cause === null
        ? formerPlace(row)
        : [brief(CAUSES[row.cause].label, CAUSES[row.cause].word ?? row.cause)];
    },
  },
  {
    title: [measure === 'compressed' ? 'size' : measure],
    align: 'right',
    cell: (row) => (row.kind === 'layer' && row.status === 'removed' ? [] : [formatSize(row.size)]),
    tone: toneOfRun,
  },
  {
    title: [],
    align: 'left',
    narrow: 'omit',
    cell(row) {
      if (row.kind !== 'layer' || row.status === 'removed') return [];
      const drawn = bar(row.size === 0 ? 0 : row.size / row.largest);
      // On a page, where rows are wide already, only sizes that are not compared are drawn.
      return [row.status === null ? drawn : brief([], drawn)];
    },
    tone: (row) => (row.kind === 'layer' && row.status === null ? 'accent' : toneOfStatus(row)),
  },
  {
    title: ['change'],
    align: 'right',
    cell: (row) => (row.kind !== 'layer' || !row.delta ? [] : [formatSizeDelta(row.delta)]),
  },
  {
    title: ['step'],
    align: 'left',
    flexible: true,
    cell: (row) => (row.kind === 'layer' ? tellStep(row.step) : []),
    below: (row) =>
      row.kind !== 'layer' || row.stepBefore === null ? [] : phrase`was ${tellStep(row.stepBefore)}`,
    aside(row) {
      if (row.kind !== 'layer' || row.location === null) return [];
      const { location } = row;
      return [brief(name(formatLocation(location)), name(formatLocation({ ...location, file: '' })))];
    },
  },
];

const tellStep = (step: string): Phrase => [step === '' ? brief(faint('unknown'), []) : name(step)];

function toneOfRun({ kind }: Row): Tone | null {
  return kind === 'layer' ? null : 'muted';
}

function toneOfStatus(row: Row): Tone | null {
  if (row.kind !== 'layer') return 'muted';
  return row.status === null ? null : STATUSES[row.status].tone;
}

function formerPlace({ status, index, movedFrom }: LayerLine): Phrase {
  const before = status === 'removed' ? index : movedFrom;
  return before === null ? [] : phrase`was ${brief('layer ', [])}${before}`;
}
