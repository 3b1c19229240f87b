import { formatNumber } from '../../../base/human-size.ts';
import type { Group, Item, ItemLine, List } from '../content.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import type { Phrase } from '../phrase.ts';
import { plainText } from '../plain-text.ts';
import type { TextOptions } from './palette.ts';
import { cutEnd, cutMiddle, widthOf, wrap } from './widths.ts';

/** Items that one group names, and about as many as all groups together, unless all are wanted. */
const SHOWN = 20;
const SHOWN_IN_ALL = 200;
const SHOWN_AT_LEAST = 3;
const TEXT_LENGTH = 1000;
const GAP = 2;
/** Columns below which names and remarks do not share a line that is too short for both. */
const NARROW = 60;
/** That a remark of its own may take. */
const LINES = 3;
/** A name is not cut to less. */
const LEAST = 16;
const SIGNS = { added: ['+', 'good'], modified: ['~', 'warning'], removed: ['-', 'bad'] } as const;

/** A list under its heading, group by group. */
export function listLines({ heading, totals, groups }: List, options: TextOptions): string[] {
  const { palette, width } = options;
  const share = Math.floor(SHOWN_IN_ALL / groups.length);
  const perGroup = options.all ? Number.POSITIVE_INFINITY : Math.min(SHOWN, Math.max(SHOWN_AT_LEAST, share));
  const [summary = '', ...more] = wrap(shown(totals), width - heading.length - 2);
  return [
    `${palette.strong(heading)}${summary === '' ? '' : `  ${summary}`}`,
    ...more.map((line) => `${' '.repeat(heading.length + 2)}${line}`),
    ...groups.flatMap((group) => groupLines(group, perGroup, options)),
  ];
}

function groupLines({ title, count, first, summary }: Group, most: number, options: TextOptions): string[] {
  const { palette, width } = options;
  const above = shown(title).trimEnd();
  const indent = above === '' ? '  ' : '    ';
  const isSummed = summary !== null && count > most && most >= summary.most;
  const named = isSummed ? summary.most : most;
  const of = `${formatNumber(named)} of ${formatNumber(count)}`;
  const left = count - named;
  return [
    ...(above === '' ? [] : [palette.muted(cutEnd(`  ${above}`, width))]),
    ...(isSummed ? summary.items.flatMap((item) => itemLines(item, `${indent}  `, options)) : []),
    ...(isSummed ? [palette.muted(cutEnd(`${indent}first ${of} (--all shows each)`, width))] : []),
    ...first(named).flatMap((item) => itemLines(item, indent, options)),
    ...(isSummed || left <= 0 ? [] : [palette.muted(`${indent}… and ${formatNumber(left)} more (--all)`)]),
  ];
}

const itemLines = (item: Item, indent: string, options: TextOptions): string[] =>
  item.flatMap((line) => itemLine(line, indent, options));

/**
 * Of names and remarks the ends tell as much as the beginnings. On a narrow terminal each has a line of its own where
 * they do not fit into one.
 */
function itemLine(
  { status, lead, name, remark, tone }: ItemLine,
  indent: string,
  { palette, width }: TextOptions,
): string[] {
  const [sign, paint] = status === null ? ['', 'muted' as const] : SIGNS[status];
  const before = [sign, escapeTerminal(lead)].filter((part) => part !== '').join(' ');
  const start = indent + before + (lead === '' ? ' ' : '  ');
  const painted = indent + palette[paint](sign) + start.slice(indent.length + sign.length);
  const said = (text: string): string => (tone === null || text === '' ? text : palette[tone](text));
  const [named, remarked] = [shown(name), shown(remark)];
  const wanted = remarked === '' ? 0 : widthOf(remarked) + GAP;
  const room = width - start.length;
  if (width >= NARROW || widthOf(named) + wanted <= room) {
    const middle = cutMiddle(named, Math.max(LEAST, room - Math.min(wanted, Math.floor(width / 3))));
    const end = remarked === '' ? '' : `  ${cutMiddle(remarked, room - widthOf(middle) - GAP)}`;
    return [`${painted}${middle}${said(end)}`.trimEnd()];
  }
  const under = `${indent}  `;
  const left = width - under.length;
  const onFirstLine = room < LEAST ? '' : cutMiddle(named, room);
  const more = [
    ...(onFirstLine === '' ? [cutMiddle(named, left)] : []),
    ...wrap(cutMiddle(remarked, LINES * left), left).map(said),
  ];
  return [`${painted}${onFirstLine}`.trimEnd(), ...more.map((line) => under + line)];
}

const shown = (phrase: Phrase): string => plainText(phrase, TEXT_LENGTH);
