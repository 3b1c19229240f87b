import { randomBytes } from 'node:crypto';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { VarveError } from '../../../../src/base/errors.ts';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.ts';
import type { LayerAnalyzer } from '../../../../src/core/analysis/analyzer.ts';
import { analyzerKey } from '../../../../src/core/analysis/analyzer-key.ts';
import { filesAnalyzer } from '../../../../src/core/analysis/files/files-analyzer.ts';
import { readLayer } from '../../../../src/core/reading/layer-pass.ts';
import { gzipMembers, skippableFrame, zstdChunked, zstdFrame } from '../../../support/compressed-streams.ts';
import { readBytes, readFault, UNCHECKED } from '../../../support/read-layer.ts';
import { oldSparse, tarEntry, tarOf } from '../../../support/tar-writer.ts';

const TAR = tarOf(
  tarEntry({ name: 'noise' }, randomBytes(300_000)),
  tarEntry({ name: 'text' }, 'text '.repeat(50_000)),
);
const DIFF_ID = digestOf(TAR);

const SMALL = tarOf(tarEntry({ name: 'a' }, 'content'), tarEntry({ name: 'b', type: '2', link: 'a' }));

/** As a digest of something else. */
const OTHER = digestOf('something else');

describe('each compression', () => {
  const forms: readonly (readonly [string, 'none' | 'gzip' | 'zstd', Buffer])[] = [
    ['none', 'none', TAR],
    ['gzip', 'gzip', gzipSync(TAR)],
    [
      'gzip of many members',
      'gzip',
      gzipMembers(TAR.subarray(0, 1000), TAR.subarray(1000, 200_000), TAR.subarray(200_000)),
    ],
    ['zstd', 'zstd', zstdFrame(TAR)],
    ['zstd:chunked', 'zstd', zstdChunked(TAR, 50)],
    ['zstd after a skippable frame', 'zstd', Buffer.concat([skippableFrame('first'), zstdFrame(TAR)])],
  ];

  test.each(forms)('%s', async (_, compression, stored) => {
    const plain = await readBytes(TAR);
    for (const engine of ['native', 'public'] as const) {
      for (const chunk of [stored.length, 65_536, 1000, 3]) {
        if (chunk === 3 && engine === 'public') continue;
        const reading = await readBytes(stored, { engine, chunk });
        expect(reading).toEqual({
          index: 3,
          digest: digestOf(stored),
          size: stored.length,
          diffId: DIFF_ID,
          uncompressedSize: TAR.length,
          compression,
          findings: [],
          fragments: plain.fragments,
        });
      }
    }
  });

  test('an empty blob is an empty layer', async () => {
    const empty = Buffer.alloc(0);
    expect(await readBytes(empty)).toMatchObject({
      digest: digestOf(empty),
      diffId: digestOf(empty),
      uncompressedSize: 0,
    });
  });
});

describe('a fragment', () => {
  test('says which analyzer made it', async () => {
    const { fragments } = await readBytes(TAR);
    expect(fragments).toMatchObject([
      { kind: 'layer.files', analyzer: 'files@1', options: digestOf('{}'), format: 'ndjson' },
    ]);
  });

  test('is not made when only digests are wanted, and the tar is not looked into', async () => {
    const stored = gzipSync('this is no tar');
    const reading = await readBytes(stored, { want: [] });
    expect(reading).toMatchObject({
      digest: digestOf(stored),
      diffId: digestOf('this is no tar'),
      fragments: [],
      findings: [],
    });
  });

  test('of every analyzer comes out of the one pass; content goes where it is wanted', async () => {
    const seen: string[] = [];
    const reader: LayerAnalyzer = {
      key: analyzerKey('layer.test', 'reader@7', { of: 'texts' }),
      options: { of: 'texts' },
      format: 'json',
      keepDays: 7,
      findings: {},
      begin: () => {
        let bytes = 0;
        return {
          enter: ({ path }) => path === 'text',
          content: (_, start, end) => {
            bytes += end - start;
          },
          leave: ({ path, sha256 }) => seen.push(`${path} ${sha256.length}`),
          finish: ({ uncompressedSize }, payload) =>
            payload.write(JSON.stringify({ bytes, uncompressedSize })),
        };
      },
    };
    const { fragments } = await readBytes(TAR, { analyzers: [filesAnalyzer, reader] });
    expect(seen).toEqual(['noise 64', 'text 64']);
    const written = `{"bytes":250000,"uncompressedSize":${TAR.length}}`;
    expect(fragments[1]).toMatchObject({
      kind: 'layer.test',
      analyzer: 'reader@7',
      options: digestOf('{"of":"texts"}'),
      format: 'json',
      digest: digestOf(written),
      sizeBytes: written.length,
    });
    expect(fragments[0]).toEqual((await readBytes(TAR)).fragments[0]);
  });
});

