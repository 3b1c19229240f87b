import { createHash } from 'node:crypto';
import { type Digest, digestFromHex } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';

/**
 * Passes the bytes of a blob on, and verifies them on the way: a consumer that keeps them before the end must drop them
 * when this throws.
 * @throws VarveError `size-mismatch`, `digest-mismatch`.
 */
export async function* verifyBlob(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { digest, size }: { readonly digest: Digest; readonly size: number },
  object: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > size) throw wrongSize(object, size, 'more');
    hash.update(chunk);
    yield chunk;
  }
  if (length < size) throw wrongSize(object, size, 'fewer');
  const actual = digestFromHex(hash.digest('hex'));
  if (actual === digest) return;
  throw new VarveError('digest-mismatch', `${object} has the digest ${actual}, not ${digest}`, { object });
}

function wrongSize(object: string, size: number, comparison: string): VarveError {
  return new VarveError('size-mismatch', `${object} has ${comparison} bytes than the ${size} it should`, {
    object,
  });
}
