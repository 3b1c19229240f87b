import { formatCount, formatNumber, formatSize } from '../../../base/human-size.ts';
import type { KitSummary } from '../../../core/kit/kit-summary.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import { name } from '../../../core/report/phrase.ts';
import { type Column, makeTable } from '../../../core/report/table.ts';
import type { TextOptions } from '../../../core/report/text/palette.ts';
import { tableLines } from '../../../core/report/text/table.ts';
import { wrap } from '../../../core/report/text/widths.ts';
import { displayName } from '../../../core/report/visible.ts';
import { formatPlatform } from '../../../core/words/platform.ts';

type Scope = KitSummary['history'][number];
type Kind = KitSummary['items'][number];

const NAME_LENGTH = 60;

const SCOPES: readonly Column<Scope>[] = [
  {
    title: ['name'],
    align: 'left',
    flexible: true,
    cell: (scope) => [name(displayName(scope.name, NAME_LENGTH))],
    tone: () => 'accent',
  },
  { title: ['platform'], align: 'left', cell: ({ platform }) => [name(formatPlatform(platform))] },
  { title: ['snapshots'], align: 'right', cell: ({ snapshots }) => [formatNumber(snapshots)] },
  { title: ['first'], align: 'left', narrow: 'omit', cell: ({ from }) => [from.slice(0, 10)] },
  { title: ['last'], align: 'left', narrow: 'omit', cell: ({ to }) => [to.slice(0, 10)] },
];

const KINDS: readonly Column<Kind>[] = [
  { title: ['items'], align: 'left', flexible: true, cell: ({ kind }) => [kind] },
  { title: ['count'], align: 'right', cell: ({ count }) => [formatNumber(count)] },
  { title: ['size'], align: 'right', cell: ({ bytes }) => [formatSize(bytes)] },
];

/** What a kit has, for people: what it weighs, its snapshots, its items by kind. @param subject stands before its size. */
export function kitLines(
  { files, bytes, history, items, requires }: KitSummary,
  subject: string,
  { width, palette }: Pick<TextOptions, 'width' | 'palette'>,
): string[] {
  const weight = `${formatSize(bytes)} in ${formatCount(files, 'file')}`;
  const needs = `It requires ${formatCount(requires, 'item')} that the receiver has already.`;
  return [
    ...wrap(`${escapeTerminal(subject)} ${weight}`, width).map(palette.strong),
    ...section(tableLines(makeTable(SCOPES, history), { width, palette })),
    ...section(tableLines(makeTable(KINDS, items), { width, palette })),
    ...section(requires === 0 ? [] : wrap(needs, width)),
  ];
}

const section = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', ...lines]);
