import { formatNumber, formatSizeDelta } from '../../../base/human-size.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import type { FileGroup, FileLine, FileSection } from '../file-lines.ts';
import { displayName } from '../visible.ts';
import { cutEnd, cutMiddle, widthOf } from './columns.ts';
import type { Palette } from './palette.ts';

interface FileListOptions {
  readonly width: number;
  readonly palette: Palette;
  readonly all: boolean;
}

/** Files that one layer names, and about as many as all layers together, unless all are wanted. */
const SHOWN = 20;
const SHOWN_IN_ALL = 200;
const SHOWN_AT_LEAST = 3;
const PATH_LENGTH = 1000;
const SIGNS = { added: ['+', 'good'], modified: ['~', 'warning'], removed: ['-', 'bad'] } as const;

/** The changed files, layer by layer, what matters first. */
export function fileLines(files: FileSection, options: FileListOptions): string[] {
  if (files.groups.length === 0 && files.volatile === 0) return [];
  const { palette, all } = options;
  const share = Math.floor(SHOWN_IN_ALL / files.groups.length);
  const perLayer = all ? Number.POSITIVE_INFINITY : Math.min(SHOWN, Math.max(SHOWN_AT_LEAST, share));
  return [
    `${palette.strong('Files')}  ${cutEnd(totals(files), options.width - 7)}`,
    ...files.groups.flatMap((group) => groupLines(group, perLayer, options)),
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

function groupLines(group: FileGroup, perLayer: number, options: FileListOptions): string[] {
  const { layer, lines } = group;
  const { palette, width } = options;
  const step = escapeTerminal(displayName(group.step ?? '', PATH_LENGTH));
  const title = layer === null ? 'no longer in any layer' : `layer ${layer}`;
  const listed = lines.slice(0, perLayer);
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
