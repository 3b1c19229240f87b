import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ThreadedLayerReader } from '../../src/adapters/layer-readers/threaded-layer-reader.ts';
import { digestOf } from '../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../src/base/limits.ts';
import { callOf } from '../../src/core/analysis/analyzer-key.ts';
import { ANALYZERS } from '../../src/core/analysis/catalogue.ts';
import type { LayerRequest } from '../../src/core/reading/layer-reader.ts';
import { readBytes } from '../support/read-layer.ts';
import { paxHeader, tarEntry, tarHeader, tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const MiB = 1024 * 1024;

function readerWith(signal?: AbortSignal, sparseBytes = DEFAULT_LIMITS.sparseBytes): ThreadedLayerReader {
  return new ThreadedLayerReader({
    limits: { ...DEFAULT_LIMITS, sparseBytes },
    analyzers: ANALYZERS.layers,
    workerScript: new URL('../../src/entry/layer-worker.ts', import.meta.url),
    inflateScript: new URL('../../src/entry/inflate-worker.ts', import.meta.url),
    ...(signal && { signal }),
  });
}

/** A layer with a file that is one hole. */
const hole = (size: number): Buffer =>
  tarOf(
    paxHeader([
      ['GNU.sparse.size', String(size)],
      ['GNU.sparse.numblocks', '1'],
      ['GNU.sparse.offset', String(size)],
      ['GNU.sparse.numbytes', '0'],
    ]),
    tarEntry({ name: 'hole' }),
    tarEntry({ name: 'after' }, 'x'),
  );

function requestOf(bytes: Buffer): LayerRequest {
  const path = newPath('layer');
  writeFileSync(path, bytes);
  return {
    index: 0,
    location: { kind: 'file', path, offset: 0, length: bytes.length },
    expected: { digest: digestOf(bytes), size: bytes.length, diffId: null },
    want: ANALYZERS.layers.map(callOf),
  };
}

/** Reads until the first bytes were read, and then ends it. @returns how many bytes were read in all. */
async function readAndEnd(request: LayerRequest, reason: Error): Promise<number> {
  const controller = new AbortController();
  let bytes = 0;
  await using reader = readerWith(controller.signal);
  const reading = Array.fromAsync(
    reader.read([request], (count) => {
      if (bytes === 0) setImmediate(() => controller.abort(reason));
      bytes += count;
    }),
  );
  await expect(reading).rejects.toBe(reason);
  return bytes;
}

describe('a read that is told to end', () => {
  it('ends in the middle of a hole that takes a minute to fill', async () => {
    await readAndEnd(requestOf(hole(60e9)), new Error('enough'));
  });

  it('ends soon where little that is stored makes much', async () => {
    const zeros = gzipSync(Buffer.alloc(MiB));
    const start = gzipSync(tarHeader({ name: 'zeros', size: 8191 * MiB }));
    const bomb = Buffer.concat([start, ...Array.from({ length: 8192 }, () => zeros)]);
    expect(await readAndEnd(requestOf(bomb), new Error('enough'))).toBeLessThan(bomb.length / 4);
  });
});

describe('a hole that this thread does not fill', () => {
  it('gives what any layer gives', async () => {
    const bytes = hole(300 * MiB);
    let threads = 0;
    const count = () => threads++;
    process.on('worker', count);
    try {
      await using reader = readerWith();
      const [reading] = await Array.fromAsync(reader.read([requestOf(bytes)]));
      expect(reading).toEqual({ ...(await readBytes(bytes)), index: 0 });
      expect(threads).toBe(1);
    } finally {
      process.off('worker', count);
    }
  });

  it.each([100, 300])('is refused over a limit, be it %d MiB', async (size) => {
    await using reader = readerWith(undefined, (size - 1) * MiB);
    await expect(Array.fromAsync(reader.read([requestOf(hole(size * MiB))]))).rejects.toMatchObject({
      code: 'limit-exceeded',
      hint: expect.stringContaining('--max-sparse-bytes'),
    });
  });
});
