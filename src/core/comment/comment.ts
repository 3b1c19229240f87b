import * as v from 'valibot';
import { digestOf, hexOf } from '../../base/digest.ts';
import { parseShallowJson } from '../../base/strict-json.ts';

/** What a section is about. It stays the same whatever becomes of the image, so each run finds the section again. */
export interface Subject {
  /** As GitHub names it. */
  readonly workflow: string;
  readonly image: string;
  /** Null where the section is about all platforms. */
  readonly platform: string | null;
}

/** The run that wrote a section. */
export interface SectionRun {
  readonly id: number;
  readonly attempt: number;
  /** The commit at the head of the pull request. */
  readonly head: string;
}

/** One image's part of a comment. */
export interface Section {
  readonly subject: Subject;
  readonly run: SectionRun;
  readonly markdown: string;
}

const CountSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const CommitSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{40,64}$/));
const StateSchema = v.object({
  workflow: v.string(),
  image: v.string(),
  platform: v.nullable(v.string()),
  run: CountSchema,
  attempt: CountSchema,
  head: CommitSchema,
});

/** Characters of a key of comments. */
export const COMMENT_KEY = /^[A-Za-z0-9._-]{1,64}$/;
const MOST_SECTIONS = 500;
const END = '<!-- varve:end -->';
/** Left-out sections that a comment remembers; of more, it says that there are so many at least. */
const MOST_LEFT_OUT = 1000;
/** Bytes of a digest that tell left-out sections apart: eight characters each. */
const LEFT_OUT_BYTES = 6;
const LEFT_OUT = /^<!-- varve:left-out ((?:[\w-]{8})+) -->$/m;
const SECTION = /^<!-- varve:section ([\w-]{1,8192}) -->\n([\s\S]*?)\n<!-- varve:end -->$/gm;

/** The first line of a comment of ours. @param key tells apart several comments of one pull request. */
export const commentMarker = (key: string): string => `<!-- varve:comment ${key} -->`;

/**
 * The sections of a comment. What a person changed in it between them is dropped, and so is a section that is damaged:
 * the next run of its image writes it again.
 * @returns null for a comment that does not begin with the marker.
 */
export function parseComment(body: string, key: string): readonly Section[] | null {
  const text = body.replaceAll('\r\n', '\n');
  if (!text.startsWith(`${commentMarker(key)}\n`)) return null;
  return [...text.matchAll(SECTION)].slice(0, MOST_SECTIONS).flatMap(([, state = '', markdown = '']) => {
    const read = v.safeParse(StateSchema, parseState(state));
    if (!read.success) return [];
    const { workflow, image, platform, run: id, attempt, head } = read.output;
    return [{ subject: { workflow, image, platform }, run: { id, attempt, head }, markdown }];
  });
}

/**
 * What tells apart the sections that did not fit into a comment. It is kept there, so that the next run counts them too.
 */
export function parseLeftOut(body: string): readonly string[] {
  const [, ids = ''] = LEFT_OUT.exec(body.replaceAll('\r\n', '\n')) ?? [];
  return (ids.match(/.{8}/g) ?? []).slice(0, MOST_LEFT_OUT);
}

