import type { Digest } from '../../../base/digest.ts';
import type { Limits } from '../../../base/limits.ts';
import type { IndexEntry } from '../../../core/image/manifest.ts';
import type { RepositoryRequests } from '../repository-requests.ts';
import { readFallbackReferrers } from './fallback-referrers.ts';
import { ofType, type ReferrersOptions, readReferrers } from './referrers-api.ts';

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
