import type { ByteSource } from '../../base/byte-source.ts';
import { type DecodeOptions, decode } from '../../base/compression/decode.ts';
import type { CompressionFormat } from '../../base/compression/format.ts';
import { toVarveError, type VarveError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import type { LayerAnalyzer } from '../analysis/analyzer.ts';
import { findAnalyzer } from '../analysis/analyzers.ts';
import { compiledAnalyzer } from '../analysis/compiled/compiled-analyzer.ts';
import { contentsAnalyzer } from '../analysis/contents/contents-analyzer.ts';
import { LayerContent } from './layer-content.ts';
import type { LayerReading, LayerRequest } from './layer-reader.ts';
import { StoredBytes } from './stored-bytes.ts';
import { nameLayer, sizeMismatch, verifyDiffId, verifyStored } from './verify-reading.ts';

/** What a request may want of any run. */
const FOR_THE_RUN: readonly LayerAnalyzer[] = [contentsAnalyzer, compiledAnalyzer];

export interface LayerPassOptions {
  readonly limits: Limits;
  /** Those that a request may want; what is for the run alone it may want anyway. */
  readonly analyzers: readonly LayerAnalyzer[];
  readonly engine?: DecodeOptions['engine'];
  /** Where to inflate, if not in this thread. */
  readonly threads?: DecodeOptions['threads'];
  /** Called with the number of stored bytes as they are read. An error that it throws ends the reading. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * Reads a layer once, from the stored bytes to the fragments, and verifies it at its end.
 * Of several faults the first cause is thrown: wrong stored bytes before what does not decode,
 * wrong uncompressed bytes before what is not a tar. Only limits end the reading at once.
 * @throws VarveError `size-mismatch`, `digest-mismatch`, `diff-id-mismatch`, `malformed`, `truncated`, `unsupported`,
 * `limit-exceeded`, each naming the layer; what the source throws comes through.
 */
export async function readLayer(
  source: ByteSource,
  request: LayerRequest,
  { limits, analyzers: catalogue, engine = 'auto', threads, onProgress }: LayerPassOptions,
): Promise<LayerReading> {
  const object = nameLayer(request);
  const stored = new StoredBytes(source, (chunk) => {
    if (stored.size > (request.expected.size ?? Number.POSITIVE_INFINITY))
      throw sizeMismatch(request, stored.size);
    onProgress?.(chunk.length);
  });
  const analyzers = request.want.map((call) => findAnalyzer([...catalogue, ...FOR_THE_RUN], call));
  const content = new LayerContent({ object, limits, analyzers });
  try {
    let compression = 'none' as CompressionFormat;
    const onFormat = (format: CompressionFormat) => {
      compression = format;
      if (format === 'none') content.leaveHashing();
    };
    const decodeOptions = { object, engine, onFormat, ...(threads && { threads }) };
    const fault = await consume(decode(stored.chunks, decodeOptions), content, stored);
    const digest = await stored.end();
    verifyStored(request, { digest, size: stored.size });
    if (fault !== null) throw fault;
    const diffId = content.end() ?? digest;
    if (content.fault?.code === 'unsupported') throw content.fault;
    verifyDiffId(request, diffId, content.fault);
    if (content.fault !== null) throw content.fault;
    const uncompressedSize = content.size;
    const analyzed = content.analyzed(diffId);
    return {
      index: request.index,
      ...(request.image !== undefined && { image: request.image }),
      digest,
      size: stored.size,
      diffId,
      uncompressedSize,
      compression,
      ...analyzed,
    };
  } finally {
    await stored.close();
  }
}

/** @returns what is wrong with the compressed bytes; null when they are good. */
async function consume(
  decoded: ByteSource,
  content: LayerContent,
  stored: StoredBytes,
): Promise<VarveError | null> {
  try {
    if (Symbol.iterator in decoded) for (const chunk of decoded) content.push(chunk);
    else for await (const chunk of decoded) content.push(chunk);
    return null;
  } catch (fault) {
    if (stored.failed) throw fault;
    const error = toVarveError(fault);
    if (error.code === 'limit-exceeded' || error.kind !== 'bytes') throw fault;
    return error;
  }
}
