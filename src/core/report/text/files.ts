import { formatNumber, formatSizeDelta } from '../../../base/human-size.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import type { FileGroup, FileLine, FileSection } from '../file-lines.ts';
import type { LayerLine } from '../layer-lines.ts';
import { displayName } from '../visible.ts';
import { cutEnd, cutMiddle, widthOf } from './columns.ts';
import type { Palette } from './palette.ts';

interface FileListOptions {
  readonly width: number;
  readonly palette: Palette;
  readonly all: boolean;
}

/** Files that each layer names at most, unless all are wanted. */
const SHOWN = 20;
const PATH_LENGTH = 1000;
const SIGNS = { added: ['+', 'good'], modified: ['~', 'warning'], removed: ['-', 'bad'] } as const;

/** The changed files, layer by layer, what matters first. */
export function fileLines(
  files: FileSection,
  layers: readonly LayerLine[],
  options: FileListOptions,
): string[] {
  if (files.groups.length === 0 && files.volatile === 0) return [];
  const steps = new Map(
    layers.flatMap(({ index, step, status }) => (status === 'removed' ? [] : [[index, step]])),
  );
  const { palette } = options;
  return [
    `${palette.strong('Files')}  ${totals(files)}`,
    ...files.groups.flatMap((group) => groupLines(group, steps, options)),
  ];
}

function totals({ added, modified, removed, volatile }: FileSection): string {
  const counts = [
    `${formatNumber(added)} added`,
    `${formatNumber(modified)} modified`,
    `${formatNumber(removed)} removed`,
  ];
  return counts.join(', ') + (volatile === 0 ? '' : `; ${formatNumber(volatile)} volatile, not counted`);
}

function groupLines(
  { layer, lines }: FileGroup,
  steps: ReadonlyMap<number, string>,
  options: FileListOptions,
): string[] {
  const { palette, width, all } = options;
  const step = layer === null ? '' : escapeTerminal(displayName(steps.get(layer) ?? '', PATH_LENGTH));
  const title = layer === null ? 'with removed layers' : `layer ${layer}`;
  const listed = all ? lines : lines.slice(0, SHOWN);
  const left = lines.length - listed.length;
  return [
    palette.muted(cutEnd(`  ${title}  ${step}`.trimEnd(), width)),
    ...listed.map((line) => fileLine(line, options)),
    ...(left === 0 ? [] : [palette.muted(`    … and ${formatNumber(left)} more (--all)`)]),
  ];
}

function fileLine(
  { status, path, linkTarget, delta, remarks, rank }: FileLine,
  { palette, width }: FileListOptions,
): string {
  const [sign, paint] = SIGNS[status];
  const size = (delta === null ? '' : formatSizeDelta(delta)).padStart(9);
  const link = linkTarget === null ? '' : ` -> ${linkTarget}`;
  const said =
    remarks.length === 0 ? '' : `  ${escapeTerminal(displayName(remarks.join(', '), PATH_LENGTH))}`;
  const named = escapeTerminal(displayName(`${path}${link}`, PATH_LENGTH));
  const start = `    ${sign} ${size}  `;
  const room = Math.max(16, width - start.length - Math.min(widthOf(said), Math.floor(width / 3)));
  const shown = cutMiddle(named, room);
  const end = cutEnd(said, Math.max(0, width - start.length - widthOf(shown)));
  return `    ${palette[paint](sign)} ${size}  ${shown}${rank === 0 ? palette.bad(end) : palette.muted(end)}`;
}
