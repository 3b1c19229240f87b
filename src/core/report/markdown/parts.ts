import { formatNumber } from '../../../base/human-size.ts';
import type { Facts, Group, Item, LabeledTable, List, Remarks, Section } from '../content.ts';
import { type Chunk, fold } from './chunks.ts';
import { fence, paragraph } from './escape.ts';
import type { SourceTree } from './source-tree.ts';
import { tableLines } from './table.ts';
import { inline, inSummary, verbatim } from './write.ts';

/** A chunk of what a report says about an image. */
export interface Part extends Chunk {
  /** What it says, where that is left out because another image says the same; null where it never is. */
  readonly label: string | null;
  /** Parts of one likeness say nearly the same; of those after the first, the folded form will do. */
  readonly alike?: { readonly likeness: string; readonly folded: string };
}

const SENTENCE_LENGTH = 200;
const TITLE_LENGTH = 100;
const ITEM_LENGTH = 160;
const REMARK_LENGTH = 300;
const MAX_REMARKS = 30;

/** How remarks stand out: as an alert of GitHub, or behind a sign in a fold, where GitHub makes none. */
const ALERTS: Readonly<Record<Exclude<Remarks['tone'], 'plain'>, readonly [alert: string, sign: string]>> = {
  note: ['NOTE', 'ℹ️'],
  failure: ['CAUTION', '❌'],
  warning: ['WARNING', '⚠️'],
  advice: ['TIP', '💡'],
  unknown: ['NOTE', 'ℹ️'],
};

/** How parts are written. */
export interface PartStyle {
  /** How many items a group names at most, if the list allows as few. */
  readonly perList: number;
  /** Whether it is in a fold. */
  readonly isFolded: boolean;
  /** Where places in the build's source can be looked at; null when nowhere. */
  readonly source: SourceTree | null;
}

/** GitHub colors these in a `diff` block: green, orange, red. */
const DIFF_SIGNS = { added: '+', modified: '!', removed: '-' } as const;

/** A section as parts that stay or go each by itself. */
export function sectionParts({ content }: Pick<Section, 'content'>, style: PartStyle): readonly Part[] {
  switch (content.kind) {
    case 'remarks':
      return remarkParts(content, style);
    case 'facts':
      return [factsPart(content)];
    case 'table':
      return [tablePart(content, style)];
    case 'list':
      return listParts(content, style);
  }
}

function remarkParts({ tone, remarks, label }: Remarks, { isFolded, source }: PartStyle): Part[] {
  const told = remarks
    .slice(0, MAX_REMARKS)
    .map((remark) => paragraph(inline(remark, SENTENCE_LENGTH, source)));
  const left = remarks.length - told.length;
  const lines = left === 0 ? told : [...told, `… and ${formatNumber(left)} more`];
  if (lines.length === 0) return [];
  if (tone === 'plain') return lines.map((line) => ({ markdown: line, title: null, label }));
  const [alert, sign] = ALERTS[tone];
  const quoted = lines.length === 1 ? lines : lines.map((line) => `- ${line}`);
  const [first = '', ...others] = quoted;
  const block =
    isFolded && quoted.length === 1
      ? [`${sign} ${first}`]
      : [isFolded ? sign : `[!${alert}]`, first, ...others];
  return [{ markdown: block.map((line) => `> ${line}`).join('\n'), title: null, label }];
}

function factsPart({ look, facts, label }: Facts): Part {
  const told = facts.map((fact) => inline(fact, SENTENCE_LENGTH));
  return { markdown: lookOf(look, told), title: label, label };
}

function lookOf(look: Facts['look'], facts: readonly string[]): string {
  if (look === 'small') return `<sub>${facts.join(' · ')}</sub>`;
  return fold(look.fold, facts.map((fact) => `- ${fact}`).join('\n'));
}

function tablePart({ title, table, label, folded, likeness }: LabeledTable, { source }: PartStyle): Part {
  const lines = tableLines(table, source);
  const asFold = fold(`<b>${title}</b>`, lines);
  return { markdown: folded ? asFold : lines, title: label, label, alike: { likeness, folded: asFold } };
}

function listParts({ title, groups, isOpen, atLeast }: List, { perList }: PartStyle): Part[] {
  const most = Math.max(atLeast, perList);
  if (isOpen) {
    const heading = inline(title, TITLE_LENGTH);
    return groups
      .map((group) => groupPart(group, most))
      .map((part) => ({
        ...part,
        markdown: `${heading}\n\n${part.markdown}`,
      }));
  }
  const within = { summary: inSummary(title, TITLE_LENGTH) };
  return groups.map((group) => ({ ...groupPart(group, most), within }));
}

function groupPart({ title, label, count, first, summary }: Group, most: number): Part {
  const shortened = count > most;
  const named = shortened && summary !== null ? Math.min(most, summary.most) : most;
  const items = first(named);
  const signed = items.some(([{ status }]) => status !== null);
  const indent = signed ? '  ' : '';
  const sums = shortened ? (summary?.items ?? []) : [];
  const lines = [
    ...sums.flatMap(itemLines).map((line) => indent + line),
    ...(sums.length === 0 ? [] : ['', `${indent}first ${named} of ${formatNumber(count)}:`]),
    ...items.flatMap(itemLines),
    ...(shortened && sums.length === 0 ? [`${indent}… and ${formatNumber(count - named)} more`] : []),
  ];
  const body = fence(signed ? 'diff' : 'text', lines);
  const heading = inline(title, TITLE_LENGTH);
  return { markdown: heading === '' ? body : `${heading}\n\n${body}`, title: label, label, shortened };
}

function itemLines(item: Item): string[] {
  return item.map(({ status, lead, name, remark }) => {
    const parts = [lead, verbatim(name, ITEM_LENGTH), verbatim(remark, REMARK_LENGTH)];
    const line = parts.filter((part) => part !== '').join('  ');
    return status === null ? line : `${DIFF_SIGNS[status]} ${line}`;
  });
}
