import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { LayerReading, LayerRequest } from './layer-reader.ts';

/** How errors call a layer: its index and, where known, what it is addressed by. */
export function nameLayer({ index, expected }: LayerRequest): string {
  const address = expected.digest ?? expected.diffId;
  return address === null ? `layer ${index}` : `layer ${index} (${address})`;
}

/** @throws VarveError `size-mismatch`, `digest-mismatch`. */
export function verifyStored(request: LayerRequest, found: Pick<LayerReading, 'digest' | 'size'>): void {
  const { size, digest } = request.expected;
  if (size !== null && found.size !== size) throw sizeMismatch(request, found.size);
  if (digest !== null && found.digest !== digest) {
    const object = nameLayer(request);
    throw new VarveError('digest-mismatch', `${object}: its bytes hash to ${found.digest}`, {
      object,
      hint: 'the stored layer is damaged or was replaced: fetch or build the image again',
    });
  }
}

export function sizeMismatch(request: LayerRequest, found: number): VarveError {
  const object = nameLayer(request);
  const expected = request.expected.size;
  const amount = found > (expected ?? 0) ? 'more' : `only ${found}`;
  return new VarveError('size-mismatch', `${object}: it should have ${expected} bytes, and has ${amount}`, {
    object,
    hint: 'the stored layer is damaged or was replaced: fetch or build the image again',
  });
}

/**
 * @param cause what is wrong with the tar, if anything.
 * @throws VarveError `diff-id-mismatch`.
 */
export function verifyDiffId(request: LayerRequest, diffId: Digest, cause: VarveError | null = null): void {
  const expected = request.expected.diffId;
  if (expected === null || diffId === expected) return;
  const object = nameLayer(request);
  throw new VarveError(
    'diff-id-mismatch',
    `${object}: it uncompresses to ${diffId}, the config claims ${expected}`,
    {
      object,
      hint: 'layer and config do not belong together: build or fetch the image again',
      ...(cause === null ? {} : { cause }),
    },
  );
}

/** Verifies a finished reading against another request for the same bytes. @throws VarveError as above. */
export function verifyReading(request: LayerRequest, reading: LayerReading): void {
  verifyStored(request, reading);
  verifyDiffId(request, reading.diffId);
}
