import type { ByteSource } from '../../base/byte-source.ts';
import { decode } from '../../base/compression/decode.ts';
import type { CodecEngine } from '../../base/compression/format.ts';
import { VarveError } from '../../base/errors.ts';
import { readRange } from '../../base/file-range.ts';
import { LimitError } from '../../base/limits.ts';
import { assembleTar } from '../../base/tar-split/assemble-tar.ts';
import type { LayerLocation } from '../../core/image/image-source.ts';
import type { LayerRequest } from '../../core/reading/layer-reader.ts';
import { nameLayer } from '../../core/reading/verify-reading.ts';

/** The bytes of a layer's tar, out of an engine's storage. */
export function rebuildTar(
  { metadata, root }: Extract<LayerLocation, { readonly kind: 'tar-split' }>,
  engine: CodecEngine,
): ByteSource {
  const notes = decode(readRange(metadata), { object: metadata, format: 'gzip', engine });
  return assembleTar(notes, root, metadata);
}

/** What is wrong with the bytes or the files as a fault of the storage; other faults as they are. */
export function storageDiffers(fault: unknown, request: LayerRequest): unknown {
  if (!(fault instanceof VarveError) || fault.isFatal || fault instanceof LimitError) return fault;
  const object = nameLayer(request);
  return new VarveError('storage-differs', `${object}: it cannot be read from the engine's storage`, {
    object,
    cause: fault,
    hint: 'export the image from the engine, which gives the layer or tells what is wrong with it',
  });
}
