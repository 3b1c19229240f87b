import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openFiles } from '../../../../../src/adapters/sources/files/open-files.ts';
import { DEFAULT_LIMITS } from '../../../../../src/base/limits.ts';
import { type FormFile, layoutFiles, packFiles, writeFolder } from '../../../../support/image-forms.ts';
import { makeImage, makeJson, makeLayer } from '../../../../support/image-maker.ts';
import { readFirstImage } from '../../../../support/open-image.ts';
import { gnuLong, oldSparse, tarEntry, tarHeader, tarOf } from '../../../../support/tar-writer.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
const bytes = (text: string) => Buffer.from(text);

function writeFile(content: Buffer): string {
  const path = newPath();
  writeFileSync(path, content);
  return path;
}

const PACKINGS = {
  plain: (content: Buffer) => content,
  gzip: (content: Buffer) => gzipSync(content),
  zstd: (content: Buffer) => zstdCompressSync(content),
  'gzip of two members': (content: Buffer) =>
    Buffer.concat([gzipSync(content.subarray(0, 700)), gzipSync(content.subarray(700))]),
  'zstd of two frames': (content: Buffer) =>
    Buffer.concat([zstdCompressSync(content.subarray(0, 700)), zstdCompressSync(content.subarray(700))]),
} as const;

const file = (name: string, content: string): FormFile => ({ name, bytes: bytes(content) });

