import { type Digest, digestOf } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import type { Limits } from '../../../base/limits.ts';
import { type ImageIndex, type IndexEntry, parseIndex } from '../../../core/image/manifest.ts';
import { OCI_INDEX } from '../../../core/image/media-type.ts';
import type { RepositoryRequests } from '../repository-requests.ts';
import { fetchManifest, type ReceivedManifest } from './fetch-manifest.ts';
import { type ManifestBytes, putManifest, type TagCondition } from './put-manifest.ts';

/** So often the list is written that others overwrite. */
const MOST_WRITES = 20;
/** So often it is looked at while others write to it and leave the entry there. */
const MOST_LOOKS = 20;

const LONGEST_ALGORITHM = 32;
const LONGEST_ENCODED = 64;

/**
 * The tag under which clients keep the list of a digest's referrers where the registry keeps none.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema
 */
export function referrersTag(digest: Digest): string {
  const [algorithm = '', encoded = ''] = digest.split(':');
  const parts = [algorithm.slice(0, LONGEST_ALGORITHM), encoded.slice(0, LONGEST_ENCODED)];
  return parts.map((part) => part.replaceAll(/[^a-zA-Z0-9._-]/g, '-')).join('-');
}

/**
 * The list of a digest's referrers that clients keep under a tag; what is not a list under that tag lists nothing.
 * @throws VarveError as `fetchManifest` does.
 */
export async function readFallbackReferrers(
  requests: RepositoryRequests,
  subject: Digest,
  limits: Limits,
  signal?: AbortSignal,
): Promise<readonly IndexEntry[]> {
  const tag = referrersTag(subject);
  const received = await fetchManifest(requests, tag, limits, signal);
  try {
    return toIndex(received, subject, limits, `${requests.name}:${tag}`).manifests;
  } catch (fault) {
    if (fault instanceof VarveError && fault.code === 'malformed') return [];
    throw fault;
  }
}

/**
 * Adds an entry to the list that clients keep under a tag. Where the registry respects conditions, nothing is lost that
 * others write meanwhile. Elsewhere a client that read the list earlier may write it without this entry, so the
 * list is watched until nobody has written it for longer than reading and writing it takes.
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
  const pause = (time: number) => requests.pause(time, signal);
  let quiet = requests.patience.backOff;
  /** The list as it was after our last look; null before we wrote. */
  let last: Digest | null = null;
  for (let writes = 0, looks = 0; writes < MOST_WRITES; ) {
    const begun = performance.now();
    const current = await fetchManifest(requests, tag, limits, signal);
    const index = toIndex(current, subject, limits, object);
    if (current !== null && index.manifests.some(({ digest }) => digest === entry.digest)) {
      if (last === null || last === current.digest || ++looks === MOST_LOOKS) return;
      last = current.digest;
      await pause(quiet * (1 + Math.random()));
      continue;
    }
    const list = withEntry(index, entry);
    const written = await putManifest(requests, list, tag, conditionOf(current), signal);
    const taken = performance.now() - begun;
    quiet = Math.max(quiet, 3 * taken);
    writes += 1;
    if (written !== null) last = digestOf(list.bytes);
    await pause(written === null ? 2 * taken * Math.random() : quiet * (1 + Math.random()));
  }
  throw new VarveError('unreachable', `${object} is overwritten by other clients again and again`, {
    object,
    hint: 'try again when fewer clients write to it',
  });
}

/** An index that is empty where there is none: GitLab answers such a tag with the image itself. */
function toIndex(
  received: ReceivedManifest | null,
  subject: Digest,
  limits: Limits,
  object: string,
): ImageIndex {
  if (received === null || received.digest === subject)
    return { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [] };
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
