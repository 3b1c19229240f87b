/**
 * What reading layers costs in Node before anybody looks into them: each file or part of one (`PATH:OFFSET:LENGTH`) is
 * read, inflated and hashed as Varve must (as stored, as a tar, and once more for the files in it), by this thread and
 * one worker.
 */
import { createHash } from 'node:crypto';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { decode } from '../../src/base/compression/decode.ts';
import { readRange } from '../../src/base/file-range.ts';

interface Work {
  readonly parts: readonly string[];
  /** The number of parts that were begun. */
  readonly begun: Int32Array;
}

const work: Work = isMainThread
  ? { parts: process.argv.slice(2), begun: new Int32Array(new SharedArrayBuffer(4)) }
  : workerData;

if (isMainThread) new Worker(new URL(import.meta.url), { workerData: work });

for (;;) {
  const part = work.parts[Atomics.add(work.begun, 0, 1)];
  if (part === undefined) break;
  await inflateAndHash(part);
}

async function inflateAndHash(part: string): Promise<void> {
  const [path = '', offset = '0', length] = part.split(':');
  const [stored, tar, files] = [createHash('sha256'), createHash('sha256'), createHash('sha256')];
  let compressed = true;
  const range = { offset: Number(offset), ...(length !== undefined && { length: Number(length) }) };
  const source = (function* () {
    for (const chunk of readRange(path, range)) {
      if (compressed) stored.update(chunk);
      yield chunk;
    }
  })();
  const onFormat = (format: string) => {
    compressed = format !== 'none';
  };
  for await (const chunk of decode(source, { object: path, onFormat })) {
    tar.update(chunk);
    files.update(chunk);
  }
}
