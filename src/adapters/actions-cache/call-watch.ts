/**
 * Follows a call by what the library logs, and tells how long it may stay as it is. Left alone, the library asks a
 * service that refuses for half a minute, and waits for one that is silent much longer.
 */
export class CallWatch {
  readonly #longest: CallPatience;
  #phase: Phase = 'working';
  /** Bytes of the archive that is sent. */
  #size = 0;
  #received = '';
  #reason: string | null = null;
  #isLost = false;

  constructor(longest: CallPatience = PATIENCE) {
    this.#longest = longest;
  }

  /** Takes a line of the log; returns whether the wait begins anew. */
  read(line: string): boolean {
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
    this.#phase = begun ?? this.#phase;
    return begun !== undefined || hasMoved;
  }

  /** Milliseconds. */
  get patience(): number {
    const sending = this.#phase === 'sending' ? 1000 * Math.ceil(this.#size / SLOWEST) : 0;
    return Math.min(this.#longest[this.#phase] + sending, this.#longest.working);
  }

  /** Whether the service has failed so often that no more is expected of it. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Why it is lost, or was too slow. */
  get reason(): string {
    return this.#reason ?? `no answer came within ${this.patience / 1000} seconds`;
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
