import { formatCount } from '../../base/human-size.ts';
import type { BaselineFacts } from './report.ts';
import { displayName } from './visible.ts';

const NAME_LENGTH = 120;

/** Why this one; a baseline that the user named needs no reason. */
const REASONS: Readonly<Record<BaselineFacts['found'], string | null>> = {
  'base-commit': 'the base commit',
  ancestor: 'the nearest ancestor',
  'base-branch': 'the newest of the base branch',
  'default-branch': 'the newest of the default branch',
  'branch-newest': 'the newest of the branch',
  newest: 'the newest',
  image: null,
  snapshot: null,
};

/**
 * What was compared against, as the end of "compared with …"; image text in backticks, not yet escaped:
 * "commit `1a2b3c4d5e6f` on `main` from `dir:.varve` (the nearest ancestor, 2 commits before, 3 days older)".
 */
export function baselineSentence({ found, place, commit, branch, distance, age }: BaselineFacts): string {
  const snapshot = [
    ...(commit === null ? [] : [`commit ${quoted(commit.slice(0, 12))}`]),
    ...(branch === null ? [] : [`on ${quoted(branch)}`]),
  ].join(' ');
  const facts = [
    ...(REASONS[found] === null ? [] : [REASONS[found]]),
    ...(distance === null || distance === 0 ? [] : [`${formatCount(distance, 'commit')} before`]),
    ...(age === null || Math.abs(age) < 1
      ? []
      : [`${formatAge(Math.abs(age))} ${age < 0 ? 'newer' : 'older'}`]),
  ];
  const origin = snapshot === '' ? quoted(place) : `${snapshot} from ${quoted(place)}`;
  return facts.length === 0 ? origin : `${origin} (${facts.join(', ')})`;
}

/** A backtick of the name would end the quotation. */
const quoted = (name: string): string => `\`${displayName(name, NAME_LENGTH).replaceAll('`', "'")}\``;

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