function parseState(text: string): unknown {
  try {
    return parseShallowJson(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

/** The text of a section, as a comment holds it. The state is encoded, so that no name in it can end the HTML comment. */
function wrap({ subject, run, markdown }: Section): string {
  const { workflow, image, platform } = keptSubject(subject);
  const state = { workflow, image, platform, run: run.id, attempt: run.attempt, head: run.head };
  const encoded = Buffer.from(JSON.stringify(state)).toString('base64url');
  return `<!-- varve:section ${encoded} -->\n${markdown.trimEnd()}\n${END}`;
}

/** Bytes of UTF-8 that a section takes up in a comment, in addition to its text. */
const WRAPPING = 1500;

/**
 * The body of a comment.
 * @param head the commit at the head of the pull request: sections of another one say so.
 * @param limit bytes of UTF-8; the longest sections are cut down to their first line until all fit. Where even that is too
 * much, those of the oldest runs are left out, and their number is stated.
 * @param leftOut what did not fit before, as `parseLeftOut` gives it.
 */
export function composeComment(
  sections: readonly Section[],
  { key, head, limit, leftOut = [] }: CommentFrame,
): string {
  const shown = sections.toSorted(bySubject);
  const compose = (): string => {
    const held = new Set(shown.map(leftOutId));
    const left = new Set([...leftOut, ...sections.map(leftOutId)].filter((id) => !held.has(id)));
    return [
      commentMarker(key),
      ...shown.map((section) => withAge(section, head)),
      ...endingFor([...left].slice(0, MOST_LEFT_OUT)),
    ].join('\n');
  };
  for (let body = compose(); ; body = compose()) {
    if (Buffer.byteLength(body) <= limit) return body;
    const [longest] = [...shown.keys()].sort((one, other) => lengthOf(shown[other]) - lengthOf(shown[one]));
    const section = shown[longest ?? 0];
    if (section === undefined) return body;
    const brief = cutShort(section.markdown);
    // Hundreds of images do not fit even with a line for each.
    if (brief.length < section.markdown.length) shown[longest ?? 0] = { ...section, markdown: brief };
    else shown.splice(oldestOf(shown), 1);
  }
}

interface CommentFrame {
  readonly key: string;
  readonly head: string;
  readonly limit: number;
  readonly leftOut?: readonly string[];
}

const leftOutId = ({ subject }: Section): string =>
  Buffer.from(hexOf(digestOf(subjectKey(subject))), 'hex').toString('base64url', 0, LEFT_OUT_BYTES);

function endingFor(leftOut: readonly string[]): readonly string[] {
  if (leftOut.length === 0) return [];
  const number = leftOut.length < MOST_LEFT_OUT ? leftOut.length : `${MOST_LEFT_OUT} or`;
  const verb = leftOut.length === 1 ? 'does' : 'do';
  return [`\n<!-- varve:left-out ${leftOut.join('')} -->`, `*${number} more ${verb} not fit here.*`];
}

/** The place of a section of the oldest run. */
function oldestOf(sections: readonly Section[]): number {
  const [oldest] = sections.toSorted((one, other) => (isOlder(one.run, other.run) ? -1 : 1));
  return oldest === undefined ? 0 : sections.indexOf(oldest);
}

const lengthOf = (section: Section | undefined): number => section?.markdown.length ?? 0;

/** Bytes that are left for one section, next to others. Each has a share at least, for which others are cut. */
export function roomFor(others: readonly Section[], limit: number): number {
  const taken = others.reduce((sum, { markdown }) => sum + Buffer.byteLength(markdown) + WRAPPING, WRAPPING);
  return Math.max(limit - taken, Math.floor(limit / (others.length + 2)));
}

/** The first line, and the last where that stands alone: it says what was compared with, or who reported. */
function cutShort(markdown: string): string {
  const lines = markdown.trimEnd().split('\n');
  const last = lines.slice(1).at(-1) ?? '';
  const closing = ENDING.test(last) ? `\n\n${last}` : '';
  return `${lines[0] ?? ''}\n\n${CUT}${closing}`;
}

const CUT = 'The rest does not fit here: it is in the summary of the run.';
const ENDING = /^(?!The rest )(?:<sub>.{1,600}<\/sub>|[A-Z][^<>`|]{1,200}\.)$/;

function withAge(section: Section, head: string): string {
  const { head: own } = section.run;
  return own === head ? wrap(section) : `${wrap(section)}\n\n*Of the earlier commit \`${own.slice(0, 7)}\`.*`;
}

/** Names that have no order of their own, such as those of images, stand in that of their characters. */
function bySubject(one: Section, other: Section): number {
  return compareTexts(subjectKey(one.subject, 'image'), subjectKey(other.subject, 'image'));
}

const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** Names come from strangers, too: of a longer one its digest counts. */
const LONGEST_NAME = 100;

const keptName = (text: string): string =>
  text.length <= LONGEST_NAME
    ? text
    : `${text.slice(0, LONGEST_NAME / 2)}…${hexOf(digestOf(text)).slice(0, 32)}`;

/** A subject as the state of a section holds it. */
const keptSubject = ({ workflow, image, platform }: Subject): Subject => ({
  workflow: keptName(workflow),
  image: keptName(image),
  platform: platform && keptName(platform),
});

function subjectKey(subject: Subject, first: 'image' | 'workflow' = 'workflow') {
  const { workflow, image, platform } = keptSubject(subject);
  return JSON.stringify(first === 'image' ? [image, platform, workflow] : [workflow, image, platform]);
}

export const isSameSubject = (one: Subject, other: Subject): boolean => subjectKey(one) === subjectKey(other);

/** Whether one run came before another: both of them may be attempts of the same. */
export function isOlder(one: SectionRun, other: SectionRun): boolean {
  return one.id === other.id ? one.attempt < other.attempt : one.id < other.id;
}

/** The newest section of each subject. */
export function mergeSections(sections: readonly Section[]): readonly Section[] {
  const newest = new Map<string, Section>();
  for (const section of sections) {
    const key = subjectKey(section.subject);
    const known = newest.get(key);
    if (known === undefined || !isOlder(section.run, known.run)) newest.set(key, section);
  }
  return [...newest.values()];
}

/** Whether a comment holds every section, or a newer one of its subject. */
export function holdsAll(comment: readonly Section[], sections: readonly Section[]): boolean {
  return sections.every(({ subject, run }) =>
    comment.some((held) => isSameSubject(held.subject, subject) && !isOlder(held.run, run)),
  );
}
