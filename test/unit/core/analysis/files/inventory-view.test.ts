import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { canonicalJson } from '../../../../../src/base/canonical-json.ts';
import { digestOf } from '../../../../../src/base/digest.ts';
import { VarveError } from '../../../../../src/base/errors.ts';
import type { InventoryEntry } from '../../../../../src/core/analysis/files/inventory.ts';
import { Inventory } from '../../../../../src/core/analysis/files/inventory-view.ts';
import { parseLine } from '../../../../../src/core/analysis/files/parse-line.ts';
import { pathBytes, ROOT } from '../../../../../src/core/layer/entry-path.ts';
import type { LayerView } from '../../../../../src/core/rootfs/rootfs-reader.ts';
import { inventoryOf } from '../../../../support/read-layer.ts';
import { gnuLong, paxHeader, tarEntry, tarOf } from '../../../../support/tar-writer.ts';

test('it is what merging reads', () => {
  expectTypeOf<Inventory>().toExtend<LayerView>();
});

const part = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom('a', 'b', 'a.b', 'a-b', 'c', '.wh.a', '.wh..wh..opq', 'ä', '"', '\\', '\n'),
  },
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).map((text) => text.replaceAll(/[/\0]/g, '_')),
  fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes.map((byte) => byte | 0x80))),
);

const name = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .map((parts) =>
    Buffer.concat(parts.flatMap((each, i) => [Buffer.from(i === 0 ? '' : '/'), Buffer.from(each)])),
  );

const entry = fc.record({
  name,
  type: fc.constantFrom('0', '0', '1', '2', '3', '5', '6'),
  link: name,
  uid: fc.nat(5),
  mtime: fc.nat(2 ** 33),
  fraction: fc.option(fc.nat(999_999_999), { freq: 5 }),
  xattrs: fc.array(
    fc.tuple(fc.constantFrom('type', 'path', 'user.x', 'ä', '"'), fc.uint8Array({ maxLength: 6 })),
    { maxLength: 2 },
  ),
});

type Entry = typeof entry extends fc.Arbitrary<infer V> ? V : never;

function write({ name, type, link, uid, mtime, fraction, xattrs }: Entry): Buffer {
  const records = [
    ...(fraction === null ? [] : [['mtime', `${mtime}.${String(fraction).padStart(9, '0')}`] as const]),
    ...xattrs.map(([key, value]) => [`SCHILY.xattr.${key}`, Buffer.from(value)] as const),
  ];
  return Buffer.concat([
    ...(records.length > 0 ? [paxHeader(records)] : []),
    gnuLong('L', name),
    tarEntry({ type, uid, mtime, link, major: 1, minor: uid }, type === '0' ? String(uid) : ''),
  ]);
}

const open = async (entries: readonly Entry[]) => {
  const { payload, entries: parsed } = await inventoryOf(tarOf(...entries.map(write)));
  return { view: new Inventory(payload, 'the inventory'), parsed };
};

