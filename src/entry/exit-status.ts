import type { FaultKind } from '../base/errors.ts';

type Outcome = FaultKind | 'done' | 'differs';

/** The exit status for each outcome. */
export const EXIT_STATUS = {
  done: 0,
  /** A gate failed, `check --exit-code` found something, or `compare --exit-code` a difference or something that it could not compare. */
  differs: 1,
  usage: 2,
  bytes: 3,
  outside: 4,
  /** A fault in Varve itself (EX_SOFTWARE of sysexits.h). */
  internal: 70,
  interrupted: 130,
} as const satisfies Record<Outcome, number>;

/** The same in words, as in "2 not found or wrong usage". */
export const EXIT_MEANINGS: Readonly<Record<Outcome, string>> = {
  done: 'done',
  differs: 'differs, found something, or could not be compared',
  usage: 'not found or wrong usage',
  bytes: 'invalid data',
  outside: 'unavailable',
  internal: 'an error in Varve itself',
  interrupted: 'interrupted',
};

/** Statuses with their meanings, the lowest first. */
export const listExitStatuses = (): (readonly [status: number, meaning: string])[] =>
  Object.entries(EXIT_STATUS).map(([outcome, status]) => [status, EXIT_MEANINGS[outcome as Outcome]]);
