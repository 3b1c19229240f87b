import { hash } from 'node:crypto';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../../../src/base/canonical-json.ts';
import {
  InventoryEntrySchema,
  InventoryHeaderSchema,
} from '../../../../../src/core/analysis/files/inventory.ts';
import { inventoryOf, readFault } from '../../../../support/read-layer.ts';
import {
  base256,
  gnuLong,
  oldSparse,
  paxHeader,
  tarEntry,
  tarHeader,
  tarOf,
} from '../../../../support/tar-writer.ts';

const sha256 = (content: string | Buffer) => hash('sha256', content, 'hex');

const findingsOf = async (...parts: Buffer[]) => (await inventoryOf(tarOf(...parts))).header.findings;

/** One of everything. */
const VARIETY = tarOf(
  tarEntry({ name: './', type: '5', mode: 0o755 }),
  tarEntry({ name: 'usr/bin/su', mode: 0o104755, uid: 1, gid: 2, mtime: 1_700_000_000 }, 'content'),
  tarEntry({ name: 'empty' }),
  paxHeader([
    ['mtime', '-1.5'],
    ['SCHILY.xattr.security.capability', Buffer.from([1, 0, 0, 2])],
    ['SCHILY.xattr.user.ä', ''],
    ['SCHILY.xattr.user.type', 'b'],
    ['SCHILY.xattr.__proto__', 'c'],
  ]),
  tarEntry({ name: 'odd "name"\t\\' }, 'x'),
  tarEntry({ name: 'link', type: '2', link: '../as//written/' }),
  tarEntry({ name: 'hard', type: '1', link: '/usr//bin/./su' }),
  tarEntry({ name: 'dev/null', type: '3', major: 1, minor: 3 }),
  tarEntry({ name: 'dev/sda', type: '4', major: 8, minor: 0 }),
  tarEntry({ name: 'run/pipe', type: '6', mode: base256(-1, 8) }),
  tarEntry({ name: 'a/.wh.gone' }),
  tarEntry({ name: 'a/.wh..wh..opq' }),
  tarEntry({ name: Buffer.from([0x6e, 0xff]), type: '2', link: Buffer.from([0xfe]) }),
  tarEntry({ name: Buffer.from('grüße\u{1f600}') }),
  gnuLong('L', `${'long/'.repeat(60)}end`),
  tarEntry({ format: 'gnu' }),
  oldSparse({ name: 'sparse' }, 5000, [[4000, 4]], Buffer.from('data')),
);

