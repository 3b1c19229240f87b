import { describe, expect, test } from 'vitest';
import { scanFault, scanTar } from '../../../support/tar-scanning.ts';
import {
  gnuLong,
  oldSparse,
  type PaxRecord,
  padded,
  paxHeader,
  tarEntry,
  tarHeader,
  tarOf,
} from '../../../support/tar-writer.ts';

type Part = readonly [offset: number, length: number];

const SIZE = 200_000;
const PARTS: readonly Part[] = [
  [100, 50],
  [4096, 1000],
  [150_000, 7],
];
const STORED = Buffer.concat(PARTS.map(([, length], i) => Buffer.alloc(length, i + 1)));

function expanded(parts: readonly Part[], stored: Buffer, size: number): Buffer {
  const content = Buffer.alloc(size);
  let at = 0;
  for (const [offset, length] of parts) {
    stored.copy(content, offset, at, at + length);
    at += length;
  }
  return content;
}

const EXPANDED = expanded(PARTS, STORED, SIZE);

const zeroZero = (parts: readonly Part[], size: number): PaxRecord[] => [
  ['GNU.sparse.size', String(size)],
  ['GNU.sparse.numblocks', String(parts.length)],
  ...parts.flatMap(([offset, length]): PaxRecord[] => [
    ['GNU.sparse.offset', String(offset)],
    ['GNU.sparse.numbytes', String(length)],
  ]),
];

const zeroOne = (parts: readonly Part[], size: number): PaxRecord[] => [
  ['GNU.sparse.size', String(size)],
  ['GNU.sparse.numblocks', String(parts.length)],
  ['GNU.sparse.map', parts.flat().join(',')],
  ['GNU.sparse.name', 'real/name'],
];

const ONE_ZERO: PaxRecord[] = [
  ['GNU.sparse.major', '1'],
  ['GNU.sparse.minor', '0'],
  ['GNU.sparse.name', 'real/name'],
];

const leadingMap = (parts: readonly Part[]) =>
  padded(Buffer.from(`${[parts.length, ...parts.flat()].join('\n')}\n`));

const withMap = (records: PaxRecord[], content: Buffer) =>
  tarOf(paxHeader(records), tarEntry({ name: 'GNUSparseFile.1/x' }, content), tarHeader({ name: 'next' }));

const oneZero = (parts: readonly Part[], stored: Buffer, size: number) =>
  withMap([...ONE_ZERO, ['GNU.sparse.realsize', String(size)]], Buffer.concat([leadingMap(parts), stored]));

/** More parts than the header of the old form has room for. */
const MANY: readonly Part[] = Array.from({ length: 60 }, (_, i) => [i * 1000, 10] as const);
const MANY_STORED = Buffer.from(Array.from({ length: 600 }, (_, i) => i % 251));

describe('each form of sparse files', () => {
  test.each([
    ['old GNU', 'x', tarOf(oldSparse({ name: 'x' }, SIZE, PARTS, STORED), tarHeader({ name: 'next' }))],
    ['PAX 0.0', 'GNUSparseFile.1/x', withMap(zeroZero(PARTS, SIZE), STORED)],
    ['PAX 0.1', 'real/name', withMap(zeroOne(PARTS, SIZE), STORED)],
    ['PAX 1.0', 'real/name', oneZero(PARTS, STORED, SIZE)],
  ])('%s', (_, name, tar) => {
    for (const chunks of [[], [1], [512], [513]]) {
      const { entries } = scanTar(tar, chunks);
      expect(entries).toMatchObject([{ name, size: SIZE, type: 'file' }, { name: 'next' }]);
      expect(entries[0]?.content.equals(EXPANDED)).toBe(true);
    }
  });

  test('old GNU, with a link target, which a file has not', () => {
    const { entries } = scanTar(tarOf(oldSparse({ name: 'x', link: 'y' }, SIZE, PARTS, STORED)));
    expect(entries).toMatchObject([{ name: 'x', linkName: '' }]);
  });

  test('old GNU, with a name that its header has no room for', () => {
    const name = 'directory/'.repeat(20);
    const sparse = oldSparse({ name: name.slice(0, 100) }, SIZE, PARTS, STORED);
    for (const extended of [gnuLong('L', `${name}x`), paxHeader([['path', `${name}x`]])]) {
      const { entries } = scanTar(tarOf(extended, sparse, tarHeader({ name: 'next' })));
      expect(entries).toMatchObject([{ name: `${name}x`, size: SIZE }, { name: 'next' }]);
      expect(entries[0]?.content.equals(EXPANDED)).toBe(true);
    }
  });

  test.each([
    ['old GNU, in further blocks', tarOf(oldSparse({}, 100_000, MANY, MANY_STORED), tarHeader())],
    ['PAX 1.0, in further blocks', oneZero(MANY, MANY_STORED, 100_000)],
  ])('a long map: %s', (_, tar) => {
    const content = expanded(MANY, MANY_STORED, 100_000);
    for (const chunks of [[], [100]]) {
      const { entries } = scanTar(tar, chunks);
      expect(entries).toHaveLength(2);
      expect(entries[0]?.content.equals(content)).toBe(true);
    }
  });

  test('a file that is one hole', () => {
    const end: Part = [5000, 0];
    for (const tar of [
      tarOf(oldSparse({}, 5000, [end], Buffer.alloc(0)), tarHeader()),
      oneZero([end], Buffer.alloc(0), 5000),
      withMap(zeroOne([end], 5000), Buffer.alloc(0)),
    ]) {
      const { entries } = scanTar(tar);
      expect(entries).toHaveLength(2);
      expect(entries[0]).toMatchObject({ size: 5000, content: Buffer.alloc(5000) });
    }
  });
});

