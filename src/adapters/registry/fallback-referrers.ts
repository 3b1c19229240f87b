import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import { type ImageIndex, type IndexEntry, parseIndex } from '../../core/image/manifest.ts';
import { OCI_INDEX } from '../../core/image/media-type.ts';
import { fetchManifest, type ReceivedManifest } from './fetch-manifest.ts';
import { type ManifestBytes, putManifest, type TagCondition } from './put-manifest.ts';
import { referrersTag } from './referrers-tag.ts';
import type { RepositoryRequests } from './repository-requests.ts';

/** So often a list is written that others overwrite. */
const MOST_ROUNDS = 20;
/** The least time in which another's write is awaited, in milliseconds. */
const LEAST_SETTLING = 50;

/** The list of a digest's referrers that clients keep under a tag. @throws VarveError as `fetchManifest` does. */
export async function readFallbackReferrers(
  requests: RepositoryRequests,
  subject: Digest,
  limits: Limits,
  signal?: AbortSignal,
): Promise<readonly IndexEntry[]> {
  const tag = referrersTag(subject);
  return toIndex(await fetchManifest(requests, tag, limits, signal), limits, `${requests.name}:${tag}`)
    .manifests;
}

/**
 * Adds an entry to the list that clients keep under a tag. Where the registry heeds conditions, none that is written
 * at the same time is lost. Elsewhere the list is read again when whoever read it before it was written, and is no
 * slower than we are, has written too.
 * @throws VarveError `denied`, `unreachable`, `malformed`, `limit-exceeded`; the reason of the signal.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-manifests-with-subject
 */
export async function addFallbackReferrer(
  requests: RepositoryRequests,
  subject: Digest,
  entry: IndexEntry,
  limits: Limits,
  signal?: AbortSignal,
): Promise<void> {
  const tag = referrersTag(subject);
  const object = `${requests.name}:${tag}`;
  for (let round = 0; round <= MOST_ROUNDS; round++) {
    const begun = performance.now();
    const current = await fetchManifest(requests, tag, limits, signal);
    const index = toIndex(current, limits, object);
    if (index.manifests.some(({ digest }) => digest === entry.digest)) return;
    const written = await putManifest(requests, withEntry(index, entry), tag, conditionOf(current), signal);
    const settling = LEAST_SETTLING + 2 * (performance.now() - begun);
    await sleep(written === null ? Math.random() * settling : settling * (1 + Math.random()), undefined, {
      ...(signal && { signal }),
    });
  }
  throw new VarveError('unreachable', `${object} is overwritten by others again and again`, {
    object,
    hint: 'try again when fewer write to it',
  });
}

function toIndex(received: ReceivedManifest | null, limits: Limits, object: string): ImageIndex {
  if (received === null) return { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] };
  const mediaType = received.mediaType || null;
  return parseIndex(received.bytes, { object, mediaType, digest: null, size: null }, limits).value;
}

function withEntry(index: ImageIndex, entry: IndexEntry): ManifestBytes {
  const { mediaType = OCI_INDEX } = index;
  const changed = { ...index, mediaType, manifests: [...index.manifests, entry] };
  return { bytes: Buffer.from(JSON.stringify(changed)), mediaType };
}

function conditionOf(current: ReceivedManifest | null): TagCondition {
  if (current === null) return { 'if-none-match': '*' };
  return current.etag === null ? {} : { 'if-match': current.etag };
}
