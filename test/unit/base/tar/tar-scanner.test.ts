import { describe, expect, test } from 'vitest';
import { type ScannedEntry, scanFault, scanTar } from '../../../support/tar-scanning.ts';
import {
  base256,
  gnuLong,
  type HeaderFields,
  octal,
  padded,
  paxHeader,
  TAR_END,
  tarEntry,
  tarHeader,
  tarOf,
} from '../../../support/tar-writer.ts';

const only = (...parts: Buffer[]): ScannedEntry => {
  const { entries } = scanTar(tarOf(...parts));
  expect(entries).toHaveLength(1);
  return entries[0] as ScannedEntry;
};

describe('types', () => {
  test.each([
    ['0', 'file'],
    ['\0', 'file'],
    ['7', 'file'],
    ['1', 'hardlink'],
    ['2', 'symlink'],
    ['3', 'char'],
    ['4', 'block'],
    ['5', 'dir'],
    ['6', 'fifo'],
    ['V', 'file'],
    ['Z', 'file'],
  ])('%j is %s', (type, expected) => {
    expect(only(tarHeader({ type }))).toMatchObject({ type: expected, typeFlag: type.charCodeAt(0) });
  });

  test('a name that ends with a slash is a directory only where there were no types yet', () => {
    expect(only(tarHeader({ type: '\0', name: 'old/' })).type).toBe('dir');
    expect(only(tarHeader({ type: '0', name: 'new/' })).type).toBe('file');
    expect(only(paxHeader([['path', 'long/']]), tarHeader({ type: '\0', name: 'x' })).type).toBe('dir');
    expect(only(paxHeader([['path', 'long']]), tarHeader({ type: '\0', name: 'x/' })).type).toBe('file');
  });

  test.each(['1', '2', '3', '4', '5', '6'])('type %s has no content, whatever its size says', (type) => {
    const { entries } = scanTar(tarOf(tarHeader({ type, size: 700 }), tarEntry({ name: 'next' }, 'content')));
    expect(entries).toMatchObject([{ size: 0 }, { name: 'next', size: 7, content: Buffer.from('content') }]);
  });

  test('only links have a target, only devices a number', () => {
    const fields: HeaderFields = { link: 'there', major: 8, minor: 1 };
    expect(only(tarHeader({ ...fields, type: '2' }))).toMatchObject({ linkName: 'there', devMajor: 0 });
    expect(only(tarHeader({ ...fields, type: '4' }))).toMatchObject({
      linkName: '',
      devMajor: 8,
      devMinor: 1,
    });
    expect(only(tarHeader({ ...fields, type: '0' }))).toMatchObject({
      linkName: '',
      devMajor: 0,
      devMinor: 0,
    });
  });

  test('device numbers in base-256', () => {
    const device = tarHeader({ type: '3', major: base256(4095, 8), minor: base256(2 ** 31, 8) });
    expect(only(device)).toMatchObject({ devMajor: 4095, devMinor: 2 ** 31 });
  });
});

describe('header blocks', () => {
  test('all fields of all forms', () => {
    const fields: HeaderFields = {
      name: 'n',
      mode: 0o4755,
      uid: 12,
      gid: 34,
      mtime: 56,
      prefix: 'p',
      type: '5',
    };
    const common = { mode: 0o4755, uid: 12, gid: 34, mtime: 56, mtimeNs: 0, xattrs: null };
    expect(only(tarHeader({ ...fields, format: 'ustar' }))).toMatchObject({ ...common, name: 'p/n' });
    expect(only(tarHeader({ ...fields, format: 'star' }))).toMatchObject({ ...common, name: 'p/n' });
    expect(only(tarHeader({ ...fields, format: 'gnu' }))).toMatchObject({ ...common, name: 'n' });
    expect(only(tarHeader({ ...fields, format: 'v7' }))).toMatchObject({ ...common, name: 'n' });
  });

  test('a GNU header has times in the place of the prefix, but where an old Go put a prefix', () => {
    const at = (bytes: string | Buffer) =>
      only(tarHeader({ name: 'n', format: 'gnu', patches: [[345, bytes]] })).name;
    expect(at(octal(1_700_000_000, 12) + octal(1_700_000_000, 12))).toBe('n');
    expect(at(base256(2 ** 40))).toBe('n');
    expect(at('usr/share/some/where')).toBe('usr/share/some/where/n');
    expect(at(Buffer.from('usr/\xff', 'latin1'))).toBe('n');
  });

  test('a name and prefix that fill their fields have no NUL', () => {
    const [name, prefix] = ['n'.repeat(100), 'p'.repeat(155)];
    expect(only(tarHeader({ name, prefix })).name).toBe(`${prefix}/${name}`);
  });

  test('a star header has times after a shorter prefix, and says `tar` at its end', () => {
    const [prefix, times] = ['p'.repeat(131), '10737420210 10737420211 '];
    const at = (trailer: string) =>
      only(
        tarHeader({
          name: 'n',
          patches: [
            [345, prefix + times],
            [508, trailer],
          ],
        }),
      ).name;
    expect(at('tar\0')).toBe(`${prefix}/n`);
    for (const trailer of ['\0\0\0\0', 'Tar\0', 'tAr\0', 'taR\0', 'tar!'])
      expect(at(trailer)).toBe(`${prefix}${times}/n`);
  });

  test('a star header whose times are not numbers is refused, as Go refuses it', () => {
    for (const place of [476, 487, 488, 499]) {
      const header = tarHeader({ name: 'n', format: 'star', prefix: 'p', patches: [[place, 'q']] });
      expect(scanFault(tarOf(header))).toMatchObject({ code: 'malformed' });
    }
    expect(only(tarHeader({ name: 'n', format: 'star', patches: [[476, '00000000001 ']] })).name).toBe('n');
  });

  test('a name that is not UTF-8 keeps its bytes', () => {
    expect(only(tarHeader({ name: Buffer.from([0x61, 0xff, 0x80, 0x62]) })).name).toBe('a\xff\x80b');
  });

  test('negative and huge numbers in base-256', () => {
    const header = tarHeader({ mtime: base256(-86_400), uid: base256(2 ** 40, 8), gid: base256(-2, 8) });
    expect(only(header)).toMatchObject({ mtime: -86_400, uid: 2 ** 40, gid: -2 });
  });

  test('a checksum of signed bytes is accepted', () => {
    const name = Buffer.from([0xe4, 0xf6, 0xfc]);
    expect(only(tarHeader({ name, checksum: 'signed' })).name).toBe('\xe4\xf6\xfc');
  });
});