describe('forged maps', () => {
  const forged: readonly (readonly [string, readonly Part[], number])[] = [
    [
      'goes backwards',
      [
        [100, 50],
        [90, 1000],
        [5000, 7],
      ],
      SIZE,
    ],
    [
      'overlaps',
      [
        [100, 50],
        [149, 1000],
        [5000, 7],
      ],
      SIZE,
    ],
    [
      'goes beyond the end',
      [
        [100, 50],
        [4096, 1000],
        [SIZE - 6, 7],
      ],
      SIZE,
    ],
    [
      'covers one byte less',
      [
        [100, 50],
        [4096, 1000],
        [150_000, 6],
      ],
      SIZE,
    ],
    [
      'covers one byte more',
      [
        [100, 50],
        [4096, 1000],
        [150_000, 8],
      ],
      SIZE,
    ],
    ['is huge', [[0, 2 ** 32]], 2 ** 32],
  ];

  test.each(forged)('%s', (_, parts, size) => {
    expect(scanFault(tarOf(oldSparse({}, size, parts, STORED)))).toMatchObject({ code: 'malformed' });
    expect(scanFault(withMap(zeroZero(parts, size), STORED))).toMatchObject({ code: 'malformed' });
    expect(scanFault(withMap(zeroOne(parts, size), STORED))).toMatchObject({ code: 'malformed' });
    expect(scanFault(oneZero(parts, STORED, size))).toMatchObject({ code: 'malformed' });
  });

  test.each([
    ['a count that is too high', '4\n100\n50\n4096\n1000\n150000\n7\n'],
    ['a count that is no number', 'x\n1\n2\n'],
    ['a negative number', '1\n-5\n1057\n'],
    ['an endless line', '1'.repeat(2000)],
    ['an endless list', `9007199254740991\n${'0\n'.repeat(3000)}`],
  ])('in form 1.0: %s', (_, map) => {
    const content = Buffer.concat([padded(Buffer.from(map)), STORED]);
    const tar = withMap([...ONE_ZERO, ['GNU.sparse.realsize', String(SIZE)]], content);
    expect(scanFault(tar)).toMatchObject({ code: 'malformed' });
    expect(scanFault(tar, [1])).toMatchObject({ code: 'malformed' });
  });

  test('0.0 out of order, 0.1 of odd length, a wrong number of blocks, a form of the future', () => {
    const [size, count, ...map] = zeroZero(PARTS, SIZE) as [PaxRecord, PaxRecord, ...PaxRecord[]];
    expect(scanFault(withMap([size, count, ...map.toReversed()], STORED)).message).toContain('out of order');
    expect(scanFault(withMap([size, ['GNU.sparse.numblocks', '2'], ...map], STORED)).code).toBe('malformed');
    expect(scanFault(withMap([size, count, ['GNU.sparse.map', '1,2,3']], STORED)).code).toBe('malformed');
    const future: PaxRecord[] = [
      ['GNU.sparse.major', '2'],
      ['GNU.sparse.minor', '0'],
    ];
    expect(scanFault(withMap(future, STORED)).code).toBe('unsupported');
  });

  test('a sparse directory', () => {
    const tar = tarOf(paxHeader(zeroOne(PARTS, SIZE)), tarHeader({ type: '5' }));
    expect(scanFault(tar)).toMatchObject({ code: 'malformed' });
  });

  test("star's own form is refused", () => {
    expect(scanFault(tarOf(tarHeader({ type: 'S', format: 'star' })))).toMatchObject({ code: 'unsupported' });
  });
});

describe('limits', () => {
  const limits = { sparseBytes: 2 * SIZE };

  test('count what sparse files expand to, all of them together', () => {
    const file = oldSparse({}, SIZE, PARTS, STORED);
    expect(scanTar(tarOf(file, file), [], limits).entries).toHaveLength(2);
    expect(scanFault(tarOf(file, file, file), [], limits)).toMatchObject({ code: 'limit-exceeded' });
    expect(scanFault(tarOf(oldSparse({}, 2 ** 32, PARTS, STORED)), [], limits).hint).toContain(
      '--max-sparse-bytes',
    );
  });

  test('count the bytes of maps', () => {
    const headers = { headerBytes: 1024 };
    expect(scanFault(tarOf(oldSparse({}, 100_000, MANY, MANY_STORED)), [], { headerBytes: 512 }).code).toBe(
      'limit-exceeded',
    );
    expect(
      scanFault(
        oneZero(
          Array.from({ length: 400 }, (_, i) => [i, 0]),
          Buffer.alloc(0),
          1000,
        ),
        [],
        headers,
      ).code,
    ).toBe('limit-exceeded');
  });
});
