import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VarveError } from '../../../../src/base/errors.ts';
import { scanFault, scanTar } from '../../../support/tar-scanning.ts';
import {
  base256,
  gnuLong,
  oldSparse,
  padded,
  paxHeader,
  tarEntry,
  tarHeader,
  tarOf,
} from '../../../support/tar-writer.ts';

describe('forged sizes', () => {
  test.each([
    ['2^62', 2n ** 62n],
    ['2^53', 2n ** 53n],
    ['-1', -1n],
    ['-2^62', -(2n ** 62n)],
  ])('%s', (_, size) => {
    const forged = base256(size);
    expect(scanFault(tarOf(tarHeader({ size: forged })))).toMatchObject({ code: 'malformed' });
    expect(scanFault(tarOf(tarHeader({ size: forged, type: 'x' })))).toMatchObject({ code: 'malformed' });
    expect(scanFault(tarOf(paxHeader([['size', String(size)]]), tarHeader()))).toMatchObject({
      code: 'malformed',
    });
    expect(scanFault(tarOf(oldSparse({ size: forged }, 10, [[0, 10]], Buffer.alloc(10))))).toMatchObject({
      code: 'malformed',
    });
  });

  test('of a size that is only too large the archive is cut off, whatever the size', () => {
    expect(scanFault(tarEntry({ size: 2 ** 53 - 1 }, 'content'))).toMatchObject({ code: 'truncated' });
  });

  test('a block over or short, so that content is taken for a header', () => {
    const content = Buffer.alloc(1024, 'x');
    const next = tarEntry({ name: 'next' }, content);
    expect(scanFault(tarOf(tarEntry({ size: 1025 }, content), next))).toMatchObject({ code: 'malformed' });
    expect(scanFault(tarOf(tarEntry({ size: 512 }, content), next))).toMatchObject({ code: 'malformed' });
  });
});

test.each<[string, Buffer]>([
  ['a device number that is not one, though nothing of a device is there', tarHeader({ major: 'abc' })],
  ['the same of the minor one, of a symlink', tarHeader({ type: '2', link: 'x', minor: '9' })],
  ['a number that goes on after a space and a NUL', tarHeader({ mode: '644 \0x' })],
  ['a keyword with a NUL', Buffer.concat([paxHeader([['pa\0th', 'x']]), tarHeader()])],
])('what engines refuse is refused: %s', (_, tar) => {
  expect(scanFault(tarOf(tar))).toMatchObject({ code: 'malformed' });
});

test('what engines read is read: text after a NUL in a number', () => {
  expect(scanTar(tarOf(tarHeader({ mode: '644\0x' }))).entries).toMatchObject([{ mode: 0o644 }]);
});

test('an end that is cut off within its second block is cut off', () => {
  const entry = tarEntry({ name: 'a' }, 'content');
  expect(scanFault(Buffer.concat([entry, Buffer.alloc(700)]))).toMatchObject({ code: 'truncated' });
});

describe('limits', () => {
  test('an extended header is refused at its size, before any of it is read', () => {
    const limits = { headerBytes: 1000 };
    for (const type of ['x', 'g', 'L', 'K']) {
      const fault = scanFault(tarHeader({ type, size: 1001 }), [], limits);
      expect(fault).toMatchObject({ code: 'limit-exceeded', object: expect.stringContaining('the tar') });
      expect(fault.hint).toContain('--max-header-bytes');
    }
    expect(scanTar(tarOf(gnuLong('L', 'n'.repeat(999)), tarHeader()), [], limits).entries).toHaveLength(1);
  });
});

test('global headers are limited all together', () => {
  const global = (key: string) =>
    paxHeader(
      [
        [`SCHILY.xattr.${key.repeat(400)}`, 'x'],
        ['comment', 'c'.repeat(300)],
      ],
      'g',
    );
  const limits = { headerBytes: 1000 };
  expect(scanTar(tarOf(global('a'), global('a'), global('b'), tarHeader()), [], limits).entries).toHaveLength(
    1,
  );
  expect(scanFault(tarOf(global('a'), global('b'), global('c')), [], limits)).toMatchObject({
    code: 'limit-exceeded',
  });
});

