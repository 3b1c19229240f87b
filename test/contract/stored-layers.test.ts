import { appendFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ThreadedLayerReader } from '../../src/adapters/layer-readers/threaded-layer-reader.ts';
import type { CodecEngine } from '../../src/base/compression/format.ts';
import { digestOf } from '../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../src/base/limits.ts';
import { callOf } from '../../src/core/analysis/analyzer-key.ts';
import { ANALYZERS } from '../../src/core/analysis/catalogue.ts';
import type { LayerLocation } from '../../src/core/image/image-source.ts';
import type { LayerReading, LayerRequest } from '../../src/core/reading/layer-reader.ts';
import { sampleBytes } from '../support/compressed-streams.ts';
import { readBytes } from '../support/read-layer.ts';
import { metadataOf, splitTar, unpackFiles } from '../support/tar-splitter.ts';
import { oldSparse, tarEntry, tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const MiB = 1024 * 1024;

interface StoredLayer {
  readonly tar: Buffer;
  readonly root: string;
  readonly metadata: string;
  readonly request: LayerRequest;
}

/** Keeps a tar as an engine does. */
function keep(tar: Buffer, index: number): StoredLayer {
  const split = splitTar(tar);
  const root = newPath('diff');
  const metadata = newPath('tar-split.json.gz');
  unpackFiles(split, root);
  writeFileSync(metadata, gzipSync(metadataOf(split)));
  const location: LayerLocation = { kind: 'tar-split', metadata, root, length: tar.length };
  const expected = { digest: null, size: null, diffId: digestOf(tar) };
  return { tar, root, metadata, request: { index, location, expected, want: ANALYZERS.layers.map(callOf) } };
}

const layerOf = (name: string, bytes: number): Buffer =>
  tarOf(
    tarEntry({ name: `${name}/data` }, sampleBytes(bytes)),
    tarEntry({ name: `${name}/.wh.gone` }),
    tarEntry({ name: `${name}/note` }, name),
  );

async function readAll(
  requests: readonly LayerRequest[],
  options: { signal?: AbortSignal; engine?: CodecEngine } = {},
  onProgress?: (bytes: number) => void,
): Promise<LayerReading[]> {
  await using reader = new ThreadedLayerReader({
    limits: DEFAULT_LIMITS,
    analyzers: ANALYZERS.layers,
    workerScript: new URL('../../src/entry/layer-worker.ts', import.meta.url),
    inflateScript: new URL('../../src/entry/inflate-worker.ts', import.meta.url),
    ...options,
  });
  const readings: LayerReading[] = [];
  for await (const reading of reader.read(requests, onProgress)) readings.push(reading);
  return readings.toSorted((a, b) => a.index - b.index);
}

let threads = 0;
const countThread = (): void => {
  threads++;
};
beforeEach(() => {
  threads = 0;
  process.on('worker', countThread);
});
afterEach(() => {
  process.off('worker', countThread);
});

describe.each<[string, number, number, CodecEngine]>([
  ['in place', 10_000, 0, 'auto'],
  ['in place, on public streams', 300_000, 0, 'public'],
  ['in threads', 9 * MiB, Math.min(availableParallelism(), 3) - 1, 'auto'],
  ['in threads, on public streams', 9 * MiB, Math.min(availableParallelism(), 3) - 1, 'public'],
])('layers out of an engine’s storage, read %s', (_, bytes, expectedThreads, engine) => {
  let around: readonly [StoredLayer, StoredLayer];
  const middle = layerOf('b', 10_000);
  beforeAll(() => {
    around = [keep(layerOf('a', bytes), 0), keep(layerOf('c', bytes), 2)];
  });
  /** Two that no test changes, and between them one that it may. */
  const layers = (): [StoredLayer, StoredLayer, StoredLayer] => [around[0], keep(middle, 1), around[1]];
  const fails = (layers: readonly StoredLayer[]): Promise<unknown> =>
    readAll(
      layers.map(({ request }) => request),
      { engine },
    ).then(
      () => 'nothing failed',
      (fault: unknown) => fault,
    );

  test('are as they were', async () => {
    const all = layers();
    let progress = 0;
    const onProgress = (bytes: number): void => {
      progress += bytes;
    };
    const again = { ...all[0].request, index: 3, want: [] };
    const readings = await readAll([...all.map(({ request }) => request), again], { engine }, onProgress);
    const expected = await Promise.all(all.map(({ tar }) => readBytes(tar)));
    expect(readings.slice(0, 3)).toEqual(expected.map((reading, index) => ({ ...reading, index })));
    expect(readings[3]).toMatchObject({ index: 3, diffId: digestOf(all[0].tar), fragments: [] });
    expect(progress).toBe(all.reduce((sum, { tar }) => sum + tar.length, all[0].tar.length));
    expect(threads).toBe(expectedThreads);
  });

  test.each<[string, string, (layer: StoredLayer) => void]>([
    ['a file is gone', 'unreachable', ({ root }) => rmSync(join(root, 'b/note'))],
    ['a file is longer', 'size-mismatch', ({ root }) => appendFileSync(join(root, 'b/note'), '!')],
    ['a file is shorter', 'size-mismatch', ({ root }) => writeFileSync(join(root, 'b/note'), '')],
    ['a file is another', 'diff-id-mismatch', ({ root }) => writeFileSync(join(root, 'b/note'), 'B')],
    [
      'a file is a link',
      'unsupported',
      ({ root }) => {
        rmSync(join(root, 'b/note'));
        symlinkSync('data', join(root, 'b/note'));
      },
    ],
    ['all files are gone', 'unreachable', ({ root }) => rmSync(root, { recursive: true })],
    ['the notes are gone', 'unreachable', ({ metadata }) => rmSync(metadata)],
    [
      'the notes are cut off',
      'truncated',
      ({ metadata, tar }) => writeFileSync(metadata, gzipSync(metadataOf(splitTar(tar))).subarray(0, -9)),
    ],
    [
      'the notes are not compressed',
      'malformed',
      ({ metadata, tar }) => writeFileSync(metadata, metadataOf(splitTar(tar))),
    ],
    [
      'the notes are of another layer',
      'unreachable',
      ({ metadata }) => writeFileSync(metadata, gzipSync(metadataOf(splitTar(layerOf('other', 100))))),
    ],
    [
      'the notes lead out',
      'malformed',
      ({ metadata }) =>
        writeFileSync(
          metadata,
          gzipSync('{"type":1,"name":"../../etc/passwd","size":9,"payload":null,"position":0}\n'),
        ),
    ],
    [
      'the notes are of no layer',
      'diff-id-mismatch',
      ({ metadata }) => writeFileSync(metadata, gzipSync('')),
    ],
  ])('are told from the layer where %s', async (_, code, damage) => {
    const all = layers();
    damage(all[1]);
    const fault = await fails(all);
    expect(fault).toMatchObject({
      name: 'VarveError',
      code: 'storage-differs',
      object: `layer 1 (${all[1].request.expected.diffId})`,
      hint: expect.stringContaining('export'),
    });
    expect(fault).toMatchObject({ cause: { name: 'VarveError', code } });
  });

  test('are given up for the reason of an abort', async () => {
    const controller = new AbortController();
    const requests = layers().map(({ request }) => request);
    const reading = readAll(requests, { signal: controller.signal, engine }, () =>
      controller.abort(new Error('enough')),
    );
    await expect(reading).rejects.toThrow('enough');
  });
});

test('notes in many gzip members are read to the end', async () => {
  const layer = keep(layerOf('a', 5000), 0);
  const notes = metadataOf(splitTar(layer.tar));
  const members = Array.from({ length: 50 }, (_, i) =>
    gzipSync(notes.subarray((i * notes.length) / 50, ((i + 1) * notes.length) / 50)),
  );
  writeFileSync(layer.metadata, Buffer.concat(members));
  expect((await readAll([layer.request]))[0]).toEqual({ ...(await readBytes(layer.tar)), index: 0 });
});

test('a sparse file, whose holes no notes tell of, differs', async () => {
  const fragments = sampleBytes(1024);
  const tar = tarOf(
    oldSparse(
      { name: 'holes' },
      100_000,
      [
        [0, 512],
        [50_000, 512],
      ],
      fragments,
    ),
  );
  const { request, metadata, root } = keep(tarOf(), 0);
  // As tar-split notes it: by the size that the file has where it is unpacked.
  const lines = [
    { type: 2, payload: tar.toString('base64', 0, 512), position: 0 },
    { type: 1, name: 'holes', size: 100_000, payload: '', position: 1 },
    { type: 2, payload: tar.toString('base64', 512 + fragments.length), position: 2 },
  ];
  writeFileSync(metadata, gzipSync(metadataOf({ lines: lines.map((line) => JSON.stringify(line)) })));
  writeFileSync(join(root, 'holes'), Buffer.alloc(100_000));
  const expected = { ...request.expected, diffId: digestOf(tar) };
  await expect(readAll([{ ...request, expected }])).rejects.toMatchObject({
    code: 'storage-differs',
    cause: { code: 'diff-id-mismatch' },
  });
});
