import type { Digest } from '../../../base/digest.ts';

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