describe('damage', () => {
  test('a wrong checksum', () => {
    const fault = scanFault(tarOf(tarEntry({}, 'x'), tarHeader({ checksum: 'wrong' })));
    expect(fault).toMatchObject({ code: 'malformed', object: 'the tar' });
    expect(fault.message).toBe(
      'the tar: in the tar at byte 1024: what should be a header has a wrong checksum',
    );
  });

  test.each([
    ['text', Buffer.from('not a tar at all. '.repeat(100))],
    ['a gzip stream', Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), Buffer.alloc(600, 1)])],
    ['a lone block of zeros', tarOf(Buffer.alloc(512), tarEntry({}, 'x'))],
    ['a field that is no number', tarOf(tarHeader({ uid: 'root' }))],
  ])('%s is malformed', (_, tar) => {
    expect(scanFault(tar)).toMatchObject({ code: 'malformed' });
    expect(scanFault(tar, [100])).toMatchObject({ code: 'malformed' });
  });

  const records = (text: string) => tarOf(tarEntry({ type: 'x' }, text), tarHeader());

  test.each([
    ['no length', 'path=x\n'],
    ['a length of nothing', '0 path=x\n'],
    ['a length that is negative', '-9 path=x\n'],
    ['a length that is too long', '99 path=x\n'],
    ['a length that is too short', '8 path=x\n'],
    ['a length of 100 digits', `${'0'.repeat(99)}9 path=x\n`],
    ['no newline', '9 path=xy'],
    ['no value', '7 path\n'],
    ['no keyword', '5 =x\n'],
    ['an equals sign in the next record only', '5 a\n\n9 path=x\n'],
    ['fill instead of a record', '10 path=x\n\0\0\0\0'],
    ['a NUL in a path', '12 path=a\0b\n'],
    ['a NUL in a link target', '16 linkpath=a\0b\n'],
    ['a NUL in the name of an attribute', '23 SCHILY.xattr.a\0b=hi\n'],
    ['a uid that is no number', '10 uid=0x1\n'],
    ['a time that is none', '13 mtime=now\n'],
  ])('a record with %s', (_, text) => {
    expect(scanFault(records(text))).toMatchObject({ code: 'malformed' });
    expect(scanFault(records(text), [7])).toMatchObject({ code: 'malformed' });
  });

  test('an extended header that stands before no entry, where the archive does not end either', () => {
    const pax = paxHeader([['path', 'x']]);
    expect(scanTar(tarOf(pax)).entries).toEqual([]);
    expect(scanFault(pax)).toMatchObject({ code: 'truncated' });
    expect(scanTar(tarOf(paxHeader([['comment', 'x']], 'g'))).entries).toEqual([]);
  });

  test('cut anywhere but between entries it is cut off', () => {
    const pieces = [
      tarEntry({ name: 'a' }, Buffer.alloc(700, 1)),
      Buffer.concat([paxHeader([['path', 'b']]), tarEntry({}, 'b')]),
      Buffer.concat([gnuLong('L', 'c'.repeat(600)), tarHeader()]),
      oldSparse(
        {},
        100_000,
        Array.from({ length: 30 }, (_, i) => [i * 1000, 1]),
        Buffer.alloc(30, 1),
      ),
    ];
    const tar = Buffer.concat(pieces);
    const whole = [0];
    for (const piece of pieces) whole.push((whole.at(-1) ?? 0) + piece.length);
    // The fill after the last content byte may be missing: 700 of 1024, 1 of 512, 30 of 512.
    const inFill = (cut: number) =>
      (cut >= 512 + 700 && cut < 1536) ||
      (cut > (whole[2] ?? 0) - 512 && cut < (whole[2] ?? 0)) ||
      (cut > (whole[4] ?? 0) - 512 + 29 && cut < (whole[4] ?? 0));
    for (let cut = 0; cut <= tar.length; cut++) {
      if (whole.includes(cut) || inFill(cut)) scanTar(tar.subarray(0, cut));
      else expect(scanFault(tar.subarray(0, cut)).code, `cut at ${cut}`).toBe('truncated');
    }
  });
});

describe('fuzzing', () => {
  const seed = tarOf(
    paxHeader([
      ['path', 'some/long/name'],
      ['SCHILY.xattr.user.a', 'b'],
      ['mtime', '1.5'],
    ]),
    tarEntry({ name: 'a' }, 'content'),
    gnuLong('L', 'l'.repeat(300)),
    tarEntry({ name: 'b', format: 'gnu', type: '2', link: 'c' }),
    oldSparse(
      {},
      10_000,
      [
        [0, 5],
        [9000, 5],
      ],
      Buffer.from('1234567890'),
    ),
    paxHeader([
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.realsize', '3000'],
    ]),
    tarEntry({}, Buffer.concat([padded(Buffer.from('1\n2000\n5\n')), Buffer.from('12345')])),
    tarEntry({ name: 'dir/', type: '5', mtime: base256(-5) }),
  );

  /** Scans, and gives what happened: nothing but entries or a VarveError may. */
  const outcome = (tar: Buffer, chunks: readonly number[]) => {
    try {
      return scanTar(tar, chunks, { sparseBytes: 1024 * 1024 }).entries;
    } catch (fault) {
      if (!(fault instanceof VarveError)) throw fault;
      return fault.code;
    }
  };

  /** Puts a right checksum into every block that might be a header, so that damage gets past it. */
  const resummed = (tar: Buffer): Buffer => {
    for (let at = 0; at + 512 <= tar.length; at += 512) {
      const block = tar.subarray(at, at + 512);
      if (block.toString('latin1', 257, 262) !== 'ustar') continue;
      block.fill(' ', 148, 156);
      block.write(
        `${block
          .reduce((a, b) => a + b, 0)
          .toString(8)
          .padStart(6, '0')}\0 `,
        148,
        'latin1',
      );
    }
    return tar;
  };

  const edits = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
  const chunks = fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 5 });

  test('damaged bytes give entries or an error, the same however they are cut', () => {
    fc.assert(
      fc.property(edits, chunks, fc.boolean(), (places, sizes, resum) => {
        const tar = Buffer.from(seed);
        for (const [at, byte] of places) tar[at] = byte;
        if (resum) resummed(tar);
        expect(outcome(tar, sizes)).toEqual(outcome(tar, []));
      }),
      { numRuns: 1000 },
    );
  });

  test('so do bytes that are left out, doubled or cut off', () => {
    const span = fc.tuple(fc.nat(seed.length), fc.nat(1200), fc.boolean());
    fc.assert(
      fc.property(span, chunks, ([at, length, doubled], sizes) => {
        const middle = doubled ? seed.subarray(at, at + length) : Buffer.alloc(0);
        const rest = doubled ? seed.subarray(at) : seed.subarray(at + length);
        const tar = Buffer.concat([seed.subarray(0, at), middle, rest]);
        expect(outcome(tar, sizes)).toEqual(outcome(tar, []));
      }),
      { numRuns: 600 },
    );
  });
});
