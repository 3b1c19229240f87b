import { hexOf } from '../../base/digest.ts';
import { formatCount } from '../../base/human-size.ts';
import { name, type Phrase, phrase } from './phrase.ts';
import type { BaselineFacts } from './report.ts';

/** What was compared against, in few words: `compared with commit 1a2b3c4d5e6f on main`. */
export function comparedWithAlone(facts: BaselineFacts): Phrase {
  return phrase`compared with ${isNamed(facts) ? nameSnapshot(facts) : name(facts.place)}`;
}

/** For the last line of a page: ``Compared with the base commit `1a2b3c4`, 3 days older``. */
export function comparedOnPage(facts: BaselineFacts): Phrase {
  const { commit, place, age, unverified } = facts;
  const { which } = explain(facts);
  const isBase = which === BASE_COMMIT && commit !== null;
  const snapshot = isNamed(facts) ? nameSnapshot(facts, PAGE_DIGITS) : name(place);
  const more = [
    ...(which === null || isBase ? [] : [which]),
    ...tellAge(age),
    ...(unverified ? ['unverified'] : []),
  ];
  const what = isBase ? phrase`${which} ${name(commit.slice(0, PAGE_DIGITS))}` : snapshot;
  return phrase`Compared with ${what}${more.map((each) => `, ${each}`).join('')}`;
}

/** The same with which one it is: `compared with commit 1a2b3c4d5e6f on main (2 commits before the base)`. */
export function comparedWithInShort(facts: BaselineFacts): Phrase {
  const { place, commit, branch } = facts;
  const { which } = explain(facts);
  const origin = isNamed(facts) && commit === null && branch === null ? phrase` in ${name(place)}` : '';
  return phrase`${comparedWithAlone(facts)}${origin}${which === null ? '' : ` (${which})`}`;
}

const SHORT_DIGEST = 12;
/** As many as GitHub shows. */
const PAGE_DIGITS = 7;

/** By commit and branch; without a commit, by its digest. */
function nameSnapshot({ commit, branch, snapshotDigest }: BaselineFacts, digits = SHORT_DIGEST): Phrase {
  const what =
    commit === null
      ? phrase`snapshot ${name(hexOf(snapshotDigest).slice(0, SHORT_DIGEST))}`
      : phrase`commit ${name(commit.slice(0, digits))}`;
  return branch === null ? what : phrase`${what} on ${name(branch)}`;
}

/** Whether there is more to name than the place: an image, or what the user named, is named by that. */
const isNamed = ({ found, commit, branch }: BaselineFacts): boolean =>
  commit !== null || branch !== null || (found !== 'image' && found !== 'snapshot');

/**
 * What was compared against and why: "compared with commit `1a2b3c4d5e6f` on `main` from `dir:.varve` (2 commits
 * before the base, 3 days older, because no nearer commit has a snapshot)".
 */
export function comparedWith(facts: BaselineFacts): Phrase {
  const origin = isNamed(facts)
    ? phrase`${nameSnapshot(facts)} from ${name(facts.place)}`
    : [name(facts.place)];
  return tellBaseline(origin, facts);
}

/** The same of several platforms, each with a snapshot of its own, which only a commit names together. */
export function comparedWithPlace(facts: BaselineFacts): Phrase {
  if (facts.commit !== null) return comparedWith(facts);
  const { branch, place } = facts;
  const origin = branch === null ? [name(place)] : phrase`snapshots on ${name(branch)} from ${name(place)}`;
  return tellBaseline(origin, facts);
}

function tellBaseline(origin: Phrase, facts: BaselineFacts): Phrase {
  const { age, unverified } = facts;
  const { which, because } = explain(facts);
  const parts = [
    ...(which === null ? [] : [which]),
    ...tellAge(age),
    ...(because === null ? [] : [`because ${because}`]),
    ...(unverified ? ['unverified'] : []),
  ];
  const why = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return phrase`compared with ${origin}${why}`;
}

const tellAge = (age: number | null): string[] =>
  age === null || Math.abs(age) < 1 ? [] : [`${formatAge(Math.abs(age))} ${age < 0 ? 'newer' : 'older'}`];

const BASE_COMMIT = 'the base commit';

interface Explanation {
  /** Which snapshot it is, among those that there are. */
  readonly which: string | null;
  /** Why not a better one. */
  readonly because: string | null;
}

/** Why this one; a baseline that the user named needs no reason. */
function explain({ found, distance, countedFrom, sameCommit }: BaselineFacts): Explanation {
  switch (found) {
    case 'base-commit':
      return { which: BASE_COMMIT, because: null };
    case 'previous-release':
      return { which: 'the previous release', because: null };
    case 'ancestor':
      return explainAncestor(distance, countedFrom);
    case 'base-branch':
      return {
        which: 'the newest snapshot of the base branch',
        because: 'neither the base commit nor a known ancestor of it has a snapshot',
      };
    case 'default-branch':
      return {
        which: 'the newest snapshot of the default branch',
        because: 'the base branch has no snapshot',
      };
    case 'branch-newest':
      return sameCommit
        ? { which: 'an earlier snapshot of this commit', because: null }
        : { which: 'the newest snapshot of the branch', because: 'no known ancestor has a snapshot' };
    case 'newest':
      return { which: 'the newest', because: null };
    case 'image':
    case 'snapshot':
      return { which: null, because: null };
  }
}

function explainAncestor(distance: number | null, countedFrom: BaselineFacts['countedFrom']): Explanation {
  if (distance === null) return { which: 'the nearest ancestor', because: null };
  if (distance === 0) return { which: 'the same commit', because: null };
  const which = `${formatCount(distance, 'commit')} before${countedFrom === 'base' ? ' the base' : ''}`;
  if (distance > 1) return { which, because: 'no nearer commit has a snapshot' };
  return { which, because: countedFrom === 'base' ? 'the base commit has no snapshot' : null };
}

const UNITS: readonly (readonly [seconds: number, noun: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** A span of seconds in its largest unit that counts at least two, or the smallest: `36 hours`, `3 days`. */
export function formatAge(seconds: number): string {
  const [size, noun] = UNITS.find(([unit]) => seconds >= 2 * unit) ?? [1, 'second'];
  return formatCount(Math.floor(seconds / size), noun);
}
