import type { ByteSource } from '../../base/byte-source.ts';
import { decode } from '../../base/compression/decode.ts';
import { VarveError } from '../../base/errors.ts';
import { readRange } from '../../base/file-range.ts';
import { ForwardReader } from '../../base/forward-reader.ts';
import { type LayerPassOptions, readLayer } from '../../core/reading/layer-pass.ts';
import {
  joinWants,
  type LayerReading,
  type LayerRequest,
  shareReading,
} from '../../core/reading/layer-reader.ts';
import { verifyReading } from '../../core/reading/verify-reading.ts';
import type { Registries } from '../registry/registries.ts';
import type { BlobAddress } from '../registry/registry-access.ts';
import type { LayerRead, LayerTask } from './layer-task.ts';
import { rebuildTar, storageDiffers } from './rebuilt-tar.ts';

export interface TaskOptions extends LayerPassOptions {
  /** Stands between file and pass: to pause, or to give up. */
  readonly paced?: (source: ByteSource) => ByteSource;
  /** Where blobs of registries come from; without it there are none. */
  readonly registries?: Pick<Registries, 'stream'>;
  /** Ends the reading from a registry, with its reason. */
  readonly signal?: AbortSignal;
}

/** Reads the layers of a task, in this thread. @throws VarveError as `readLayer` and `readRange` do. */
export async function* runTask(task: LayerTask, options: TaskOptions): AsyncGenerator<LayerReading> {
  const { paced = (source) => source, engine = 'auto', threads, ...pass } = options;
  const { location } = task[0];
  if (location.kind === 'file') {
    yield* answer(task[0], paced(readRange(location.path, location)), options);
    return;
  }
  if (location.kind === 'registry') {
    yield* answer(task[0], streamFrom(location, options), options);
    return;
  }
  if (location.kind === 'tar-split') {
    yield* answerFromStorage(task[0], paced(rebuildTar(location, engine)), options);
    return;
  }
  const { path, compression } = location;
  const decoded = decode(paced(readRange(path)), {
    object: path,
    format: compression,
    engine,
    ...(threads && { threads }),
  });
  await using archive = new ForwardReader(decoded, path);
  for (const read of task) {
    // A layer compressed once more is inflated here: the thread is with the archive.
    const { offset, length } = read.location as typeof location;
    yield* answer(read, archive.range(offset, length), { ...pass, engine });
  }
}

function streamFrom(blob: BlobAddress, { registries, signal }: TaskOptions): ByteSource {
  if (registries !== undefined) return registries.stream(blob, signal);
  throw new VarveError('internal', `nobody reads from ${blob.host} here`);
}

/** As `answer`; whatever is wrong is put down to the storage, since the engine itself may still have the layer. */
async function* answerFromStorage(
  read: LayerRead,
  source: ByteSource,
  options: TaskOptions,
): AsyncGenerator<LayerReading> {
  try {
    yield* answer(read, source, options);
  } catch (fault) {
    options.signal?.throwIfAborted();
    throw storageDiffers(fault, read.requests[0] as LayerRequest);
  }
}

/** One read, and a reading for each request that it answers. */
async function* answer(
  { requests, location }: LayerRead,
  source: ByteSource,
  options: LayerPassOptions,
): AsyncGenerator<LayerReading> {
  const first = requests[0] as LayerRequest;
  const reading = await readLayer(source, { ...first, want: joinWants(requests) }, options);
  yield shareReading(reading, first);
  for (const request of requests.slice(1)) {
    verifyReading(request, reading);
    options.onProgress?.(location.length);
    yield shareReading(reading, request);
  }
}