describe('verification', () => {
  const stored = gzipSync(TAR);
  const expected = { digest: digestOf(stored), size: stored.length, diffId: DIFF_ID };

  test('what is as promised passes', async () => {
    expect(await readBytes(stored, { expected })).toMatchObject({ digest: expected.digest, diffId: DIFF_ID });
  });

  test.each([
    ['digest-mismatch', { digest: OTHER }],
    ['size-mismatch', { size: stored.length + 1 }, `has only ${stored.length}`],
    ['size-mismatch', { size: stored.length - 1 }, 'has more'],
    ['diff-id-mismatch', { diffId: OTHER }],
  ])('%s names the layer', async (code, wrong, said = '') => {
    for (const want of [UNCHECKED.want, []]) {
      const fault = await readFault(stored, { expected: { ...expected, ...wrong }, want });
      expect(fault).toMatchObject({ code, object: expect.stringContaining('layer 3 (sha256:') });
      expect(fault.message).toContain(said);
      expect(fault.hint).toBeDefined();
    }
  });

  test('a layer that never ends is given up one chunk after its size', async () => {
    let given = 0;
    const endless = function* () {
      for (; given < 1_000_000; given += 1000) yield Buffer.alloc(1000);
    };
    const request = { ...UNCHECKED, expected: { ...UNCHECKED.expected, size: 5500 } };
    const options = { limits: DEFAULT_LIMITS, analyzers: [filesAnalyzer] };
    await expect(readLayer(endless(), request, options)).rejects.toMatchObject({ code: 'size-mismatch' });
    expect(given).toBeLessThan(10_000);
  });

  test('any flipped byte is a wrong digest, whatever else it breaks', async () => {
    const blobs = [stored, zstdCompressSync(TAR), TAR];
    for (const blob of blobs) {
      for (let at = 0; at < blob.length; at += Math.ceil(blob.length / 15)) {
        const damaged = Buffer.from(blob);
        damaged[at] = (damaged[at] ?? 0) ^ 0x10;
        const fault = await readFault(damaged, { expected: { digest: digestOf(blob), diffId: DIFF_ID } });
        expect(fault, `byte ${at}`).toMatchObject({ code: 'digest-mismatch' });
      }
    }
  });

  test('without a promise the damage itself is told', async () => {
    const damaged = Buffer.from(stored);
    damaged.fill(0xff, 1000, 1100);
    expect(await readFault(damaged)).toMatchObject({ code: 'malformed', object: 'layer 3' });
    expect(await readFault(stored.subarray(0, 10_000))).toMatchObject({
      code: 'truncated',
      object: 'layer 3',
    });
    expect(await readFault(TAR.subarray(0, 10_000))).toMatchObject({ code: 'truncated', object: 'layer 3' });
    expect(await readFault(gzipSync('no tar '.repeat(200)))).toMatchObject({
      code: 'malformed',
      object: 'layer 3',
    });
  });

  test('a wrong diffID has a bad tar as its cause', async () => {
    const bad = Buffer.from(TAR);
    bad[100] = 0x39;
    const fault = await readFault(gzipSync(bad), { expected: { diffId: DIFF_ID } });
    expect(fault).toMatchObject({
      code: 'diff-id-mismatch',
      cause: expect.objectContaining({ code: 'malformed' }),
    });
  });

  test.each([
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
    ['bzip2', [0x42, 0x5a, 0x68, 0x39]],
    ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ])('what is compressed with %s is unsupported, and says so', async (name, magic) => {
    const stored = Buffer.concat([Buffer.from(magic), randomBytes(2000)]);
    const fault = await readFault(stored, { expected: { digest: digestOf(stored), diffId: DIFF_ID } });
    expect(fault).toMatchObject({ code: 'unsupported', message: expect.stringContaining(name) });
    expect(fault.hint).toContain('gzip or zstd');
  });

  test('a tar that only begins like it is a tar', async () => {
    const tar = tarOf(tarEntry({ name: 'BZh' }));
    expect(await readBytes(tar)).toMatchObject({ compression: 'none', diffId: digestOf(tar) });
  });

  test('a bad tar whose digests are right is malformed', async () => {
    const bad = Buffer.from(TAR);
    bad[100] = 0x39;
    const promised = { digest: digestOf(bad), diffId: digestOf(bad) };
    expect(await readFault(bad, { expected: promised })).toMatchObject({ code: 'malformed' });
  });
});

