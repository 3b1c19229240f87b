/**
 * Loaded before a program (`NODE_OPTIONS=--import=…?below=MS&by=N`), this lets each wait of a second or more, and of less
 * than that, take the n-th part of its time.
 */
const { setTimeout } = globalThis;
const options = new URL(import.meta.url).searchParams;
const [below, by] = [Number(options.get('below')), Number(options.get('by'))];

function shortened(action: () => void, delay = 0, ...rest: unknown[]): NodeJS.Timeout {
  const isWait = delay >= 1000 && delay < below;
  return setTimeout(action, isWait ? delay / by : delay, ...(rest as []));
}

globalThis.setTimeout = Object.assign(shortened, setTimeout) as typeof globalThis.setTimeout;
