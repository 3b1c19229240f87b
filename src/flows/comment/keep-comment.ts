import { toVarveError, VarveError } from '../../base/errors.ts';
import {
  commentMarker,
  composeComment,
  holdsAll,
  isOlder,
  isSameSubject,
  mergeSections,
  parseComment,
  parseLeftOut,
  roomFor,
  type Section,
  type SectionRun,
  type Subject,
} from '../../core/comment/comment.ts';
import type { PostedComment, PullRequestComments } from '../../core/comment/pull-request-comments.ts';

/** What a run has to say in the comment of its pull request. */
export interface CommentRequest {
  readonly key: string;
  /** Bytes of UTF-8. */
  readonly limit: number;
  readonly run: SectionRun;
  /** A section for each image that the run is about. */
  readonly sections: readonly OwnSection[];
  /** Whether it is worth a comment of its own, where there is none yet. */
  readonly isWorthSaying: boolean;
  /** Whether the last run before a time said the same, so that who deleted it then has read it. */
  wasKnown(time: string): Promise<boolean>;
  /** Lets about so many milliseconds pass, now more and now less, so that jobs that run at once do not meet again. */
  pause(milliseconds: number): Promise<void>;
}

export interface OwnSection {
  readonly subject: Subject;
  /** @param limit bytes of UTF-8. */
  render(limit: number): string;
}

/** What became of a comment. */
export interface CommentOutcome {
  readonly kind:
    | 'written'
    /** It says so already. */
    | 'current'
    /** There is none, and nothing worth one. */
    | 'quiet'
    /** Someone deleted it, and nothing is new since. */
    | 'deleted'
    /** The pull request has a newer head, or another run wrote about one. */
    | 'outdated';
  /** The page of the comment; null where there is none. */
  readonly url: string | null;
}

/** Jobs that write at once overwrite each other, so each looks again whether what it wrote is there. */
const MOST_ATTEMPTS = 12;
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 3000;

/**
 * Brings the one comment of a pull request up to date, which many jobs write at once. GitHub has no way to change a
 * comment only where nobody else did: so the sections of all comments are merged into the oldest one, it is read again
 * after a while, and what was overwritten is written again. Comments that others wrote are never touched.
 * @throws VarveError `denied`, `unreachable`.
 */
export async function keepComment(
  comments: PullRequestComments,
  request: CommentRequest,
): Promise<CommentOutcome> {
  let trouble: VarveError | null = null;
  let written: PostedComment | null = null;
  let writes = 0;
  let complete = 0;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    if (attempt > 0) await request.pause(Math.min(FIRST_PAUSE * 1.5 ** (attempt - 1), LONGEST_PAUSE));
    const found = await findOurs(comments, request.key);
    const state = compare(found, request);
    // What was sent before a new head may arrive after it.
    const head = written === null ? request.run.head : await comments.readHead();
    if (head !== request.run.head) {
      await markAges(comments, found, request, head);
      return { kind: 'outdated', url: written?.url ?? null };
    }
    if (written !== null && state.isComplete) {
      complete += 1;
      // Where others write too, one of them may have read before this run wrote, and write after it looked.
      const isContended = writes > 1 || found.length > 1;
      if (complete < (isContended ? 2 : 1)) continue;
      await removeExtras(comments, found, state.leftOut);
      return { kind: 'written', url: found[0]?.posted.url ?? written.url };
    }
    complete = 0;
    const settled = written === null ? await settle(comments, request, found, state) : null;
    if (settled !== null) return settled;
    try {
      writes += 1;
      written = await write(comments, found[0]?.posted ?? null, state.body);
    } catch (fault) {
      // The answer was lost, and the comment may be there: so it is looked for before it is written again.
      const error = toVarveError(fault);
      if (error.code !== 'unreachable' || trouble !== null) throw fault;
      trouble = error;
    }
  }
  const { key } = request;
  throw new VarveError('unreachable', 'other jobs keep overwriting the comment', {
    object: commentMarker(key),
    hint: 'give jobs that write at once a comment-key each, or one job for all of them',
  });
}

interface Found {
  readonly posted: PostedComment;
  readonly sections: readonly Section[];
}

/** Our comments, the oldest first. Anyone may write our marker, so the author counts too. */
async function findOurs(comments: PullRequestComments, key: string): Promise<readonly Found[]> {
  const marked = await comments.list(commentMarker(key));
  if (marked.length === 0) return [];
  const login = await comments.whoAmI();
  return marked.flatMap((posted) => {
    const sections = posted.author === login ? parseComment(posted.body, key) : null;
    return sections === null ? [] : [{ posted, sections }];
  });
}

