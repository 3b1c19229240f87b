/**
 * Loaded before a program (`NODE_OPTIONS=--import=…?below=MS&by=N`), this lets each wait of a second or more, and of less
 * than that, take the n-th part of its time; with `&clock=N`, the clock that measures waits runs so much faster; with
 * `&deadlines=N`, what may take long may take the n-th part of it.
 */
const { setTimeout } = globalThis;
const options = new URL(import.meta.url).searchParams;
const [below, by] = [Number(options.get('below')), Number(options.get('by'))];

function shortened(action: () => void, delay = 0, ...rest: unknown[]): NodeJS.Timeout {
  const isWait = delay >= 1000 && delay < below;
  return setTimeout(action, isWait ? delay / by : delay, ...(rest as []));
}

const clock = Number(options.get('clock') ?? 1);
const now = performance.now.bind(performance);
performance.now = () => now() * clock;

const timeout = AbortSignal.timeout.bind(AbortSignal);
const deadlines = Number(options.get('deadlines') ?? 1);
AbortSignal.timeout = (delay) => timeout(Math.ceil(delay / deadlines));

globalThis.setTimeout = Object.assign(shortened, setTimeout) as typeof globalThis.setTimeout;
