import { formatNumber } from '../../../base/human-size.ts';
import type { Group, Item, ItemLine, List } from '../content.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import type { Phrase } from '../phrase.ts';
import { plainText } from '../plain-text.ts';
import type { TextOptions } from './palette.ts';
import { cutEnd, cutMiddle, widthOf } from './widths.ts';

/** Items that one group names, and about as many as all groups together, unless all are wanted. */
const SHOWN = 20;
const SHOWN_IN_ALL = 200;
const SHOWN_AT_LEAST = 3;
const TEXT_LENGTH = 1000;
const SIGNS = { added: ['+', 'good'], modified: ['~', 'warning'], removed: ['-', 'bad'] } as const;

/** A list under its heading, group by group. */
export function listLines({ heading, totals, groups }: List, options: TextOptions): string[] {
  const { palette, width } = options;
  const share = Math.floor(SHOWN_IN_ALL / groups.length);
  const perGroup = options.all ? Number.POSITIVE_INFINITY : Math.min(SHOWN, Math.max(SHOWN_AT_LEAST, share));
  const summary = cutEnd(shown(totals), width - heading.length - 2);
  return [
    `${palette.strong(heading)}${summary === '' ? '' : `  ${summary}`}`,
    ...groups.flatMap((group) => groupLines(group, perGroup, options)),
  ];
}

function groupLines({ title, count, first }: Group, most: number, options: TextOptions): string[] {
  const { palette, width } = options;
  const above = shown(title).trimEnd();
  const indent = above === '' ? '  ' : '    ';
  const left = count - most;
  return [
    ...(above === '' ? [] : [palette.muted(cutEnd(`  ${above}`, width))]),
    ...first(most).flatMap((item) => itemLines(item, indent, options)),
    ...(left > 0 ? [palette.muted(`${indent}… and ${formatNumber(left)} more (--all)`)] : []),
  ];
}

const itemLines = (item: Item, indent: string, options: TextOptions): string[] =>
  item.map((line) => itemLine(line, indent, options));

/** Of names and remarks the ends tell as much as the beginnings. */
function itemLine(
  { status, lead, name, remark, tone }: ItemLine,
  indent: string,
  { palette, width }: TextOptions,
): string {
  const [sign, paint] = status === null ? ['', 'muted' as const] : SIGNS[status];
  const before = [sign, escapeTerminal(lead)].filter((part) => part !== '').join(' ');
  const start = indent + before + (lead === '' ? ' ' : '  ');
  const [named, said] = [shown(name), shown(remark)];
  const wanted = said === '' ? 0 : widthOf(said) + 2;
  const room = Math.max(16, width - start.length - Math.min(wanted, Math.floor(width / 3)));
  const middle = cutMiddle(named, room);
  const left = width - start.length - widthOf(middle) - 2;
  const end = said === '' ? '' : `  ${cutMiddle(said, left)}`;
  const painted = indent + palette[paint](sign) + start.slice(indent.length + sign.length) + middle;
  return `${painted}${tone === null ? end : palette[tone](end)}`.trimEnd();
}

const shown = (phrase: Phrase): string => plainText(phrase, TEXT_LENGTH);
