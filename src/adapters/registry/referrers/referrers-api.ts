import type { Digest } from '../../../base/digest.ts';
import type { Limits } from '../../../base/limits.ts';
import { type IndexEntry, parseIndex } from '../../../core/image/manifest.ts';
import { isIndexType, OCI_INDEX } from '../../../core/image/media-type.ts';
import type { HttpResponse } from '../http/http-messages.ts';
import { headerOf, mediaTypeOf } from '../http/response-headers.ts';
import { fetchWhole } from '../manifests/fetch-whole.ts';
import { readPages } from '../manifests/read-pages.ts';
import type { RepositoryRequests } from '../repository-requests.ts';

/** Which referrers are wanted. */
export interface ReferrersOptions {
  /** Only those of this type. */
  readonly artifactType?: string;
  readonly signal?: AbortSignal;
}

/**
 * The referrers of a digest as the registry lists them, each once.
 * @returns null when it keeps no such list.
 * @throws VarveError `denied`, `unreachable`, `malformed`, `limit-exceeded`; the reason of the signal.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers
 */
export async function readReferrers(
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

/** Tells whether the registry lists referrers. @throws VarveError as `readReferrers` does. */
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
export function ofType(entries: readonly IndexEntry[], artifactType?: string): readonly IndexEntry[] {
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
