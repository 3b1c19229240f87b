import { canonicalBytes } from '../../base/canonical-json.ts';

/**
 * The only predicate that BuildKit takes from a scanner: with any other one the whole build fails.
 * @see https://github.com/moby/buildkit/blob/v0.34.2/docs/attestations/sbom-protocol.md
 */
const SPDX_PREDICATE = 'https://spdx.dev/Document';

/** An SPDX document as BuildKit takes it in. BuildKit adds what it is about. */
export function spdxStatement(document: unknown): Uint8Array {
  return canonicalBytes({
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: SPDX_PREDICATE,
    subject: [],
    predicate: document,
  });
}
