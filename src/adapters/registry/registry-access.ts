import type { Digest } from '../../base/digest.ts';
import type { NetworkOptions } from '../http/network-options.ts';

/** How registries are reached. Plain data: it travels to worker threads as it is. */
export interface RegistryAccess extends NetworkOptions {
  /** Whether registries are spoken to without TLS; those on this machine may be anyway. */
  readonly plainHttp: boolean;
  /** Docker's `config.json`, which has the credentials; null for none. */
  readonly credentialsFile: string | null;
}

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
