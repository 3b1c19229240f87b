import type { Digest } from '../../../base/digest.ts';
import type { Limits } from '../../../base/limits.ts';
import { type IndexEntry, parseIndex } from '../../../core/image/manifest.ts';
import { isIndexType, OCI_INDEX } from '../../../core/image/media-type.ts';
import { type HttpResponse, headerOf, mediaTypeOf } from '../../http/http-response.ts';
import type { RepositoryRequests } from '../repository-requests.ts';
import { readFallbackReferrers } from './fallback-referrers.ts';
import { fetchWhole } from './fetch-whole.ts';
import { readPages } from './read-pages.ts';

/** Which referrers are wanted. */
export interface ReferrersOptions {
  /** Only those of this type. */
  readonly artifactType?: string;
  readonly signal?: AbortSignal;
}

/**
 * What has a digest as its subject, as the registry says or, where it keeps no list, the clients.
 * @throws VarveError `denied`, `unreachable`, `malformed`, `limit-exceeded`; the reason of the signal.
 */
export async function listReferrers(
  requests: RepositoryRequests,
  subject: Digest,
  limits: Limits,
  options: ReferrersOptions,
): Promise<readonly IndexEntry[]> {
  const listed = await readReferrers(requests, subject, limits, options);
  if (listed !== null) return listed;
  return ofType(await readFallbackReferrers(requests, subject, limits, options.signal), options.artifactType);
}

/**
 * The referrers of a digest as the registry lists them, each once.
 * @returns null when it keeps no such list.
 * @throws VarveError `denied`, `unreachable`, `malformed`, `limit-exceeded`; the reason of the signal.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
async function readReferrers(
  requests: RepositoryRequests,
  subject: Digest,
  limits: Limits,
  { artifactType, signal }: ReferrersOptions,
): Promise<readonly IndexEntry[] | null> {
  const wanted = wantedList(requests, subject, limits, signal);
  const query = artifactType === undefined ? '' : `?artifactType=${encodeURIComponent(artifactType)}`;
  const found = new Map<Digest, IndexEntry>();
  let isKept = true;
  const isThere = await readPages(
    requests,
    { ...wanted, to: `${wanted.to}${query}` },
    ({ bytes, response }) => {
      isKept &&= isList(response);
      if (!isKept) return null;
      const mediaType = mediaTypeOf(response);
      const declared = { object: wanted.object, mediaType, digest: null, size: null };
      const { manifests } = parseIndex(bytes, declared, limits).value;
      const isFiltered = headerOf(response, 'oci-filters-applied')
        .split(/\s*,\s*/)
        .includes('artifactType');
      for (const entry of isFiltered ? manifests : ofType(manifests, artifactType)) {
        found.set(entry.digest, entry);
      }
      return null;
    },
  );
  return isThere && isKept ? [...found.values()] : null;
}

/** Tells whether the registry lists referrers. @throws VarveError as `listReferrers` does. */
export async function hasReferrersApi(
  requests: RepositoryRequests,
  subject: Digest,
  limits: Limits,
  signal?: AbortSignal,
): Promise<boolean> {
  const answer = await fetchWhole(requests, wantedList(requests, subject, limits, signal));
  return answer !== null && isList(answer.response);
}

/** Those of the entries that are of a type; all when none is wanted. */
function ofType(entries: readonly IndexEntry[], artifactType?: string): readonly IndexEntry[] {
  return artifactType === undefined
    ? entries
    : entries.filter((entry) => entry.artifactType === artifactType);
}

const wantedList = (
  requests: RepositoryRequests,
  subject: Digest,
  limits: Limits,
  signal: AbortSignal | undefined,
) => ({
  to: `referrers/${subject}`,
  headers: { accept: OCI_INDEX },
  object: `${requests.name}: the referrers of ${subject}`,
  limits,
  signal,
});

/** Servers that do not know the path may answer with a page for people. */
const isList = (response: HttpResponse): boolean => isIndexType(mediaTypeOf(response));