describe.each(Object.entries(PACKINGS))('the entries of an archive: %s', (_, pack) => {
  const open = async (content: Buffer) => openFiles(writeFile(pack(content)), DEFAULT_LIMITS);
  const openPacked = async (files: readonly FormFile[]) => open(await packFiles(files));
  const read = async (files: Awaited<ReturnType<typeof open>>, name: string) =>
    (await files.read(name, DEFAULT_LIMITS))?.toString() ?? null;

  it('are found by name, however that is spelled', async () => {
    const files = await openPacked([
      file('./a', '1'),
      file('b//c', '22'),
      file('/d', '333'),
      file('e/./f', ''),
    ]);
    expect(await read(files, 'a')).toBe('1');
    expect(await read(files, './b/c')).toBe('22');
    expect(await read(files, 'x/../d')).toBe('333');
    expect(await read(files, 'e/f')).toBe('');
    expect(files.find('b/c')?.size).toBe(2);
    for (const name of ['b', 'c', '../a', '/a', '', '..', 'a/']) {
      expect(files.find(name)?.size ?? null).toBe(name === 'a/' ? 1 : null);
    }
    expect(files.findings).toEqual([]);
    expect(files.unterminated).toBe(false);
  });

  it('have long names, and names that are not ASCII, in any form of header', async () => {
    const long = `${'deep/'.repeat(60)}${'x'.repeat(200)}`;
    const files = await openPacked([file(long, '1'), file('größe/é', '2')]);
    expect(await read(files, long)).toBe('1');
    expect(await read(files, 'größe/é')).toBe('2');
    const gnu = tarOf(gnuLong('L', long), tarEntry({ name: long.slice(0, 99), format: 'gnu' }, 'gnu'));
    expect(await read(await open(gnu), long)).toBe('gnu');
  });

  it('may be links to each other, in any order', async () => {
    const files = await openPacked([
      { name: 'x/early', symlink: '../y/late' },
      file('y/late', 'content'),
      { name: 'y/again', symlink: 'late' },
      { name: 'z', symlink: 'x/early' },
      { name: 'hard', hardlink: 'y/late' },
    ]);
    for (const name of ['x/early', 'y/again', 'z', 'hard']) {
      expect(await read(files, name)).toBe('content');
      expect(files.find(name)?.location).toEqual(files.find('y/late')?.location);
    }
  });

  it('may be links that lead out or nowhere: those are not there', async () => {
    const files = await openPacked([
      { name: 'out', symlink: '../../etc/passwd' },
      { name: 'absolute', symlink: '/etc/passwd' },
      { name: 'deep/out', symlink: 'a/../../../x' },
      { name: 'dangling', symlink: 'nothing' },
      { name: 'hard', hardlink: '../x' },
      file('etc/passwd', 'not this'),
      file('x', 'nor this'),
    ]);
    for (const name of ['out', 'absolute', 'deep/out', 'dangling', 'hard'])
      expect(files.find(name)).toBeNull();
  });

  it('may be links in a circle, which is an error when one is asked for', async () => {
    const files = await openPacked([
      { name: 'a', symlink: 'b' },
      { name: 'b', symlink: 'a' },
      { name: 'self', symlink: 'self' },
      file('c', '1'),
    ]);
    expect(await read(files, 'c')).toBe('1');
    for (const name of ['a', 'b', 'self']) {
      expect(() => files.find(name)).toThrow(expect.objectContaining({ code: 'malformed' }));
    }
  });

  it('may stand in it twice: the last counts, and it is said', async () => {
    const files = await openPacked([file('blob', 'old'), file('other', '1'), file('./blob', 'new')]);
    expect(await read(files, 'blob')).toBe('new');
    expect(files.findings).toEqual([{ code: 'duplicate-entry', detail: expect.stringContaining('blob') }]);
  });

  it('cannot be sparse where they are asked for', async () => {
    const sparse = tarOf(
      oldSparse({ name: 'sparse' }, 8192, [[4096, 512]], Buffer.alloc(512, 'x')),
      tarEntry({ name: 'dense' }, '1'),
    );
    const files = await open(sparse);
    expect(await read(files, 'dense')).toBe('1');
    expect(() => files.find('sparse')).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('are counted', async () => {
    const content = pack(await packFiles([file('a', ''), file('b', ''), file('c', '')]));
    await expect(openFiles(writeFile(content), { ...DEFAULT_LIMITS, layerEntries: 2 })).rejects.toMatchObject(
      {
        code: 'limit-exceeded',
        hint: expect.stringContaining('--max-layer-entries'),
      },
    );
  });

  it('have sizes that are believed only as far as the file goes', async () => {
    for (const size of [1, 512, 2 ** 33, 2 ** 50]) {
      const lying = Buffer.concat([tarHeader({ name: 'a' }), tarHeader({ name: 'big', size })]);
      await expect(open(lying)).rejects.toMatchObject({ code: 'truncated' });
    }
    await expect(open(tarHeader({ name: 'a', size: -1 }))).rejects.toMatchObject({ code: 'malformed' });
  });

  it('may lack an end', async () => {
    const whole = await packFiles([file('a', '1')]);
    const files = await open(whole.subarray(0, 1024));
    expect(files.unterminated).toBe(true);
    expect(await read(files, 'a')).toBe('1');
    // The fill after the last byte of content may be missing too.
    expect(await read(await open(whole.subarray(0, 513)), 'a')).toBe('1');
    await expect(open(whole.subarray(0, 512))).rejects.toMatchObject({ code: 'truncated' });
  });

  it('are not read beyond the end mark', async () => {
    const files = await openPacked([file('a', '1')]);
    const twice = await open(
      Buffer.concat([await packFiles([file('a', '1')]), await packFiles([file('b', '2')])]),
    );
    expect(files.find('b')).toBeNull();
    expect(twice.find('b')).toBeNull();
  });
});

describe('opening files', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 'truncated'],
    ['a text', bytes('from scratch\n'), 'malformed'],
    ['a long text', bytes('from scratch\n'.repeat(100)), 'malformed'],
    ['a Dockerfile', bytes('# syntax=docker/dockerfile:1\n\nFROM scratch\n'.repeat(30)), 'image-not-found'],
    ['a ZIP', Buffer.concat([bytes('PK\x03\x04'), Buffer.alloc(2000)]), 'malformed'],
    ['a text in gzip', gzipSync(bytes('FROM scratch\n'.repeat(100))), 'malformed'],
    ['half a gzip', gzipSync(Buffer.alloc(5000, 'x')).subarray(0, 20), 'truncated'],
    ['a gzip of nothing but its name', Buffer.from([0x1f, 0x8b, 0x08, 0]), 'truncated'],
  ])('%s is an error with a code', async (_, content, code) => {
    await expect(openFiles(writeFile(content), DEFAULT_LIMITS)).rejects.toMatchObject({
      name: 'VarveError',
      code,
    });
  });

  it.each([
    ['an empty tar', Buffer.alloc(1024)],
    ['a tar of nothing in gzip', gzipSync(Buffer.alloc(1024))],
  ])('%s holds no image', async (_, content) => {
    await expect(readFirstImage(writeFile(content))).rejects.toMatchObject({ code: 'image-not-found' });
  });

  it('does not wait for a pipe', async () => {
    const path = newPath();
    execFileSync('mkfifo', [path]);
    await expect(readFirstImage(path)).rejects.toMatchObject({ code: 'unreachable' });
  });
});

