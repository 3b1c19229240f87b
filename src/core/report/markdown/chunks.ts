import { formatNumber } from '../../../base/human-size.ts';
import { code } from './escape.ts';

/** A piece of the document that stays or goes as a whole. */
export interface Chunk {
  readonly markdown: string;
  /** What it is called where it is left out; null for what must stay. */
  readonly title: string | null;
  /** The fold that it stands in; neighbors of one fold share it. */
  readonly within?: Fold;
  /** It names only the first entries of a longer list. */
  readonly shortened?: boolean;
}

/** What a reader unfolds. */
export interface Fold {
  /** HTML. */
  readonly summary: string;
}

/** A fold; blank lines around the body make it Markdown again. */
export function fold(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Room for the sentence that tells what was left out. */
const NOTICE = 2500;

/**
 * Joins chunks into one document of at most `limit` bytes of UTF-8 (never fewer than GitHub's UTF-16 units),
 * leaving out those that do not fit and saying so.
 * @param whole where all of it can be read: a URL or a path; null when nowhere.
 */
export function joinChunks(chunks: readonly Chunk[], limit: number, whole: string | null): string {
  const chosen = chooseChunks(chunks, limit);
  const kept = chunks.filter((chunk) => chosen.has(chunk));
  const left = chunks.filter((chunk) => !chosen.has(chunk)).flatMap(({ title }) => title ?? []);
  const shortened = kept.some((chunk) => chunk.shortened === true);
  // A page that is linked to anyway needs no second word on lists that say themselves how long they are.
  const isNoted = left.length > 0 || (shortened && !isPage(whole));
  const notices = isNoted ? [notice(left, shortened, whole)] : [];
  return `${[...writeChunks(kept), ...notices].join('\n\n')}\n`;
}

/** Writes chunks, neighbors of one fold in it. */
export function writeChunks(chunks: readonly Chunk[]): string[] {
  const runs: { readonly within: Fold | undefined; readonly texts: string[] }[] = [];
  for (const { markdown, within } of chunks) {
    const last = runs.at(-1);
    if (last !== undefined && within !== undefined && last.within === within) last.texts.push(markdown);
    else runs.push({ within, texts: [markdown] });
  }
  return runs.map(({ within, texts }) => {
    const body = texts.join('\n\n');
    return within === undefined ? body : fold(within.summary, body);
  });
}

/** Tells whether nothing would have to be left out. */
export function fits(chunks: readonly Chunk[], limit: number): boolean {
  const noticed = chunks.some((chunk) => chunk.shortened === true) ? NOTICE : 0;
  return chunks.reduce((sum, chunk) => sum + cost(chunk), noticed) <= limit;
}

/** Bytes of a chunk, of a fold for it alone, and of the blank line before the next. */
const cost = ({ markdown, within }: Chunk): number =>
  Buffer.byteLength(within === undefined ? markdown : fold(within.summary, markdown)) + 2;

function chooseChunks(chunks: readonly Chunk[], limit: number): Set<Chunk> {
  if (fits(chunks, limit)) return new Set(chunks);
  const kept = new Set(chunks.filter(({ title }) => title === null));
  let room = limit - NOTICE - [...kept].reduce((sum, chunk) => sum + cost(chunk), 0);
  for (const chunk of chunks) {
    if (kept.has(chunk) || cost(chunk) > room) continue;
    kept.add(chunk);
    room -= cost(chunk);
  }
  return kept;
}

/** Titles that the notice names; it counts the others. */
const NAMED = 3;

function notice(left: readonly string[], shortened: boolean, whole: string | null): string {
  const named = left.slice(0, NAMED).join(', ');
  const others = left.length > NAMED ? ` and ${formatNumber(left.length - NAMED)} more sections` : '';
  const cut = [
    ...(left.length > 0 ? [`**Cut to fit:** ${named}${others}.`] : []),
    ...(shortened ? ['Long lists name only what matters most.'] : []),
    ...(whole === null ? [] : [tellWhole(whole)]),
  ];
  return `> ✂️ ${cut.join(' ')}`;
}

/** Whether it is the address of a page that can be linked to as it is. */
export const isPage = (whole: string | null): boolean =>
  whole !== null && /^https?:\/\/[\w.~/?#=&%:-]{1,300}$/.test(whole);

const tellWhole = (whole: string): string =>
  isPage(whole) ? `The [report](${whole}) has all of it.` : `All of it: ${code(whole.slice(0, 300))}.`;
