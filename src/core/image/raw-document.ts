import type { Digest } from '../../base/digest.ts';

/**
 * A JSON document as it was received. The bytes are the truth and are never written anew;
 * `value` is a view of them, with every field that we do not know left in place.
 */
export interface RawDocument<T> {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly value: T;
}