describe('an inventory', () => {
  test('says of each entry what the layer states', async () => {
    const { entries } = await inventoryOf(VARIETY);
    const plain = { uid: 0, gid: 0, size: 0, mtime: 0, mode: '0644' };
    const byPath = Object.fromEntries(entries.map((entry) => [entry.path, entry]));
    expect(byPath).toEqual({
      '.': { ...plain, path: '.', type: 'dir', mode: '0755' },
      'usr/bin/su': {
        path: 'usr/bin/su',
        type: 'file',
        mode: '4755',
        uid: 1,
        gid: 2,
        size: 7,
        mtime: 1_700_000_000,
        sha256: sha256('content'),
      },
      empty: { ...plain, path: 'empty', type: 'file', sha256: sha256('') },
      'odd "name"\t\\': {
        ...plain,
        path: 'odd "name"\t\\',
        type: 'file',
        size: 1,
        mtime: -2,
        mtimeNs: 500_000_000,
        sha256: sha256('x'),
        xattrs: Object.fromEntries([
          ['__proto__', 'Yw=='],
          ['security.capability', 'AQAAAg=='],
          ['user.type', 'Yg=='],
          ['user.ä', ''],
        ]),
      },
      link: { ...plain, path: 'link', type: 'symlink', linkTarget: '../as//written/' },
      hard: { ...plain, path: 'hard', type: 'hardlink', linkTarget: 'usr/bin/su' },
      'dev/null': { ...plain, path: 'dev/null', type: 'char', device: { major: 1, minor: 3 } },
      'dev/sda': { ...plain, path: 'dev/sda', type: 'block', device: { major: 8, minor: 0 } },
      'run/pipe': { ...plain, path: 'run/pipe', type: 'fifo', mode: '7777' },
      'a/.wh.gone': { ...plain, path: 'a/.wh.gone', type: 'whiteout' },
      'a/.wh..wh..opq': { ...plain, path: 'a/.wh..wh..opq', type: 'opaque' },
      'n\\xff': {
        ...plain,
        path: 'n\\xff',
        pathBase64: 'bv8=',
        type: 'symlink',
        linkTarget: '\\xfe',
        linkTargetBase64: '/g==',
      },
      'grüße\u{1f600}': { ...plain, path: 'grüße\u{1f600}', type: 'file', sha256: sha256('') },
      [`${'long/'.repeat(60)}end`]: {
        ...plain,
        path: `${'long/'.repeat(60)}end`,
        type: 'file',
        sha256: sha256(''),
      },
      sparse: {
        ...plain,
        path: 'sparse',
        type: 'file',
        size: 5000,
        sha256: sha256(Buffer.concat([Buffer.alloc(4000), Buffer.from('data'), Buffer.alloc(996)])),
      },
    });
  });

  test('is canonical JSON in every line', async () => {
    const { payload } = await inventoryOf(VARIETY);
    const lines = payload.toString('utf8').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines).toHaveLength(16);
    for (const line of lines) expect(canonicalJson(JSON.parse(line))).toBe(line);
    const [header = '', ...entries] = lines;
    expect(v.is(InventoryHeaderSchema, JSON.parse(header))).toBe(true);
    for (const line of entries) expect(v.is(InventoryEntrySchema, JSON.parse(line)), line).toBe(true);
  });

  test('is sorted by the bytes of its paths; equal paths keep the order of the tar', async () => {
    const names = ['b', 'a/b', 'a.b', 'a', 'ä', 'Z', '\u{1f600}', '\uff5e', 'a-b', 'a/a'];
    const parts = names.map((name, i) => tarEntry({ name: Buffer.from(name), uid: i }));
    const again = tarEntry({ name: './a', uid: 99 });
    const { entries } = await inventoryOf(tarOf(...parts, again));
    const sorted = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(entries.map(({ path }) => path)).toEqual(
      sorted.flatMap((name) => (name === 'a' ? ['a', 'a'] : [name])),
    );
    expect(entries.filter(({ path }) => path === 'a').map(({ uid }) => uid)).toEqual([3, 99]);
  });

  test('has a header that sums the layer up', async () => {
    const tar = tarOf(tarEntry({ name: './b/', type: '5' }), tarEntry({ name: Buffer.from('/ä') }, 'x'));
    const { header, reading } = await inventoryOf(tar);
    expect(header).toEqual({
      schema: 'varve.layer-files@1',
      diffId: `sha256:${sha256(tar)}`,
      entries: 2,
      uncompressedSize: tar.length,
      orderDigest: `sha256:${sha256('./b/\0/ä\0')}`,
      findings: [],
      implicitParents: [],
    });
    expect(reading.findings).toEqual([]);
  });

  test('knows the order of very many and very long names', async () => {
    const names = Array.from({ length: 3000 }, (_, i) => `directory/${'x'.repeat(i % 80)}${i}`);
    const long = 'l'.repeat(100_000);
    const parts = names.map((name) => tarEntry({ name }));
    const { header, entries } = await inventoryOf(
      tarOf(...parts, gnuLong('L', long), tarEntry({ format: 'gnu' })),
    );
    expect(header.orderDigest).toBe(`sha256:${sha256([...names, long].map((name) => `${name}\0`).join(''))}`);
    expect(entries.map(({ path }) => path)).toEqual([...names, long].toSorted());
  });

  test('of a layer without entries is its header', async () => {
    const { lines, header } = await inventoryOf(Buffer.alloc(1024));
    expect(lines).toEqual([]);
    expect(header.entries).toBe(0);
  });

  test('does not depend on how the bytes come', async () => {
    const whole = await inventoryOf(VARIETY);
    for (const chunk of [1, 100, 512, 5000]) {
      expect((await inventoryOf(VARIETY, { chunk })).payload.equals(whole.payload)).toBe(true);
    }
  });

  test('has a limit of entries', async () => {
    const tar = tarOf(tarEntry({ name: 'a' }), tarEntry({ name: 'b' }), tarEntry({ name: 'c' }));
    expect((await inventoryOf(tar, { limits: { layerEntries: 3 } })).entries).toHaveLength(3);
    const fault = await readFault(tar, { limits: { layerEntries: 2 } });
    expect(fault).toMatchObject({ code: 'limit-exceeded', object: expect.stringContaining('layer 3') });
    expect(fault.hint).toContain('--max-layer-entries');
  });
});

