import type { Digest } from '../../base/digest.ts';
import type { Limits } from '../../base/limits.ts';
import type { RangeSource } from '../../base/range-source.ts';
import type { IndexEntry } from '../../core/image/manifest.ts';
import type { HttpTransport } from '../http/http-transport.ts';
import { hasBlob } from './blobs/has-blob.ts';
import { type PushBlobOptions, type PushedBlob, pushBlob } from './blobs/push-blob.ts';
import { streamBlob } from './blobs/stream-blob.ts';
import { fetchManifest, type ReceivedManifest } from './manifests/fetch-manifest.ts';
import { fetchWhole } from './manifests/fetch-whole.ts';
import { listFirstTags, listTags } from './manifests/list-tags.ts';
import { type PushedManifest, type PushManifestOptions, pushManifest } from './manifests/push-manifest.ts';
import type { ManifestBytes } from './manifests/put-manifest.ts';
import { listReferrers, type ReferrersOptions } from './manifests/referrers.ts';
import type { RegistryAccess, RepositoryAddress } from './registry-access.ts';
import { RepositoryRequests } from './repository-requests.ts';

export type { ReceivedManifest } from './manifests/fetch-manifest.ts';

/**
 * Reads and writes one repository of a registry.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
 */
export class Repository {
  readonly address: RepositoryAddress;
  /** Who only reads asks for no more, since not everybody may write. */
  readonly #reading: RepositoryRequests;
  readonly #writing: RepositoryRequests;

  constructor(address: RepositoryAddress, transport: HttpTransport, access: RegistryAccess) {
    this.address = address;
    this.#reading = new RepositoryRequests(address, 'pull', transport, access);
    this.#writing = new RepositoryRequests(address, 'pull,push', transport, access);
  }

  /** The repository's name with its host, for errors. */
  get name(): string {
    return this.#reading.name;
  }

  /**
   * Fetches a manifest or index.
   * @returns null when there is none of that tag or digest.
   * @throws VarveError `denied`, `unreachable`, `limit-exceeded`, `digest-mismatch`.
   */
  async fetchManifest(reference: string | Digest, limits: Limits): Promise<ReceivedManifest | null> {
    return fetchManifest(this.#reading, reference, limits);
  }

  /**
   * Fetches a small blob whole; its digest is for the caller to check.
   * @returns null when the registry lacks it.
   * @throws VarveError `denied`, `unreachable`, `limit-exceeded`.
   */
  async fetchDocument(digest: Digest, limits: Limits): Promise<Buffer | null> {
    const object = `${this.name}: the blob ${digest}`;
    const answer = await fetchWhole(this.#reading, { to: `blobs/${digest}`, limits, object });
    return answer?.bytes ?? null;
  }

  /** The bytes of a blob, of so many in all. @throws VarveError as `streamBlob` does. */
  streamBlob(digest: Digest, length: number, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return streamBlob(this.#reading, digest, length, signal);
  }

  /** Tells whether the registry has a blob in this repository. @throws VarveError `denied`, `unreachable`. */
  async hasBlob(digest: Digest, signal?: AbortSignal): Promise<boolean> {
    return hasBlob(this.#writing, digest, signal);
  }

  /**
   * Sees to it that the registry has a blob, sending as little as can be.
   * @throws VarveError `denied`, `unreachable`, `malformed` in bounded time; `digest-mismatch` when the source has
   * other bytes than those of the digest, or the registry stored others; what reading the source throws.
   */
  async pushBlob(digest: Digest, source: RangeSource, options: PushBlobOptions = {}): Promise<PushedBlob> {
    return pushBlob(this.#writing, digest, source, options);
  }

  /**
   * Pushes a manifest or index as it is; its blobs come first. One that has a subject is then found as its referrer:
   * by the registry, or where that keeps no list of them, by the tag that clients keep.
   * @throws VarveError `bad-reference`, `denied`, `unreachable`, `malformed`; `digest-mismatch` when other bytes were
   * stored.
   */
  async pushManifest(manifest: ManifestBytes, options: PushManifestOptions = {}): Promise<PushedManifest> {
    return pushManifest(this.#writing, manifest, options);
  }

  /**
   * All tags, in the registry's order; none when there is no such repository.
   * @throws VarveError `denied`, `unreachable`, `malformed`, `limit-exceeded`.
   */
  async listTags(limits: Limits, signal?: AbortSignal): Promise<readonly string[]> {
    return listTags(this.#reading, limits, signal);
  }

  /** The first of them, for advice. @throws VarveError as `listTags` does. */
  async listFirstTags(limits: Limits, signal?: AbortSignal): Promise<readonly string[]> {
    return listFirstTags(this.#reading, limits, signal);
  }

  /**
   * Lists what has a manifest as its subject, be that manifest there or not.
   * @throws VarveError `denied`, `unreachable`, `malformed`, `limit-exceeded`.
   */
  async listReferrers(
    subject: Digest,
    limits: Limits,
    options: ReferrersOptions = {},
  ): Promise<readonly IndexEntry[]> {
    return listReferrers(this.#reading, subject, limits, options);
  }
}