const layers = await Promise.all([makeLayer({ a: '1' }), makeLayer({ b: '2' })]);
const image = makeImage(layers);
const files = layoutFiles([image.descriptor], image.blobs);

describe('an archive', () => {
  it('reads the same whether GNU tar or tar-stream wrote it', async () => {
    const folder = writeFolder(newPath(), files);
    for (const format of ['gnu', 'pax', 'ustar']) {
      const path = newPath();
      execFileSync('tar', ['-C', folder, `--format=${format}`, '-cf', path, '.']);
      expect((await readFirstImage(path)).manifest?.digest).toBe(image.digest);
    }
  });

  it('may be larger than what its layers take in memory: only headers are read', async () => {
    const path = newPath('large');
    const size = 6 * 1024 ** 3;
    const big = makeJson(
      { rootfs: { type: 'layers', diff_ids: [image.digest] }, os: 'linux', architecture: 'amd64' },
      'x',
    );
    const fd = openSync(path, 'w');
    let position = writeSync(fd, tarHeader({ name: 'layer.tar', size, format: 'gnu' }), 0, 512, 0);
    position += size;
    ftruncateSync(fd, position);
    const rest = await packFiles([
      { name: 'config.json', bytes: big.bytes },
      file(
        'manifest.json',
        JSON.stringify([{ Config: 'config.json', Layers: ['layer.tar'], RepoTags: null }]),
      ),
    ]);
    writeSync(fd, rest, 0, rest.length, position);
    closeSync(fd);
    const read = await readFirstImage(path);
    expect(read.layers).toMatchObject([
      { storedSize: size, address: null, location: { kind: 'file', path, offset: 512, length: size } },
    ]);
  });

  it('in a compressed form gives documents of any size, though only small ones are kept from the first pass', async () => {
    const padding = 'x'.repeat(3_000_000);
    const large = makeImage(layers, { config: { padding } });
    const spaced = layoutFiles([large.descriptor], large.blobs).map((entry) =>
      entry.name === 'index.json' && 'bytes' in entry
        ? { name: entry.name, bytes: Buffer.concat([bytes(' \n\t'.repeat(500)), entry.bytes]) }
        : entry,
    );
    const content = await packFiles(spaced);
    for (const packed of [gzipSync(content), zstdCompressSync(content)]) {
      const read = await readFirstImage(writeFile(packed));
      expect(read.config.digest).toBe(large.config.digest);
    }
  });

  it('that is a folder unpacked is still found out by its kind', async () => {
    const folder = writeFolder(newPath(), files);
    await expect(readFirstImage(`oci-archive:${folder}`)).rejects.toMatchObject({
      code: 'image-not-found',
      hint: expect.stringContaining(`oci:${folder}`),
    });
    const packed = writeFile(await packFiles(files));
    await expect(readFirstImage(`oci:${packed}`)).rejects.toMatchObject({
      code: 'image-not-found',
      hint: expect.stringContaining(`oci-archive:${packed}`),
    });
    mkdirSync(join(folder, 'empty'));
    await expect(readFirstImage(join(folder, 'empty'))).rejects.toMatchObject({ code: 'image-not-found' });
  });

  it('damaged in any byte gives an error with a code, or an image whose layers do not lie', async () => {
    const content = readFileSync(writeFile(await packFiles(files)));
    const path = newPath('damaged');
    for (let at = 0; at < content.length; at += 13) {
      const damaged = Buffer.from(content);
      damaged[at] = (damaged[at] ?? 0) ^ 0x41;
      writeFileSync(path, damaged);
      try {
        const read = await readFirstImage(path);
        expect(read.layers.map(({ diffId }) => diffId)).toEqual(layers.map(({ diffId }) => diffId));
      } catch (error) {
        expect(error).toMatchObject({ name: 'VarveError', code: expect.stringMatching(/^(?!internal)/) });
      }
    }
  });
});