test('names that take more memory than entries may are a limit, too', async () => {
  const long = gnuLong('L', 'n'.repeat(3_500_000));
  const pax = paxHeader([['SCHILY.xattr.user.large', Buffer.alloc(3_500_000, 'x')]]);
  for (const before of [long, pax, Buffer.concat([gnuLong('K', 't'.repeat(3_500_000))])]) {
    const parts = Array.from({ length: 5 }, () =>
      Buffer.concat([before, tarEntry({ format: 'gnu', type: '2' })]),
    );
    const fault = await readFault(tarOf(...parts), { limits: { layerEntries: 1000 } });
    expect(fault).toMatchObject({
      code: 'limit-exceeded',
      hint: expect.stringContaining('--max-layer-entries'),
    });
  }
});

describe('parents that a layer does not state', () => {
  const parentsOf = async (...parts: Buffer[]) => (await inventoryOf(tarOf(...parts))).header;

  test('are listed once, and only where entries stand in them at once', async () => {
    const header = await parentsOf(
      tarEntry({ name: 'b/c/d/file' }),
      tarEntry({ name: 'b/c/d/other' }),
      tarEntry({ name: 'b/', type: '5' }),
      tarEntry({ name: 'b/x' }),
      tarEntry({ name: 'a/.wh.gone' }),
      tarEntry({ name: 'a.b/', type: '5' }),
      tarEntry({ name: 'top' }),
    );
    expect(header.implicitParents).toEqual(['a', 'b/c/d']);
    expect(header.implicitParentsBase64).toBeUndefined();
  });

  test('are also those that the layer states as something else, in the end', async () => {
    const header = await parentsOf(
      tarEntry({ name: 'link', type: '2', link: 'there' }),
      tarEntry({ name: 'link/file' }),
      tarEntry({ name: 'was', type: '5' }),
      tarEntry({ name: 'was', type: '2', link: 'there' }),
      tarEntry({ name: 'was/file' }),
      tarEntry({ name: 'is', type: '2', link: 'there' }),
      tarEntry({ name: 'is', type: '5' }),
      tarEntry({ name: 'is/file' }),
    );
    expect(header.implicitParents).toEqual(['link', 'was']);
  });

  test('are given exactly where they are not UTF-8', async () => {
    const header = await parentsOf(
      tarEntry({ name: Buffer.from('n\xff/file', 'latin1') }),
      tarEntry({ name: 'ok/file' }),
    );
    expect(header).toMatchObject({ implicitParents: ['ok'], implicitParentsBase64: ['bv8='] });
  });
});

