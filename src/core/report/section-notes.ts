import type { Comparison } from '../comparison/comparison.ts';

const NAMED = 10;

/** Names what a comparison says that no part of a report shows: sections that other versions make. */
export function sectionNotes({ sections }: Pick<Comparison, 'sections'>): string[] {
  const names = Object.keys(sections).filter((name) => sections[name] !== null);
  const more = names.length > NAMED ? ' …' : '';
  if (names.length === 0) return [];
  const named = names.slice(0, NAMED).join(', ');
  return [`the comparison has more than this version shows: ${named}${more}`];
}
