import { formatNumber } from '../../../base/human-size.ts';
import { code } from '../escape-markdown.ts';

/** A piece of the document that stays or goes as a whole. */
export interface Section {
  readonly markdown: string;
  /** How a reader is told that it was left out; null for what must stay. */
  readonly title: string | null;
  /** What it says, where that is left out because another says the same. */
  readonly label?: string;
  /** Sections of one key say nearly the same; of those after the first, the folded form will do. */
  readonly alike?: { readonly key: string; readonly folded: string };
  /** It names only the first entries of a longer list. */
  readonly shortened?: boolean;
}

/** Room for the sentence that tells what was left out. */
const NOTICE = 2500;

/**
 * Joins sections into one document of at most `limit` bytes of UTF-8 (never fewer than GitHub's UTF-16 units),
 * leaving out those that do not fit and saying so.
 * @param whole where all of it can be read: a URL or a path; null when nowhere.
 */
export function joinSections(sections: readonly Section[], limit: number, whole: string | null): string {
  const chosen = chooseSections(sections, limit);
  const kept = sections.filter((section) => chosen.has(section));
  const left = sections.filter((section) => !chosen.has(section)).flatMap(({ title }) => title ?? []);
  const shortened = kept.some((section) => section.shortened === true);
  const notices = left.length > 0 || shortened ? [notice(left, shortened, whole)] : [];
  return `${[...kept.map(({ markdown }) => markdown), ...notices].join('\n\n')}\n`;
}

/** Tells whether nothing would have to be left out. */
export function fits(sections: readonly Section[], limit: number): boolean {
  const noticed = sections.some((section) => section.shortened === true) ? NOTICE : 0;
  return sections.reduce((sum, section) => sum + cost(section), noticed) <= limit;
}

/** Bytes of a section and of the blank line before the next. */
const cost = ({ markdown }: Section): number => Buffer.byteLength(markdown) + 2;

function chooseSections(sections: readonly Section[], limit: number): Set<Section> {
  if (fits(sections, limit)) return new Set(sections);
  const kept = new Set(sections.filter(({ title }) => title === null));
  let room = limit - NOTICE - [...kept].reduce((sum, section) => sum + cost(section), 0);
  for (const section of sections) {
    if (kept.has(section) || cost(section) > room) continue;
    kept.add(section);
    room -= cost(section);
  }
  return kept;
}

/** Titles that the notice names; it counts the others. */
const NAMED = 6;

function notice(left: readonly string[], shortened: boolean, whole: string | null): string {
  const named = left.slice(0, NAMED).join(', ');
  const others = left.length > NAMED ? ` and ${formatNumber(left.length - NAMED)} more sections` : '';
  const cut = [
    ...(left.length > 0 ? [`**Cut to fit:** ${named}${others}.`] : []),
    ...(shortened ? ['Long lists name only what matters most.'] : []),
    ...(whole === null ? [] : [`All of it: ${locate(whole)}.`]),
  ];
  return `> ✂️ ${cut.join(' ')}`;
}

function locate(whole: string): string {
  return /^https:\/\/[\w.~/?#=&%:-]{1,300}$/.test(whole) ? `<${whole}>` : code(whole.slice(0, 300));
}
