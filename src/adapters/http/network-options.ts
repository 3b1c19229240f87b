/** How services are reached over the network. Plain data: it travels to worker threads as it is. */
export interface NetworkOptions {
  /** PEM file of authorities that are trusted in addition to those of Node.js. */
  readonly caFile: string | null;
  /** URLs of proxies, and the hosts that are reached without; empty for none. */
  readonly proxies: { readonly http: string; readonly https: string; readonly none: string };
  readonly patience: Patience;
  /**
   * The address of the server whose content named the services that are asked: other addresses of private networks are
   * refused. Null for content that is not from a server; left out where the user named them.
   */
  readonly namedBy?: string | null;
}

/** How long a service is waited for, and how often it is asked again. Times in milliseconds. */
export interface Patience {
  readonly connect: number;
  /** For the first byte of an answer. */
  readonly headers: number;
  /** Between two pieces of a body. */
  readonly idle: number;
  /** How often something is tried that fails without any progress. */
  readonly attempts: number;
  /** The first wait between two attempts; each further one is twice as long. */
  readonly backOff: number;
  /** The longest wait, even where a `Retry-After` asks for more. */
  readonly longestWait: number;
  /** For a whole document, and for larger content in addition to what its size allows. */
  readonly total: number;
  /** The slowest that larger content may come or go, in bytes a second. */
  readonly slowest: number;
}

export const DEFAULT_PATIENCE: Patience = Object.freeze({
  connect: 15_000,
  headers: 60_000,
  idle: 60_000,
  attempts: 5,
  backOff: 500,
  longestWait: 60_000,
  total: 300_000,
  slowest: 32 * 1024,
});

/** For a service that a run can do without: one that stops answering delays it for a minute or so, not for six. */
export const SHORT_PATIENCE: Patience = Object.freeze({
  ...DEFAULT_PATIENCE,
  connect: 10_000,
  headers: 15_000,
  idle: 15_000,
  attempts: 3,
  longestWait: 10_000,
  total: 45_000,
});
