import { formatSize, formatSizeDelta } from '../../base/human-size.ts';
import type { LayerStatus } from '../comparison/comparison.ts';
import { formatLocation } from '../image/source-location.ts';
import { CAUSES } from './causes.ts';
import { foldUnchanged, type LayerLine, type LayerRun } from './layer-lines.ts';
import type { Measure } from './measure.ts';
import { quoteStep, whereabouts } from './name-layer.ts';
import {
  bar,
  brief,
  faint,
  join,
  type Medium,
  name,
  type Phrase,
  type Piece,
  phrase,
  strong,
} from './phrase.ts';
import { type Column, makeTable, type Table, type Tone } from './table.ts';
import { isChanged } from './verdict.ts';

const TONES: Readonly<Record<LayerStatus, Tone>> = {
  unchanged: 'muted',
  recompressed: 'muted',
  moved: 'accent',
  rebuilt: 'warning',
  added: 'good',
  removed: 'bad',
};

interface LayerTableOptions {
  readonly medium: Medium;
  /** Whether each unchanged layer is named; else neighbors of them share a row. */
  readonly whole: boolean;
  /** Whether neighbors that were rebuilt with the same files share a row too. */
  readonly isShort?: boolean;
  /** Layers that went and came with another base image: they share a row. */
  readonly upstream?: readonly LayerLine[];
  readonly measure: Measure;
}

/** The layers of an image. A page has room for four columns, also on a telephone. */
export function layerTable(
  layers: readonly LayerLine[],
  { medium, whole, measure, isShort = false, upstream = [] }: LayerTableOptions,
): Table {
  const largest = layers.reduce((most, { size }) => Math.max(most, size), 0);
  const own = layers.filter((line) => !upstream.includes(line));
  const rows = whole ? layers : [...upstreamRun(upstream), ...foldUnchanged(own, isShort)];
  return makeTable(
    medium === 'page' ? pageColumns(measure) : columnsIn(measure),
    rows.map((line) => (line.kind === 'layer' ? { ...line, largest } : line)),
  );
}

function upstreamRun(lines: readonly LayerLine[]): LayerRun[] {
  const present = lines.filter(({ status }) => status !== 'removed');
  const [first] = present;
  if (first === undefined) return [];
  const size = present.reduce((sum, line) => sum + line.size, 0);
  const delta = lines.reduce((sum, line) => sum + (line.delta ?? 0), 0);
  const [from, to] = [first.index, present.at(-1)?.index ?? first.index];
  return [{ kind: 'run', cause: 'upstream', first: from, last: to, size, delta }];
}

/** A layer, with the size that its bar is drawn against, or neighbors that did not change. */
type Row = (LayerLine & { readonly largest: number }) | LayerRun;

const columnsIn = (measure: Measure): readonly Column<Row>[] => [
  {
    title: [brief('layer', '#')],
    align: 'right',
    cell: placeOf,
    tone: toneOfRun,
  },
  {
    title: ['status'],
    align: 'left',
    cell(row) {
      if (row.kind !== 'layer') return ['unchanged'];
      return row.status === null ? [] : [row.status];
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
      return [drawSize(row)];
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

const drawSize = ({ size, largest }: Extract<Row, LayerLine>): Piece => bar(size === 0 ? 0 : size / largest);

/** Three columns, so that a telephone has room for them; a fourth shows the share of sizes that are not compared. */
const pageColumns = (measure: Measure): readonly Column<Row>[] => [
  { title: ['#'], align: 'right', cell: placeOf },
  {
    title: ['step'],
    align: 'left',
    flexible: true,
    cell(row) {
      if (row.kind === 'layer') return row.status === 'unchanged' ? ['unchanged'] : quoteShort(row.step);
      if (row.cause === 'upstream') return [strong('base image')];
      return row.cause === null ? ['unchanged'] : phrase`${row.last - row.first + 1} steps`;
    },
    below(row) {
      if (row.kind !== 'layer')
        return row.cause === null || row.cause === 'upstream' ? [] : [CAUSES[row.cause].label];
      if (row.status === 'unchanged') return [];
      const was = row.stepBefore === null ? [] : phrase`was ${quoteShort(row.stepBefore)}`;
      const where = row.location === null ? [] : [whereabouts(row.location)];
      return join(
        [tellChange(row), was, where].filter((part) => part.length > 0),
        ' · ',
      );
    },
  },
  {
    title: [measure === 'compressed' ? 'size' : measure],
    align: 'right',
    cell: (row) => (row.kind === 'layer' && row.status === 'removed' ? [] : [formatSize(row.size)]),
    below: (row) => (row.delta ? [formatSizeDelta(row.delta)] : []),
  },
  {
    title: [],
    align: 'left',
    cell: (row) => (row.kind === 'layer' && row.status === null ? [drawSize(row)] : []),
  },
];

function placeOf(row: Row): Phrase {
  if (row.kind !== 'layer') return [row.first === row.last ? `${row.first}` : `${row.first}–${row.last}`];
  return row.status === 'removed' ? [] : [String(row.index)];
}

const quoteShort = (step: string): Phrase => (step === '' ? [faint('unknown')] : [quoteStep(step)]);

/** What became of a layer: why it was rebuilt says that it was. */
function tellChange(row: LayerLine): Phrase {
  if (row.status === null) return [];
  if (row.status === 'added') return [strong('new')];
  if (row.cause !== null)
    return isChanged(row) ? [strong(CAUSES[row.cause].label)] : [CAUSES[row.cause].label];
  const before = formerPlace(row);
  return before.length === 0 ? [row.status] : phrase`${row.status}, ${before}`;
}

const tellStep = (step: string): Phrase => [step === '' ? brief(faint('unknown'), []) : name(step)];

function toneOfRun({ kind }: Row): Tone | null {
  return kind === 'layer' ? null : 'muted';
}

function toneOfStatus(row: Row): Tone | null {
  if (row.kind !== 'layer') return 'muted';
  return row.status === null ? null : TONES[row.status];
}

function formerPlace({ status, index, movedFrom }: LayerLine): Phrase {
  const before = status === 'removed' ? index : movedFrom;
  return before === null ? [] : phrase`was ${brief('layer ', [])}${before}`;
}
