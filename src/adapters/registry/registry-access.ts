import type { Digest } from '../../base/digest.ts';

/** How registries are reached. Plain data: it travels to worker threads as it is. */
export interface RegistryAccess {
  /** PEM file of authorities that are trusted beside those of Node.js. */
  readonly caFile: string | null;
  /** Whether registries are spoken to without TLS; those on this machine may be anyway. */
  readonly plainHttp: boolean;
  /** Docker's `config.json`, which has the credentials; null for none. */
  readonly credentialsFile: string | null;
  /** URLs of proxies, and the hosts that are reached without; empty for none. */
  readonly proxies: { readonly http: string; readonly https: string; readonly none: string };
  readonly patience: Patience;
}

/** How long a registry is waited for, and how often it is asked again. Times in milliseconds. */
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
  /** The longest wait, be it that a `Retry-After` asks for more. */
  readonly longestWait: number;
  /** For a whole document, and for a blob beside what its size allows. */
  readonly total: number;
  /** The slowest that a blob may come, in bytes a second. */
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

/** For a registry that a run can do without: one that answers no more holds it up for a minute or so, not for six. */
export const SHORT_PATIENCE: Patience = Object.freeze({
  ...DEFAULT_PATIENCE,
  connect: 10_000,
  headers: 15_000,
  idle: 15_000,
  attempts: 3,
  longestWait: 10_000,
  total: 45_000,
});

/** A repository on a registry that was found to answer there. Plain data. */
export interface RepositoryAddress {
  /** Host as the user wrote it: what credentials are kept under. */
  readonly host: string;
  /** Scheme, host and port that answer. */
  readonly origin: string;
  readonly repository: string;
}

/** Bytes that a registry keeps. Plain data. */
export interface BlobAddress extends RepositoryAddress {
  readonly digest: Digest;
  /** Size in bytes, as its descriptor claims. */
  readonly length: number;
}