describe('an inventory, read where it lies', () => {
  test('answers as a list of all entries would', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 40 }),
        fc.array(name, { maxLength: 5 }),
        async (entries, strangers) => {
          const { view, parsed } = await open(entries);
          expect([...view.entries()]).toEqual(parsed);
          const keyed = parsed.map((each) => ({ each, path: pathBytes(each) }));
          const paths = [
            ...keyed.map(({ path }) => path),
            ...strangers.map((bytes) => bytes.toString('latin1')),
            ROOT,
            'a',
          ];
          for (const path of new Set(paths)) {
            expect(view.find(path)).toEqual(keyed.findLast((one) => one.path === path)?.each ?? null);
            const prefix = path === ROOT ? '' : `${path}/`;
            const beneath = keyed.filter((one) => one.path.startsWith(prefix) && one.path !== ROOT);
            expect([...view.below(path)]).toEqual(beneath.map(({ each }) => each));
          }
          expect([...view.symlinks()]).toEqual(parsed.filter(({ type }) => type === 'symlink'));
          expect([...view.ofType('file')]).toEqual(parsed.filter(({ type }) => type === 'file'));
          expect([...view.whiteouts()]).toEqual(
            parsed.filter(({ type }) => type === 'whiteout' || type === 'opaque'),
          );
          const stated = new Map(keyed.map(({ each, path }) => [path, each.type]));
          const parents = new Set(
            keyed.flatMap(({ path }) => (path.includes('/') ? [path.slice(0, path.lastIndexOf('/'))] : [])),
          );
          expect(view.implicitParents().toSorted()).toEqual(
            [...parents].filter((path) => stated.get(path) !== 'dir').toSorted(),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  test('an attribute called type does not make a symlink', async () => {
    const { payload } = await inventoryOf(
      tarOf(
        paxHeader([['SCHILY.xattr.type', Buffer.from('~)^')]]),
        tarEntry({ name: 'a' }),
        tarEntry({ name: 'b' }),
      ),
    );
    expect(payload.includes('"type":"file"')).toBe(true);
    expect(payload.includes('"xattrs":{"type":"file"')).toBe(true);
    expect([...new Inventory(payload, 'it').ofType('file')].map(({ path }) => path)).toEqual(['a', 'b']);
  });

  test('one with no entries', () => {
    const view = new Inventory(payloadOf([]), 'it');
    expect([...view.entries()]).toEqual([]);
    expect([...view.below(ROOT)]).toEqual([]);
    expect(view.find('a')).toBeNull();
    expect(view.header.entries).toBe(0);
  });

  test('the root stands below nothing', () => {
    const view = new Inventory(payloadOf([{ ...DIR, path: '.' }, DIR]), 'it');
    expect([...view.below(ROOT)]).toEqual([DIR]);
    expect(view.find(ROOT)).toEqual({ ...DIR, path: '.' });
  });

  test('a very long path, full of escapes', async () => {
    const path = '"\\\n'.repeat(150_000);
    const { payload } = await inventoryOf(tarOf(gnuLong('L', path), tarEntry({ format: 'gnu' })));
    const view = new Inventory(payload, 'it');
    expect(view.find(path)?.path).toBe(path);
    expect([...view.entries()]).toHaveLength(1);
  });
});

const HEADER = {
  schema: 'varve.layer-files@1',
  diffId: digestOf('layer'),
  entries: 0,
  uncompressedSize: 1024,
  orderDigest: digestOf('order'),
  findings: [],
  implicitParents: [],
};

const DIR: InventoryEntry = { path: 'a', type: 'dir', mode: '0755', uid: 0, gid: 0, size: 0, mtime: 0 };
const FILE: InventoryEntry = { ...DIR, type: 'file', sha256: 'a'.repeat(64) };

function payloadOf(
  entries: readonly object[],
  header: object = { ...HEADER, entries: entries.length },
): Buffer {
  return Buffer.from([header, ...entries].map((each) => `${canonicalJson(each)}\n`).join(''));
}

describe('a payload that is not an inventory', () => {
  const faultOf = (payload: Buffer): VarveError => {
    try {
      for (const _ of new Inventory(payload, 'sha256:abc').entries());
    } catch (fault) {
      if (fault instanceof VarveError) return fault;
      throw fault;
    }
    throw new Error('it was read');
  };

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['no newline', Buffer.from('{}')],
    ['no newline at the end', payloadOf([DIR]).subarray(0, -1)],
    ['no header', payloadOf([], DIR)],
    ['an unknown schema', payloadOf([], { ...HEADER, schema: 'varve.layer-files@2' })],
    ['an unknown field in the header', payloadOf([], { ...HEADER, more: 1 })],
    ['a digest that is none', payloadOf([], { ...HEADER, diffId: 'sha256:abc' })],
    ['a header that is not canonical', Buffer.from(`${JSON.stringify(HEADER)}\n`)],
    ['too few entries', payloadOf([DIR], { ...HEADER, entries: 2 })],
    ['too many entries', payloadOf([DIR, { ...DIR, path: 'b' }], { ...HEADER, entries: 1 })],
    ['entries out of order', payloadOf([{ ...DIR, path: 'b' }, DIR])],
    ['an empty line', Buffer.concat([payloadOf([], { ...HEADER, entries: 1 }), Buffer.from('\n')])],
    [
      'bytes that are not UTF-8',
      Buffer.concat([payloadOf([DIR]).subarray(0, -20), Buffer.from('\xff\n', 'latin1')]),
    ],
  ])('%s', (_, payload) => {
    expect(faultOf(payload)).toMatchObject({ code: 'malformed', object: 'sha256:abc' });
  });

  test('any damage is an error, or changes what it says', async () => {
    const payload = payloadOf([
      DIR,
      { ...FILE, path: 'b' },
      { ...DIR, path: 'c', type: 'symlink', linkTarget: 'a' },
    ]);
    fc.assert(
      fc.property(fc.nat(payload.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Buffer.from(payload);
        damaged[at] = byte;
        try {
          const view = new Inventory(damaged, 'it');
          const lines = [view.header, ...view.entries()].map((each) => `${canonicalJson(each)}\n`);
          expect(lines.join('')).toBe(damaged.toString());
          for (const path of ['a', 'b', 'c', 'd']) view.find(path);
          for (const type of ['symlink', 'file'] as const) for (const _ of view.ofType(type));
        } catch (fault) {
          if (!(fault instanceof VarveError)) throw fault;
          expect(fault).toMatchObject({ code: 'malformed', object: 'it' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a bad line is named when it is looked up', () => {
    const view = new Inventory(payloadOf([{ ...DIR, size: 5 }]), 'sha256:abc');
    expect(() => view.find('a')).toThrow(VarveError);
    expect(() => new Inventory(payloadOf([{ no: 'path' }]), 'it').find('a')).toThrow(VarveError);
  });
});

describe('a line', () => {
  const read = (value: object) => parseLine(canonicalJson(value));

  test.each<[string, InventoryEntry]>([
    ['a directory', DIR],
    ['a file', { ...FILE, size: 2 ** 53 - 1, mtime: -5, mtimeNs: 1, uid: -1 }],
    ['attributes', { ...FILE, xattrs: { 'user.a': 'YQ==', 'user.b': '' } }],
    ['a symlink', { ...DIR, type: 'symlink', linkTarget: '../x//y' }],
    [
      'a hard link that is not UTF-8',
      { ...DIR, type: 'hardlink', linkTarget: '\\xff', linkTargetBase64: '/w==' },
    ],
    ['a device', { ...DIR, type: 'block', device: { major: 8, minor: 0 } }],
    ['a path that is not UTF-8', { ...DIR, path: 'a\\xff', pathBase64: 'Yf8=' }],
    ['a path with control characters', { ...DIR, path: '\u0001\n"\\\u007f\u2028' }],
    ['the root', { ...DIR, path: '.' }],
    ['a whiteout', { ...DIR, path: 'a/.wh.b', type: 'whiteout' }],
  ])('is read: %s', (_, value) => {
    expect(read(value)).toEqual(value);
  });

  test.each<[string, object]>([
    ['an unknown field', { ...DIR, zzz: 1 }],
    ['an unknown type', { ...DIR, type: 'socket' }],
    ['a missing field', { ...DIR, uid: undefined }],
    ['a mode that is a number', { ...DIR, mode: 493 }],
    ['a long mode', { ...DIR, mode: '00755' }],
    ['a fraction', { ...DIR, mtime: 1.5 }],
    ['nanoseconds that are zero', { ...DIR, mtimeNs: 0 }],
    ['too many nanoseconds', { ...DIR, mtimeNs: 1_000_000_000 }],
    ['a negative size', { ...FILE, size: -1 }],
    ['a size that is no exact number', { ...FILE, size: 2 ** 53 }],
    ['a time that is no exact number', { ...FILE, mtime: -(2 ** 53) }],
    ['a file without hash', { ...DIR, type: 'file' }],
    ['a hash in capitals', { ...FILE, sha256: 'A'.repeat(64) }],
    ['a directory with a hash', { ...DIR, sha256: 'a'.repeat(64) }],
    ['a directory with a size', { ...DIR, size: 1 }],
    ['a symlink without target', { ...DIR, type: 'symlink' }],
    ['a file with a target', { ...FILE, linkTarget: 'x' }],
    ['a hard link to a path that is not normal', { ...DIR, type: 'hardlink', linkTarget: '../x' }],
    ['a device without number', { ...DIR, type: 'char' }],
    ['a file with a number', { ...FILE, device: { major: 1, minor: 1 } }],
    ['a path that climbs', { ...DIR, path: '../a' }],
    ['a path with a slash too many', { ...DIR, path: 'a/' }],
    ['an absolute path', { ...DIR, path: '/a' }],
    ['an empty path', { ...DIR, path: '' }],
    ['base64 of another path', { ...DIR, path: 'a\\xff', pathBase64: 'Yv8=' }],
    ['base64 of a path that needs none', { ...DIR, path: 'a', pathBase64: 'YQ==' }],
    ['base64 of a target without the target', { ...DIR, linkTargetBase64: '/w==' }],
    ['no attributes', { ...DIR, xattrs: {} }],
    ['an attribute that is no text', { ...DIR, xattrs: { a: 1 } }],
    ['an attribute that is not base64', { ...DIR, xattrs: { a: 'x' } }],
    ['attributes that are a list', { ...DIR, xattrs: ['YQ=='] }],
  ])('is refused: %s', (_, value) => {
    expect(read(value)).toBeNull();
  });

  test.each([
    ['spaces', '{ "gid":0,"mode":"0755","mtime":0,"path":"a","size":0,"type":"dir","uid":0}'],
    ['another order', '{"mode":"0755","gid":0,"mtime":0,"path":"a","size":0,"type":"dir","uid":0}'],
    ['a key twice', '{"gid":0,"mode":"0755","mtime":0,"path":"a","path":"b","size":0,"type":"dir","uid":0}'],
    [
      'an escape too many',
      '{"gid":0,"mode":"0755","mtime":0,"path":"\\u0061","size":0,"type":"dir","uid":0}',
    ],
    ['a bad escape', '{"gid":0,"mode":"0755","mtime":0,"path":"\\x","size":0,"type":"dir","uid":0}'],
    [
      'a bare control character',
      '{"gid":0,"mode":"0755","mtime":0,"path":"a\tb","size":0,"type":"dir","uid":0}',
    ],
    ['an exponent', '{"gid":0,"mode":"0755","mtime":1e3,"path":"a","size":0,"type":"dir","uid":0}'],
    ['a leading zero', '{"gid":00,"mode":"0755","mtime":0,"path":"a","size":0,"type":"dir","uid":0}'],
    ['minus zero', '{"gid":-0,"mode":"0755","mtime":0,"path":"a","size":0,"type":"dir","uid":0}'],
    ['more after it', '{"gid":0,"mode":"0755","mtime":0,"path":"a","size":0,"type":"dir","uid":0}}'],
    [
      'attributes with spaces',
      '{"gid":0,"mode":"0755","mtime":0,"path":"a","size":0,"type":"dir","uid":0,"xattrs":{"a": ""}}',
    ],
    ['no JSON', 'path'],
  ])('is refused for %s', (_, line) => {
    expect(parseLine(line)).toBeNull();
  });

  test('is itself again, canonical, from what it says', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((each) => each.replaceAll(/[/\0]/g, '_'));
    fc.assert(
      fc.property(
        text.filter((path) => path !== '..' && path !== '.'),
        fc.maxSafeInteger(),
        (path, mtime) => {
          const line = canonicalJson({ ...DIR, path, mtime });
          expect(canonicalJson(parseLine(line))).toBe(line);
        },
      ),
    );
  });
});
