import { formatNumber } from '../../../base/human-size.ts';
import type { Facts, Group, Item, LabeledTable, Remarks, Section } from '../content.ts';
import type { Chunk } from './chunks.ts';
import { fence, paragraph } from './escape.ts';
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

/** What stands before a remark. */
const SIGNS: Readonly<Record<Remarks['tone'], string>> = {
  plain: '',
  note: '> ⚠️ ',
  failure: '> ❌ ',
  warning: '⚠️ ',
  advice: '💡 ',
  unknown: '⚙️ ',
};

/** GitHub colors these in a `diff` block: green, orange, red. */
const DIFF_SIGNS = { added: '+', modified: '!', removed: '-' } as const;

/**
 * A section as parts that stay or go each by itself.
 * @param perList how many items a group names at most, if the list allows as few.
 */
export function sectionParts({ content }: Pick<Section, 'content'>, perList: number): readonly Part[] {
  switch (content.kind) {
    case 'remarks':
      return remarkParts(content);
    case 'facts':
      return [factsPart(content)];
    case 'table':
      return [tablePart(content)];
    case 'list':
      return content.groups.map((group) => groupPart(group, Math.max(content.atLeast, perList)));
  }
}

/** A fold; blank lines around the body make it Markdown again. */
export function fold(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

function remarkParts({ tone, remarks, label }: Remarks): Part[] {
  return remarks.slice(0, MAX_REMARKS).map((remark) => {
    const sentence = inline(remark, SENTENCE_LENGTH);
    return { markdown: tone === 'plain' ? paragraph(sentence) : SIGNS[tone] + sentence, title: null, label };
  });
}

function factsPart({ look, facts, label }: Facts): Part {
  const told = facts.map((fact) => inline(fact, SENTENCE_LENGTH));
  return { markdown: lookOf(look, told), title: label, label };
}

function lookOf(look: Facts['look'], facts: readonly string[]): string {
  if (look === 'line') return facts.join(' · ');
  if (look === 'small') return `<sub>${facts.join(' · ')}</sub>`;
  return fold(look.fold, facts.map((fact) => `- ${fact}`).join('\n'));
}

function tablePart({ title, table, label, folded, likeness }: LabeledTable): Part {
  const lines = tableLines(table);
  const asFold = fold(`<b>${title}</b>`, lines);
  return { markdown: folded ? asFold : lines, title: label, label, alike: { likeness, folded: asFold } };
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
  return { markdown: fold(inSummary(title, TITLE_LENGTH), body), title: label, label, shortened };
}

function itemLines(item: Item): string[] {
  return item.map(({ status, lead, name, remark }) => {
    const parts = [lead, verbatim(name, ITEM_LENGTH), verbatim(remark, REMARK_LENGTH)];
    const line = parts.filter((part) => part !== '').join('  ');
    return status === null ? line : `${DIFF_SIGNS[status]} ${line}`;
  });
}