test('stored bytes with any damage give a reading or an error that names the layer', async () => {
  const blobs = [gzipSync(SMALL), zstdChunked(SMALL, 4), SMALL];
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...blobs), edits, fc.nat(), async (blob, places, cut) => {
      const damaged = Buffer.from(blob);
      for (const [at, byte] of places) damaged[at % blob.length] = byte;
      const stored = cut % 3 === 0 ? damaged.subarray(0, cut % blob.length) : damaged;
      const outcome = await readBytes(stored, { limits: { layerBytes: 10_000_000 } }).catch(
        (fault: unknown) => fault,
      );
      if (outcome instanceof VarveError) expect(outcome.object).toContain('layer 3');
      else expect(outcome).toMatchObject({ digest: digestOf(stored) });
    }),
    { numRuns: 300 },
  );
});

describe('faults of the source', () => {
  test('come through, and are no wrong digest', async () => {
    const closed: string[] = [];
    const failing = function* () {
      try {
        yield TAR.subarray(0, 2000);
        throw new VarveError('unreachable', 'the disk is gone');
      } finally {
        closed.push('yes');
      }
    };
    const request = { ...UNCHECKED, expected: { ...UNCHECKED.expected, digest: DIFF_ID } };
    const options = { limits: DEFAULT_LIMITS, analyzers: [filesAnalyzer] };
    await expect(readLayer(failing(), request, options)).rejects.toThrow('the disk is gone');
    const later = async function* () {
      yield* failing();
    };
    await expect(readLayer(later(), request, options)).rejects.toThrow('the disk is gone');
    expect(closed).toEqual(['yes', 'yes']);
  });

  test('a source is closed when its reading is given up', async () => {
    let closed = false;
    const source = function* () {
      try {
        for (;;) yield Buffer.alloc(1000);
      } finally {
        closed = true;
      }
    };
    const limits = { ...DEFAULT_LIMITS, layerBytes: 100_000 };
    const reading = readLayer(source(), UNCHECKED, { limits, analyzers: [filesAnalyzer] });
    await expect(reading).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(closed).toBe(true);
  });
});

describe('limits', () => {
  const bomb = tarOf(tarEntry({ name: 'zeros' }, Buffer.alloc(40 * 1024 * 1024)));

  test.each([
    ['gzip', gzipSync(bomb, { level: 9 })],
    ['zstd', zstdCompressSync(bomb)],
    ['none', bomb],
  ])('count uncompressed bytes: %s', async (_, stored) => {
    for (const want of [UNCHECKED.want, []]) {
      const limits = { layerBytes: 1024 * 1024 };
      const expected = { digest: digestOf(stored) };
      const fault = await readFault(stored, { limits, want, expected, chunk: 65_536 });
      expect(fault).toMatchObject({ code: 'limit-exceeded', object: expect.stringContaining('layer 3') });
      expect(fault.hint).toContain('--max-layer-bytes');
    }
    expect(await readBytes(stored, { limits: { layerBytes: bomb.length } })).toMatchObject({
      diffId: digestOf(bomb),
    });
  });

  test('a bomb is given up early', async () => {
    let read = 0;
    const onProgress = (bytes: number) => {
      read += bytes;
    };
    const stored = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });
    const options = { limits: { layerBytes: 1024 * 1024 }, onProgress, chunk: 1024 };
    expect(await readFault(stored, options)).toMatchObject({ code: 'limit-exceeded' });
    expect(read).toBeLessThan(stored.length / 10);
  });

  test('of sparse files stop before they are expanded', async () => {
    const tar = tarOf(oldSparse({}, 2 ** 35, [[0, 4]], Buffer.from('data')));
    const fault = await readFault(tar, { limits: { sparseBytes: 2 ** 30 } });
    expect(fault).toMatchObject({ code: 'limit-exceeded' });
  });
});

test('progress adds up to the stored size', async () => {
  let read = 0;
  const stored = gzipSync(TAR);
  const onProgress = (bytes: number) => {
    read += bytes;
  };
  await readBytes(stored, { onProgress, chunk: 4000 });
  expect(read).toBe(stored.length);
});
