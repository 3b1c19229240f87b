/**
 * Loaded before a program (`NODE_OPTIONS=--import=…`), this lets it wait a fiftieth of what it means to wait for others;
 * not for itself, which takes a minute at most.
 */
const { setTimeout } = globalThis;

function shortened(action: () => void, delay = 0, ...rest: unknown[]): NodeJS.Timeout {
  const isWait = delay >= 1000 && delay < 60_000;
  return setTimeout(action, isWait ? delay / 50 : delay, ...(rest as []));
}

globalThis.setTimeout = Object.assign(shortened, setTimeout) as typeof globalThis.setTimeout;
