import type { FaultKind } from '../base/errors.ts';

/** What the exit status of the process tells. */
export const EXIT_STATUS = {
  done: 0,
  /** A gate failed, or `compare --exit-code` found a difference. */
  differs: 1,
  usage: 2,
  bytes: 3,
  outside: 4,
  /** A fault in Varve itself (EX_SOFTWARE of sysexits.h). */
  internal: 70,
  interrupted: 130,
} as const satisfies Record<FaultKind | 'done' | 'differs', number>;
