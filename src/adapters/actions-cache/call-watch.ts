/**
 * Follows a call by what the library logs, and tells how long it may stay as it is. Left alone, the library asks a
 * service that refuses for half a minute, and waits for one that is silent much longer.
 */
export class CallWatch {
  readonly #longest: CallPatience;
  readonly #budget: CacheBudget;
  #phase: Phase = 'working';
  /** Bytes of the archive that is sent. */
  #size = 0;
  #received = '';
  #reason: string | null = null;
  #isLost = false;

  /** @param budget what this call and others may wait for together. */
  constructor(longest: CallPatience = PATIENCE, budget: CacheBudget = new CacheBudget()) {
    this.#longest = longest;
    this.#budget = budget;
  }

  /**
   * Takes a line of the log; returns whether the wait starts over.
   * @param waited milliseconds since it last did.
   */
  read(line: string, waited = 0): boolean {
    const [, attempt, problem] = /Attempt (\d+) of \d+ failed with error: (.*)/.exec(line) ?? [];
    if (problem !== undefined) {
      this.#reason = problem.replace(/\. Retrying request in .*$/, '');
      this.#isLost = Number(attempt) >= MOST_ATTEMPTS;
    }
    this.#size = Number(/^::debug::File Size: (\d+)/.exec(line)?.[1] ?? this.#size);
    const received = /^Received (\d+) of /.exec(line)?.[1] ?? this.#received;
    const hasMoved = received !== this.#received;
    this.#received = received;
    const begun = SIGNS.find(([, sign]) => sign.test(line))?.[0];
    if (begun !== undefined) this.end(waited);
    this.#phase = begun ?? this.#phase;
    return begun !== undefined || hasMoved;
  }

  /** Takes note that what was waited for has come, or the call is over. @param waited milliseconds. */
  end(waited: number): void {
    if (this.#phase !== 'working') this.#budget.spend(waited - this.#sending);
  }

  /** Milliseconds. */
  get patience(): number {
    const longest = this.#longest[this.#phase];
    if (this.#phase === 'working') return longest;
    return Math.min(Math.min(longest, this.#budget.left) + this.#sending, this.#longest.working);
  }

  /** Milliseconds that the bytes of the archive may take. */
  get #sending(): number {
    return this.#phase === 'sending' ? 1000 * Math.ceil(this.#size / SLOWEST) : 0;
  }

  /** Whether the service has failed so often that nothing is expected of it. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Why it is lost, or was too slow. */
  get reason(): string {
    return this.#reason ?? `no answer came within ${Math.round(this.patience / 100) / 10} seconds`;
  }
}

/** What a run waits for its cache, in all calls together: a service that answers each in the nick of time is too slow. */
export class CacheBudget {
  #left = MOST_WAITING;

  /** Milliseconds. */
  get left(): number {
    return this.#left;
  }

  spend(milliseconds: number): void {
    this.#left = Math.max(0, this.#left - Math.max(0, milliseconds));
  }
}

/** What the library is at: its own work on an archive, waiting for an answer, or a transfer. */
type Phase = 'working' | 'asking' | 'receiving' | 'sending';

/** Milliseconds that each phase may take without moving; for sending, in addition to the time for its bytes. */
export type CallPatience = Readonly<Record<Phase, number>>;

const PATIENCE: CallPatience = {
  working: 60_000,
  asking: 5_000,
  receiving: 8_000,
  sending: 5_000,
};
/** Milliseconds. */
const MOST_WAITING = 8_500;
/** Bytes a second. */
const SLOWEST = 512 * 1024;
const MOST_ATTEMPTS = 2;

/** The lines with which a phase begins. The older service does not say how far a transfer is. */
const SIGNS: readonly (readonly [Phase, RegExp])[] = [
  ['asking', /^::debug::(?:Resolved Keys:|Reserving Cache|Commiting cache|\[Request\] Finalize)/],
  ['receiving', /^::debug::Starting download of archive/],
  ['sending', /^::debug::Attempting to upload/],
  ['working', /^(?:Cache Size: |::debug::(?:Cache Result:|Saving Cache))/],
];