describe('findings', () => {
  test('a name that climbs out of the root is clamped', async () => {
    const { header, entries } = await inventoryOf(
      tarOf(tarEntry({ name: '../../x' }), tarEntry({ name: '/etc/x' })),
    );
    expect(entries.map(({ path }) => path)).toEqual(['etc/x', 'x']);
    expect(header.findings).toEqual([
      { code: 'escaping-path', path: 'x', detail: 'the tar names it "../../x"' },
    ]);
  });

  test('so is the target of a hard link, and not that of a symlink', async () => {
    const parts = [
      tarEntry({ name: 'hard', type: '1', link: '../../etc/shadow' }),
      tarEntry({ name: 'soft', type: '2', link: '../../etc/shadow' }),
    ];
    const { header, entries } = await inventoryOf(tarOf(...parts));
    expect(entries).toMatchObject([{ linkTarget: 'etc/shadow' }, { linkTarget: '../../etc/shadow' }]);
    expect(header.findings).toEqual([
      { code: 'escaping-link', path: 'hard', detail: 'the tar names its target "../../etc/shadow"' },
      { code: 'hard-link-unstated', path: 'hard', detail: 'to etc/shadow' },
    ]);
  });

  test('a path that is stated more than once, in whatever words', async () => {
    const names = ['etc/passwd', 'etc/passwd', './etc/passwd', 'etc/other'];
    expect(await findingsOf(...names.map((name) => tarEntry({ name })))).toEqual([
      { code: 'duplicate-entry', path: 'etc/passwd' },
    ]);
  });

  test('a hard link to what the layer has not stated before', async () => {
    const link = (name: string, target: string) => tarEntry({ name, type: '1', link: target });
    const file = (name: string) => tarEntry({ name });
    const unstated = async (...parts: readonly Buffer[]) =>
      (await findingsOf(...parts)).flatMap(({ code, path }) => (code === 'hard-link-unstated' ? path : []));
    expect(await unstated(file('a'), link('b', './a'), link('c', 'b'))).toEqual([]);
    expect(await unstated(link('b', 'a'), file('a'))).toEqual(['b']);
    expect(await unstated(file('a'), link('c', 'b'), link('b', 'a'))).toEqual(['c']);
    expect(await unstated(link('b', 'a'), file('a'), link('c', 'a'))).toEqual(['b']);
    expect(await unstated(file('a'), link('b', 'lower'), link('c', 'c'))).toEqual(['b', 'c']);
    expect(await unstated(file('.wh.a'), link('b', 'a'), tarEntry({ name: 's', type: '2' }))).toEqual(['b']);
  });

  test('a root that is no directory', async () => {
    for (const name of ['/.', '', '.', 'a/..']) {
      const { header, entries } = await inventoryOf(tarOf(tarEntry({ name, type: '2', link: '/' })));
      expect(entries).toMatchObject([{ path: '.', type: 'symlink' }]);
      expect(header.findings).toEqual([
        { code: 'root-replaced', path: '.', detail: 'it is stated as symlink' },
      ]);
    }
    expect(await findingsOf(tarEntry({ name: './', type: '5' }))).toEqual([]);
  });

  test.each(['.wh.', '.wh..', '.wh...', 'etc/.wh..', 'etc/.wh...'])('the whiteout %s', async (name) => {
    const { header, entries } = await inventoryOf(tarOf(tarEntry({ name }, 'x')));
    expect(entries).toMatchObject([{ path: name, type: 'file', sha256: sha256('x') }]);
    expect(header.findings).toEqual([{ code: 'bad-whiteout', path: name }]);
  });

  test('a whiteout with content, which is not shown', async () => {
    const { header, entries } = await inventoryOf(tarOf(tarEntry({ name: 'a/.wh.b' }, 'secret')));
    expect(entries[0]).toEqual({
      path: 'a/.wh.b',
      type: 'whiteout',
      mode: '0644',
      uid: 0,
      gid: 0,
      size: 0,
      mtime: 0,
    });
    expect(header.findings).toEqual([{ code: 'whiteout-content', path: 'a/.wh.b', detail: '6 bytes' }]);
  });

  test('bookkeeping of AUFS stays what it is', async () => {
    const { header, entries } = await inventoryOf(
      tarOf(tarEntry({ name: '.wh..wh.plnk/', type: '5' }), tarEntry({ name: '.wh..wh.aufs' })),
    );
    expect(entries.map(({ type }) => type)).toEqual(['file', 'dir']);
    expect(header.findings.map(({ code, path }) => [code, path])).toEqual([
      ['aufs-metadata', '.wh..wh.aufs'],
      ['aufs-metadata', '.wh..wh.plnk'],
    ]);
  });

  test('a type that engines do not unpack', async () => {
    const of = (type: string | number) => findingsOf(tarEntry({ name: 'a', type: type as string }));
    for (const type of ['7', 'S', 'X', 'Z', 'D', 'V']) {
      const detail = `its type is 0x${type.charCodeAt(0).toString(16)}`;
      const format = type === 'S' ? ({ format: 'gnu' } as const) : {};
      expect(await findingsOf(tarEntry({ name: 'a', type, ...format }))).toEqual([
        { code: 'unknown-entry-type', path: 'a', detail },
      ]);
    }
    for (const type of ['0', '2', '3', '4', '5', '6', 0]) expect(await of(type)).toEqual([]);
  });

  test('an attribute that only libarchive reads, or that overlay filesystems obey', async () => {
    const of = async (...records: [string, string][]) =>
      (await findingsOf(paxHeader(records), tarEntry({ name: 'a' }))).map(({ code, detail }) => [
        code,
        detail?.replace(/,.*/, ''),
      ]);
    expect(await of(['SCHILY.xattr.user.a', 'x'], ['LIBARCHIVE.xattr.user.a', 'eA=='])).toEqual([]);
    expect(await of(['LIBARCHIVE.xattr.user.a', 'eA=='])).toEqual([['libarchive-attribute', '"user.a"']]);
    for (const name of ['trusted.overlay.opaque', 'user.overlay.redirect', 'user.fuseoverlayfs.opaque'])
      expect(await of([`SCHILY.xattr.${name}`, 'y'])).toEqual([['overlay-attribute', `"${name}"`]]);
  });

  test('a type that POSIX does not know, a global header that would change entries, data after the end', async () => {
    const tar = Buffer.concat([
      tarOf(
        paxHeader(
          [
            ['uid', '7'],
            ['comment', 'c'],
          ],
          'g',
        ),
        tarHeader({ name: 'v', type: 'V' }),
      ),
      Buffer.from('hidden'),
    ]);
    const { header, entries, reading } = await inventoryOf(tar);
    expect(entries).toMatchObject([{ type: 'file', uid: 0 }]);
    expect(header.findings).toEqual([
      { code: 'pax-global-header', detail: 'uid' },
      { code: 'trailing-data', detail: '6 bytes' },
      { code: 'unknown-entry-type', path: 'v', detail: 'its type is 0x56' },
    ]);
    expect(reading.findings).toEqual(header.findings);
  });

  test('an extended header before the end, where engines end too', async () => {
    const { header, entries } = await inventoryOf(tarOf(tarEntry({ name: 'a' }), paxHeader([['path', 'b']])));
    expect(entries.map(({ path }) => path)).toEqual(['a']);
    expect(header.findings).toEqual([{ code: 'stray-header' }]);
  });

  test('do not grow without bounds', async () => {
    const bad = Array.from({ length: 1500 }, (_, i) => tarEntry({ name: `${i}/.wh.` }));
    const findings = await findingsOf(...bad);
    expect(findings.filter(({ code }) => code === 'bad-whiteout')).toHaveLength(1000);
    expect(findings.at(-1)).toEqual({ code: 'findings-omitted', detail: '500 more of bad-whiteout' });
    const hostile = Array.from({ length: 1001 }, (_, i) => tarEntry({ name: `../${i}` }));
    expect(await readFault(tarOf(...hostile))).toMatchObject({ code: 'malformed' });
  });

  test('do not grow with the length of names either', async () => {
    const name = (i: number) => gnuLong('L', `${i}/${'n'.repeat(3_500_000)}/.wh.`);
    const parts = Array.from({ length: 5 }, (_, i) => Buffer.concat([name(i), tarEntry({ format: 'gnu' })]));
    const limits = { layerEntries: 100_000 };
    const { header } = await inventoryOf(tarOf(...parts), { limits });
    expect(header.findings.filter(({ code }) => code === 'bad-whiteout')).toHaveLength(4);
    expect(header.findings.at(-1)).toEqual({ code: 'findings-omitted', detail: '1 more of bad-whiteout' });
  });

  test('show hostile names as text', async () => {
    const name = Buffer.from(`../\x1b[31m\xff${'x'.repeat(50)}`, 'latin1');
    const [finding] = await findingsOf(tarEntry({ name }));
    expect(finding?.path).toBe(`\x1b[31m\\xff${'x'.repeat(50)}`);
    expect(finding?.detail).toContain('\\u001b[31m\\\\xff');
  });
});