describe('extended headers', () => {
  const long = 'd/'.repeat(200);

  test('PAX says more than the block', () => {
    const pax = paxHeader([
      ['path', `${long}ä`],
      ['uid', '3000000'],
      ['gid', '-1'],
      ['mtime', '1700000000.25'],
      ['size', '3'],
      ['comment', 'of no meaning'],
      ['SCHILY.xattr.user.empty', ''],
      ['SCHILY.xattr.security.capability', Buffer.from([1, 0, 0xff, 0x0a, 0x3d])],
      ['LIBARCHIVE.xattr.user.a%3Db', 'aGk'],
    ]);
    expect(only(pax, tarHeader({ name: 'short' }), padded(Buffer.from('abc')))).toMatchObject({
      name: Buffer.from(`${long}ä`).toString('latin1'),
      uid: 3_000_000,
      gid: -1,
      mtime: 1_700_000_000,
      mtimeNs: 250_000_000,
      size: 3,
      content: Buffer.from('abc'),
      xattrs: new Map([
        ['user.empty', ''],
        ['security.capability', '\x01\0\xff\n='],
      ]),
      libarchiveXattrs: new Map([['user.a=b', 'hi']]),
    });
  });

  test('of both kinds of the same attribute the plain one counts, in either order', () => {
    const plain = ['SCHILY.xattr.user.x', 'plain'] as const;
    const other = ['LIBARCHIVE.xattr.user.x', 'b3RoZXI='] as const;
    const same = ['LIBARCHIVE.xattr.user.x', 'cGxhaW4='] as const;
    const xattrs = new Map([['user.x', 'plain']]);
    const libarchiveXattrs = new Map([['user.x', 'other']]);
    for (const records of [
      [plain, other],
      [other, plain],
    ])
      expect(only(paxHeader(records), tarHeader())).toMatchObject({ xattrs, libarchiveXattrs });
    expect(only(paxHeader([plain, same]), tarHeader())).toMatchObject({ xattrs, libarchiveXattrs: null });
    expect(only(paxHeader([same]), tarHeader())).toMatchObject({ xattrs: null });
  });

  test('hdrcharset=BINARY and names that are not UTF-8', () => {
    const pax = paxHeader([
      ['hdrcharset', 'BINARY'],
      ['path', Buffer.from([0x61, 0xff])],
      ['linkpath', Buffer.from([0xfe])],
    ]);
    expect(only(pax, tarHeader({ type: '2' }))).toMatchObject({ name: 'a\xff', linkName: '\xfe' });
  });

  test('an empty value leaves what the block says', () => {
    expect(only(paxHeader([['path', '']]), tarHeader({ name: 'block' })).name).toBe('block');
  });

  test('holds for one entry', () => {
    const { entries } = scanTar(
      tarOf(paxHeader([['path', 'one']]), tarHeader({ name: 'x' }), tarHeader({ name: 'two' })),
    );
    expect(entries.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  test('of two in a row the latter holds, and that of Solaris is an entry of another type', () => {
    expect(only(paxHeader([['path', 'a']]), paxHeader([['path', 'b']]), tarHeader()).name).toBe('b');
    const { entries } = scanTar(tarOf(paxHeader([['path', 'sun']], 'X'), tarHeader({ name: 'a' })));
    expect(entries).toMatchObject([{ type: 'file', typeFlag: 'X'.charCodeAt(0) }, { name: 'a' }]);
  });

  test('a size in PAX counts, not that of the block', () => {
    const { entries } = scanTar(
      tarOf(
        paxHeader([['size', '1025']]),
        tarHeader({ size: 3 }),
        padded(Buffer.alloc(1025, 7)),
        tarHeader({ name: 'b' }),
      ),
    );
    expect(entries).toMatchObject([{ size: 1025, content: Buffer.alloc(1025, 7) }, { name: 'b' }]);
  });

  test('global ones hold for nothing, as engines have it, and are told of', () => {
    const { entries, scanner } = scanTar(
      tarOf(
        tarHeader({ name: 'before', uid: 1 }),
        paxHeader(
          [
            ['uid', '7'],
            ['comment', 'c'],
          ],
          'g',
        ),
        tarHeader({ name: 'a' }),
        paxHeader([['mtime', '5']], 'g'),
        paxHeader([['uid', '8']]),
        tarHeader({ name: 'b' }),
        tarHeader({ name: 'c' }),
      ),
    );
    expect(entries).toMatchObject([
      { name: 'before', uid: 1 },
      { name: 'a', uid: 0, mtime: 0 },
      { name: 'b', uid: 8, mtime: 0 },
      { name: 'c', uid: 0, mtime: 0 },
    ]);
    expect(scanner.globalKeywords).toEqual(['uid', 'mtime']);
  });

  test('a global one ends a local one before it, as Go reads it', () => {
    const { entries } = scanTar(
      tarOf(
        paxHeader([
          ['path', 'elsewhere'],
          ['uid', '8'],
        ]),
        paxHeader([['comment', 'c']], 'g'),
        tarHeader({ name: 'etc/ld.so.preload' }),
      ),
    );
    expect(entries).toMatchObject([{ name: 'etc/ld.so.preload', uid: 0 }]);
  });

  test('a global comment, as git writes it, changes nothing', () => {
    const { entries, scanner } = scanTar(tarOf(paxHeader([['comment', 'abc']], 'g'), tarHeader()));
    expect(entries).toHaveLength(1);
    expect(scanner.globalKeywords).toEqual([]);
  });

  test("GNU's long name and long target", () => {
    const entry = only(
      gnuLong('K', `${long}target`),
      gnuLong('L', `${long}name`),
      tarHeader({ type: '2', format: 'gnu' }),
    );
    expect(entry).toMatchObject({ name: `${long}name`, linkName: `${long}target` });
  });

  test('a header of 2 MiB that hides another name is read like any other', () => {
    const pax = paxHeader([
      ['comment', 'x'.repeat(2 * 1024 * 1024)],
      ['path', 'evil/hidden'],
    ]);
    expect(only(pax, tarHeader({ name: 'benign.txt' })).name).toBe('evil/hidden');
  });
});

describe('the end of an archive', () => {
  const entry = tarEntry({ name: 'a' }, 'content');

  test.each([
    ['nothing at all', Buffer.alloc(0), 0],
    ['only the end', TAR_END, 0],
    ['no end', entry, 1],
    ['no fill either', entry.subarray(0, 512 + 7), 1],
    ['one block of zeros', Buffer.concat([entry, Buffer.alloc(512)]), 1],
    ['two', tarOf(entry), 1],
    ['many, as records of 10 KiB have it', Buffer.concat([entry, Buffer.alloc(10_240)]), 1],
  ])('%s', (_, tar, count) => {
    const { entries, scanner } = scanTar(tar);
    expect(entries).toHaveLength(count);
    expect(scanner.trailingData).toBe(0);
  });

  test('what follows it is not read, and told of', () => {
    const { entries, scanner } = scanTar(
      Buffer.concat([tarOf(entry), Buffer.alloc(100), Buffer.from('hidden'), Buffer.alloc(3000)]),
      [700],
    );
    expect(entries).toHaveLength(1);
    expect(scanner.trailingData).toBe(106);
  });
});

test('chunks may be cut anywhere', () => {
  const tar = tarOf(
    paxHeader([['path', 'long']]),
    tarEntry({}, Buffer.alloc(1300, 1)),
    gnuLong('L', 'x'.repeat(1000)),
    tarEntry({ format: 'gnu' }, 'y'),
  );
  const whole = scanTar(tar).entries;
  for (const size of [1, 2, 3, 511, 512, 513, 1000, 1024])
    expect(scanTar(tar, [size]).entries).toEqual(whole);
});
