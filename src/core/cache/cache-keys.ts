import { canonicalJson } from '../../base/canonical-json.ts';
import { digestOf, hexOf } from '../../base/digest.ts';
import { type Situation, soughtCommits } from '../history/choose-baseline.ts';
import type { HistoryEntry, HistoryScope } from '../history/history.ts';

/** The line of work that a run is on: a pull request whose head is called `main` is not the branch `main`. */
export type WorkLine =
  | { readonly kind: 'branch'; readonly branch: string }
  | { readonly kind: 'pull-request'; readonly number: number }
  /** A tag, or a commit that no branch is known of. */
  | { readonly kind: 'other' };

/** The line of a run, by what is known of it. */
export function workLine(branch: string | null, pullRequest: number | null): WorkLine {
  if (pullRequest !== null) return { kind: 'pull-request', number: pullRequest };
  return branch === null ? { kind: 'other' } : { kind: 'branch', branch };
}

const SCHEME = 'varve-v1';
/** A cache takes ten keys in one question, and the first of them twice: as the exact key and as a prefix. */
export const KEYS_AT_ONCE = 9;
/** Questions about single commits. Each costs a round trip, and most are answered by the first. */
const MOST_QUESTIONS = 3;

/**
 * The key of a run's entry. Each part is of a fixed form and ended by a dash, so that what is looked for by its first
 * parts can match no other image, line or commit.
 * @param run tells the runs of one commit apart: `<run>-<attempt>`.
 */
export function entryKey(subject: HistoryScope, line: WorkLine, commit: string | null, run: string): string {
  return `${commitPrefix(subject, line, commit ?? 'none')}${run}`;
}

/** The key under which the run that took a snapshot of a branch left its entry. */
export function keyOfEntry(subject: HistoryScope, { branch, commit, scanId }: HistoryEntry): string {
  return entryKey(subject, workLine(branch, null), commit, runInKey(scanId));
}

/** What tells the runs of one commit apart in a key. */
export const runInKey = (scanId: string): string => scanId.replace(/^github-/, '');

/** Finds the newest entry of a line. */
export function linePrefix(subject: HistoryScope, line: WorkLine): string {
  return `${subjectPrefix(subject)}${hash16(line)}-`;
}

/** Where a baseline is looked for. Each list of prefixes is one question, answered by one that has an entry. */
export interface BaselineQuestions {
  /** Entries of single commits, nearest first. One line after the other is searched for all of a question's commits. */
  readonly commits: readonly (readonly string[])[];
  /** The newest entry of each line that may have one, the best line first. */
  readonly lines: readonly (readonly string[])[];
  /** What will do where no line has any. */
  readonly rest: readonly (readonly string[])[];
}

/** @param defaultBranch null when it is not known. */
export function baselineQuestions(
  subject: HistoryScope,
  situation: Situation,
  defaultBranch: string | null,
): BaselineQuestions {
  const any = [[subjectPrefix(subject)]];
  if (situation.kind === 'unversioned') return { commits: [], lines: [], rest: any };
  const own = situation.kind === 'pull-request' ? situation.baseBranch : situation.branch;
  const branches = new Set([own, defaultBranch].filter((branch) => branch !== null));
  const lines = [...branches].map((branch): WorkLine => ({ kind: 'branch', branch }));
  const commits = soughtCommits(situation).slice(0, KEYS_AT_ONCE * MOST_QUESTIONS);
  const byCommit = commits.flatMap((commit) => lines.map((line) => commitPrefix(subject, line, commit)));
  return {
    commits: inGroups(byCommit.slice(0, KEYS_AT_ONCE * MOST_QUESTIONS), KEYS_AT_ONCE),
    lines: lines.map((line) => [linePrefix(subject, line)]),
    rest: own === null ? any : [],
  };
}

function subjectPrefix({ tenant, name, platform }: HistoryScope): string {
  return `${SCHEME}-${hash16({ tenant, name, platform })}-`;
}

function commitPrefix(subject: HistoryScope, line: WorkLine, commit: string): string {
  return `${linePrefix(subject, line)}${/^[0-9a-z]{1,64}$/.test(commit) ? commit : hash16(commit)}-`;
}

function hash16(value: unknown): string {
  return hexOf(digestOf(canonicalJson(value))).slice(0, 16);
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}
