import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ThreadedLayerReader } from '../../src/adapters/layer-readers/threaded-layer-reader.ts';
import { digestOf } from '../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../src/base/limits.ts';
import { callOf } from '../../src/core/analysis/analyzer-key.ts';
import { ANALYZERS } from '../../src/core/analysis/catalogue.ts';
import { filesAnalyzer } from '../../src/core/analysis/files/files-analyzer.ts';
import type { LayerLocation } from '../../src/core/image/image-source.ts';
import type { LayerReading, LayerRequest } from '../../src/core/reading/layer-reader.ts';
import type { Finding } from '../../src/core/words/finding.ts';
import { findScripts, WITH_EXAMPLES } from '../support/example-analyzers.ts';
import { file } from '../support/hostile-images.ts';
import { readBytes } from '../support/read-layer.ts';
import { tarEntry, tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const place = temporaryFolder();
const WORKER = new URL('../../src/entry/layer-worker.ts', import.meta.url);
const INFLATER = new URL('../../src/entry/inflate-worker.ts', import.meta.url);
const MiB = 1024 * 1024;

interface Stored {
  readonly bytes: Buffer;
  readonly path: string;
  readonly reading: LayerReading;
}

let threads = 0;
const countThread = () => {
  threads++;
};
beforeEach(() => {
  threads = 0;
  process.on('worker', countThread);
});
afterEach(() => {
  process.off('worker', countThread);
});

const readerWith = (options: { signal?: AbortSignal; layerEntries?: number } = {}) => {
  const { layerEntries = DEFAULT_LIMITS.layerEntries, ...rest } = options;
  return new ThreadedLayerReader({
    limits: { ...DEFAULT_LIMITS, layerEntries },
    analyzers: ANALYZERS.layers,
    workerScript: WORKER,
    inflateScript: INFLATER,
    ...rest,
  });
};

/** A stored layer with so much noise in it, and what reading it must give. */
async function store(
  name: string,
  noise: number,
  compress: (tar: Buffer) => Buffer = (tar) => tar,
): Promise<Stored> {
  const bytes = compress(tarOf(tarEntry({ name: `${name}/noise` }, randomBytes(noise)), tarEntry({ name })));
  const path = place(name);
  writeFileSync(path, bytes);
  return { bytes, path, reading: await readBytes(bytes) };
}

function requestOf({ bytes, path, reading }: Stored, index: number, location?: LayerLocation): LayerRequest {
  return {
    index,
    location: location ?? { kind: 'file', path, offset: 0, length: bytes.length },
    expected: { digest: reading.digest, size: reading.size, diffId: reading.diffId },
    want: ANALYZERS.layers.map(callOf),
  };
}

async function readAll(
  requests: readonly LayerRequest[],
  reader = readerWith(),
): Promise<{ readings: LayerReading[]; progress: number }> {
  await using _ = reader;
  const readings: LayerReading[] = [];
  let progress = 0;
  const onProgress = (bytes: number) => {
    progress += bytes;
  };
  for await (const reading of reader.read(requests, onProgress)) readings.push(reading);
  return { readings: readings.toSorted((a, b) => a.index - b.index), progress };
}

const expectedOf = (layers: readonly Stored[]) => layers.map(({ reading }, index) => ({ ...reading, index }));

describe.each([
  ['in place', 10_000, 0],
  ['in threads', 5 * MiB, Math.min(availableParallelism(), 3) - 1],
])('reading %s', (_, noise, expectedThreads) => {
  const layers: Stored[] = [];
  const requests = () => layers.map((layer, index) => requestOf(layer, index));
  const sum = () => layers.reduce((total, { bytes }) => total + bytes.length, 0);

  test('gives each layer as it is', async () => {
    layers.push(
      await store('plain', noise),
      await store('gzip', noise, gzipSync),
      await store('zstd', noise, zstdCompressSync),
    );
    const { readings, progress } = await readAll(requests());
    expect(readings).toEqual(expectedOf(layers));
    expect(progress).toBe(sum());
    expect(threads).toBe(expectedThreads);
  });

  test('out of a file that holds them all', async () => {
    const path = place('all');
    writeFileSync(path, Buffer.concat([Buffer.alloc(100), ...layers.map(({ bytes }) => bytes)]));
    let offset = 100;
    const ranges = layers.map((layer, index) => {
      const location = { kind: 'file' as const, path, offset, length: layer.bytes.length };
      offset += layer.bytes.length;
      return requestOf(layer, index, location);
    });
    expect((await readAll(ranges)).readings).toEqual(expectedOf(layers));
  });

  test.each(['gzip', 'zstd'] as const)(
    'out of an archive that is compressed with %s, in any order',
    async (compression) => {
      const path = place('archive');
      const whole = Buffer.concat(layers.flatMap(({ bytes }) => [Buffer.alloc(512), bytes]));
      writeFileSync(path, compression === 'gzip' ? gzipSync(whole) : zstdCompressSync(whole));
      let offset = 0;
      const ranges = layers.map((layer, index) => {
        offset += 512;
        const location = {
          kind: 'compressed-file' as const,
          path,
          compression,
          offset,
          length: layer.bytes.length,
        };
        offset += layer.bytes.length;
        return requestOf(layer, index, location);
      });
      const { readings, progress } = await readAll(ranges.toReversed());
      expect(readings).toEqual(expectedOf(layers));
      expect(progress).toBe(sum());
    },
  );

  test('the same bytes for several layers, of which some want digests only', async () => {
    const [first] = layers as [Stored];
    const twice = [...requests(), requestOf(first, 3), { ...requestOf(first, 4), want: [] }];
    const { readings, progress } = await readAll(twice);
    expect(readings[3]).toEqual({ ...first.reading, index: 3 });
    expect(readings[4]).toEqual({ ...first.reading, index: 4, fragments: [], findings: [] });
    expect(progress).toBe(sum() + 2 * first.bytes.length);
  });

  test('a layer that fails ends it, naming the layer, and whatever else fails is not told', async () => {
    const wrong = requests().map((request) =>
      request.index === 1
        ? { ...request, expected: { ...request.expected, diffId: digestOf('x') } }
        : request,
    );
    const reader = readerWith();
    await using _ = reader;
    const outcome = readAll(wrong, reader);
    await expect(outcome).rejects.toMatchObject({
      name: 'VarveError',
      code: 'diff-id-mismatch',
      object: expect.stringContaining('layer 1 '),
      hint: expect.any(String),
    });
  });

  test('a wrong promise for one of several that share their bytes', async () => {
    const [first] = layers as [Stored];
    const shared = { ...requestOf(first, 7), expected: { digest: digestOf('x'), size: null, diffId: null } };
    await expect(readAll([...requests(), shared])).rejects.toMatchObject({
      code: 'digest-mismatch',
      object: expect.stringContaining('layer 7 '),
    });
  });

  test('limits hold', async () => {
    await expect(readAll(requests(), readerWith({ layerEntries: 1 }))).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });

  test('a file that is cut off, and one that is not there', async () => {
    const [first] = layers as [Stored];
    const cut = place('cut');
    writeFileSync(cut, first.bytes.subarray(0, 5000));
    const location = { kind: 'file' as const, path: cut, offset: 0, length: first.bytes.length };
    await expect(readAll([...requests(), requestOf(first, 3, location)])).rejects.toMatchObject({
      code: 'truncated',
    });
    const nowhere = { ...location, path: place('nowhere') };
    await expect(readAll([...requests(), requestOf(first, 3, nowhere)])).rejects.toMatchObject({
      code: 'unreachable',
      object: nowhere.path,
    });
  });

  test('an absent layer is said before anything is read', async () => {
    const absent: LayerRequest = {
      ...requestOf(layers[0] as Stored, 9),
      location: { kind: 'absent', reason: 'gone' },
    };
    await expect(readAll([...requests(), absent])).rejects.toMatchObject({ code: 'blob-missing' });
    expect(threads).toBe(0);
  });

  test('an abort ends it with its reason', async () => {
    const controller = new AbortController();
    const reader = readerWith({ signal: controller.signal });
    await using _ = reader;
    const reading = async () => {
      for await (const _ of reader.read(requests(), () => controller.abort(new Error('enough'))));
    };
    await expect(reading()).rejects.toThrow('enough');
    await expect(reading()).rejects.toThrow('enough');
  });

  test('whoever stops listening stops it', async () => {
    await using reader = readerWith();
    for await (const reading of reader.read(requests())) {
      expect(reading.fragments).toHaveLength(1);
      break;
    }
    const again: LayerReading[] = [];
    for await (const reading of reader.read(requests())) again.push(reading);
    expect(again).toHaveLength(3);
  });
});

describe('analyzers from outside', () => {
  const WITH_EXAMPLES_WORKER = new URL('../support/example-layer-worker.ts', import.meta.url);
  const shell = findScripts('/bin/sh');
  const others = findScripts('/bin/awk');

  test.each([
    ['in place', 1000, 0],
    ['in threads', 5 * MiB, Math.min(availableParallelism(), 3) - 1],
  ])('run %s, each with the options that it was asked for with', async (_, noise, expectedThreads) => {
    const scripts = [file('one', '#!/bin/sh\n'), file('two', '#!/bin/awk -f\n')];
    const requests = ['a', 'b', 'c'].map((name, index): LayerRequest => {
      const bytes = tarOf(tarEntry({ name: 'noise' }, randomBytes(noise)), ...scripts);
      const path = place(name);
      writeFileSync(path, bytes);
      return {
        index,
        location: { kind: 'file', path, offset: 0, length: bytes.length },
        expected: { digest: null, size: null, diffId: digestOf(bytes) },
        want: [[filesAnalyzer], [shell, others], []][index]?.map(callOf) ?? [],
      };
    });
    const reader = new ThreadedLayerReader({
      limits: DEFAULT_LIMITS,
      analyzers: WITH_EXAMPLES.layers,
      workerScript: WITH_EXAMPLES_WORKER,
      inflateScript: INFLATER,
    });
    const { readings } = await readAll(requests, reader);
    expect(readings.map(({ fragments }) => fragments.map(({ options }) => options))).toEqual([
      [filesAnalyzer.key.options],
      [shell.key.options, others.key.options],
      [],
    ]);
    expect(readings[1]?.fragments.map(({ findings }) => findings)).toEqual([
      [{ code: 'script', path: 'one' }],
      [{ code: 'script', path: 'two' }],
    ]);
    expect(threads).toBe(expectedThreads);
  });

  test('give each request of the same bytes what it wants, in one read', async () => {
    const bytes = tarOf(file('one', '#!/bin/sh\n'), file('one', 'again'), file('etc/.wh.', ''));
    const path = place('shared');
    writeFileSync(path, bytes);
    const wants = [[filesAnalyzer], [shell, filesAnalyzer], []];
    const requests = wants.map(
      (want, index): LayerRequest => ({
        index,
        location: { kind: 'file', path, offset: 0, length: bytes.length },
        expected: { digest: null, size: null, diffId: null },
        want: want.map(callOf),
      }),
    );
    const reader = new ThreadedLayerReader({
      limits: DEFAULT_LIMITS,
      analyzers: WITH_EXAMPLES.layers,
      workerScript: WITH_EXAMPLES_WORKER,
      inflateScript: INFLATER,
    });
    const { readings } = await readAll(requests, reader);
    const codesOf = ({ findings }: { readonly findings: readonly Finding[] }) =>
      findings.map(({ code }) => code);
    expect(readings.map(({ fragments }) => fragments.map(codesOf))).toEqual([
      [['duplicate-entry']],
      [['duplicate-entry'], ['script']],
      [],
    ]);
    expect(readings.map(codesOf)).toEqual([['bad-whiteout'], ['bad-whiteout'], []]);
  });
});

test('nothing to read is nothing', async () => {
  expect(await readAll([])).toEqual({ readings: [], progress: 0 });
  expect(threads).toBe(0);
});

test('one layer of any size is read in place', async () => {
  const large = await store('large', 12 * MiB);
  const small = await store('small', 1000);
  const { readings } = await readAll([requestOf(large, 0), requestOf(small, 1)]);
  expect(readings).toEqual(expectedOf([large, small]));
  expect(threads).toBe(0);
});

describe('one large compressed layer, inflated in a thread of its own', () => {
  const expectedThreads = availableParallelism() > 1 ? 1 : 0;
  let huge: Stored | null = null;
  const stored = async () => {
    huge ??= await store('huge', 33 * MiB, zstdCompressSync);
    return huge;
  };

  test('is as it is', async () => {
    const layer = await stored();
    const { readings, progress } = await readAll([requestOf(layer, 0)]);
    expect(readings).toEqual(expectedOf([layer]));
    expect(progress).toBe(layer.bytes.length);
    expect(threads).toBe(expectedThreads);
  });

  test('is found out when its bytes are wrong', async () => {
    const layer = await stored();
    const path = place('damaged');
    const damaged = Buffer.from(layer.bytes);
    damaged.fill(0xff, 1000, 1100);
    writeFileSync(path, damaged);
    const location = { kind: 'file' as const, path, offset: 0, length: damaged.length };
    await expect(readAll([requestOf(layer, 0, location)])).rejects.toMatchObject({ code: 'digest-mismatch' });
    const expected = { digest: digestOf(damaged), size: damaged.length, diffId: layer.reading.diffId };
    const believed = { ...requestOf(layer, 0, location), expected };
    await expect(readAll([believed])).rejects.toMatchObject({ kind: 'bytes' });
  });

  test('is given up on demand', async () => {
    const layer = await stored();
    const controller = new AbortController();
    await using reader = readerWith({ signal: controller.signal });
    const reading = async () => {
      for await (const _ of reader.read([requestOf(layer, 0)], () => controller.abort(new Error('enough'))));
    };
    await expect(reading()).rejects.toThrow('enough');
  });
});