interface State {
  /** What the comment should say. */
  readonly body: string;
  /** Whether the oldest comment has all sections, those of this run included. */
  readonly isComplete: boolean;
  /** Sections that do not fit into the comment. */
  readonly leftOut: readonly Section[];
  /** Whether there is a section about one of this run's images. */
  readonly isKnown: boolean;
  /** Whether a newer run wrote about all of this run's images. */
  readonly isOutdated: boolean;
}

function compare(found: readonly Found[], { key, limit, run, sections }: CommentRequest): State {
  const there = mergeSections(found.flatMap((each) => each.sections));
  const sameAs = (subject: Subject) => there.find((section) => isSameSubject(section.subject, subject));
  const isNewer = ({ subject }: OwnSection): boolean => {
    const known = sameAs(subject);
    return known !== undefined && isOlder(run, known.run);
  };
  const due = sections.filter((section) => !isNewer(section));
  const others = there.filter(
    (section) => !due.some(({ subject }) => isSameSubject(subject, section.subject)),
  );
  const room = Math.floor(roomFor(others, limit) / Math.max(due.length, 1));
  const own = due.map(({ subject, render }): Section => ({ subject, run, markdown: render(room).trimEnd() }));
  const all = [...others, ...own];
  const remembered = found.flatMap(({ posted }) => parseLeftOut(posted.body));
  const body = composeComment(all, { key, head: run.head, limit, leftOut: remembered });
  // Of very many sections, some do not fit.
  const fitting = parseComment(body, key) ?? [];
  return {
    body,
    isComplete: found[0] !== undefined && holdsAll(found[0].sections, fitting) && remembers(found[0], body),
    leftOut: all.filter(({ subject }) => !fitting.some((each) => isSameSubject(each.subject, subject))),
    isKnown: sections.some(({ subject }) => sameAs(subject) !== undefined),
    isOutdated: due.length === 0,
  };
}

/** Whether a comment counts all sections that did not fit. */
function remembers({ posted }: Found, body: string): boolean {
  const known = new Set(parseLeftOut(posted.body));
  return parseLeftOut(body).every((id) => known.has(id));
}

/** Lets the sections that are there say which earlier commit they are of. */
async function markAges(
  comments: PullRequestComments,
  found: readonly Found[],
  { key, limit }: CommentRequest,
  head: string,
): Promise<void> {
  const [oldest] = found;
  if (oldest === undefined) return;
  const leftOut = parseLeftOut(oldest.posted.body);
  const body = composeComment(oldest.sections, { key, head, limit, leftOut });
  if (oldest.posted.body.trimEnd() !== body) await comments.update(oldest.posted.id, body);
}

/** What the run does before it writes for the first time; null when it has to write. */
async function settle(
  comments: PullRequestComments,
  request: CommentRequest,
  found: readonly Found[],
  { body, isKnown, isOutdated }: State,
): Promise<CommentOutcome | null> {
  const oldest = found[0]?.posted ?? null;
  const url = oldest?.url ?? null;
  if (isOutdated) return { kind: 'outdated', url };
  if (!isKnown && !request.isWorthSaying) return { kind: 'quiet', url };
  if (oldest !== null && found.length === 1 && oldest.body.trimEnd() === body)
    return { kind: 'current', url };
  if ((await comments.readHead()) !== request.run.head) return { kind: 'outdated', url };
  if (oldest === null && (await isUnwanted(comments, request))) return { kind: 'deleted', url };
  return null;
}

/** Whether someone deleted the comment that said the same. */
async function isUnwanted(comments: PullRequestComments, { wasKnown }: CommentRequest): Promise<boolean> {
  const deletion = await comments.lastDeletion();
  return deletion !== null && (await wasKnown(deletion));
}

async function write(
  comments: PullRequestComments,
  oldest: PostedComment | null,
  body: string,
): Promise<PostedComment | null> {
  return oldest === null ? await comments.create(body) : await comments.update(oldest.id, body);
}

/** Removes the comments that jobs wrote at once, once the oldest has all of their sections that fit. */
async function removeExtras(
  comments: PullRequestComments,
  found: readonly Found[],
  leftOut: readonly Section[],
): Promise<void> {
  const [oldest, ...extras] = found;
  if (oldest === undefined) return;
  for (const { posted, sections } of extras) {
    if (holdsAll([...oldest.sections, ...leftOut], sections)) await comments.remove(posted.id);
  }
}
