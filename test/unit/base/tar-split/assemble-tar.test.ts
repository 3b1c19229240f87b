import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VarveError } from '../../../../src/base/errors.ts';
import { assembleTar } from '../../../../src/base/tar-split/assemble-tar.ts';
import { inReusedBuffer, later, sampleBytes } from '../../../support/compressed-streams.ts';
import { metadataOf, splitTar, unpackFiles } from '../../../support/tar-splitter.ts';
import { gnuLong, paxHeader, tarEntry, tarHeader, tarOf } from '../../../support/tar-writer.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
const openFiles = (): number => readdirSync('/proc/self/fd').length;

/** Splits a tar, keeps its files in a folder, and gives both. */
function stored(tar: Buffer): { metadata: Buffer; root: string } {
  const split = splitTar(tar);
  const root = newPath('diff');
  unpackFiles(split, root);
  return { metadata: metadataOf(split), root };
}

/** All of the tar that comes out of metadata in chunks of a size. */
function rebuild(metadata: Buffer, root: string, chunk = 1000): Buffer {
  const tar = assembleTar(inReusedBuffer(metadata, [chunk]), root, 'notes');
  if (!(Symbol.iterator in tar)) throw new Error('a synchronous source gives a synchronous one');
  return Buffer.concat(Array.from(tar, (part) => Buffer.from(part)));
}

function faultOf(metadata: Buffer | string, root: string, chunk?: number): VarveError {
  const before = openFiles();
  try {
    rebuild(Buffer.from(metadata), root, chunk);
  } catch (fault) {
    expect(openFiles()).toBe(before);
    if (fault instanceof VarveError) return fault;
    throw fault;
  }
  throw new Error('nothing failed');
}

const line = (fields: object, position = 0): string => `${JSON.stringify({ ...fields, position })}\n`;

/** Metadata of one file. */
const fileLine = (name: string, size = 4): string => line({ type: 1, name, size, payload: 'AAAAAAAAAAA=' });

/** A folder with a file in it, and one next to it that must not be read. */
function makeRoot(): string {
  const place = newPath('place');
  const root = join(place, 'diff');
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(root, 'etc/file'), 'four');
  writeFileSync(join(place, 'secret'), 'four');
  return root;
}

describe('a tar that was split', () => {
  const part = fc.oneof(
    fc
      .constantFrom('short', 'ü-日本', 'with space\n"quoted"<&>', 'x'.repeat(99))
      .map((name) => Buffer.from(name)),
    fc.constant(Buffer.from([0x66, 0xff, 0xfe, 0x2e, 0xc3])),
    fc.constant(Buffer.from('y'.repeat(250))),
  );
  const size = fc.oneof(fc.constantFrom(0, 1, 511, 512, 513, 262_144), fc.nat(1500), fc.nat(600_000));
  const kind = fc.constantFrom('plain', 'plain', 'gnu', 'pax', 'dir', 'link', 'whiteout');
  const entry = fc.record({ folders: fc.array(part, { maxLength: 3 }), base: part, size, kind });
  const tail = fc.oneof(fc.constant(0), fc.nat(3000), fc.constant(2 * 1024 * 1024 + 7));

  test('comes out as it was, whatever its names, headers, padding and tail', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 12 }),
        tail,
        fc.integer({ min: 200, max: 300_000 }),
        (entries, extra, chunk) => {
          const parts = entries.map(({ folders, base, size, kind }, index) => {
            // Every name is of one entry, and no file is a folder elsewhere.
            const names = [
              ...folders.map((folder) => Buffer.concat([Buffer.from('d'), folder])),
              Buffer.concat([Buffer.from(`f${index}`), base.subarray(0, 240)]),
            ];
            const name = Buffer.concat(
              names.flatMap((each, at) => (at === 0 ? [each] : [Buffer.from('/'), each])),
            );
            const content = sampleBytes(size, index + 1);
            // Unlike zeros, this padding would be missed.
            const padding = (entry: Buffer): Buffer =>
              size % 512 === 0 ? entry : entry.fill(0xee, entry.length - 512 + (size % 512));
            if (kind === 'dir') return tarEntry({ name: 'd/', type: '5' });
            if (kind === 'link') return tarEntry({ name: 'l', type: '1', link: name });
            if (kind === 'whiteout') return tarEntry({ name: `.wh.${index}` });
            if (kind === 'pax')
              return Buffer.concat([paxHeader([['path', name]]), padding(tarEntry({ name: 'p' }, content))]);
            if (name.length > 100)
              return Buffer.concat([
                gnuLong('L', name),
                padding(tarEntry({ name: 'l', format: 'gnu' }, content)),
              ]);
            return padding(tarEntry({ name }, content));
          });
          const tar = Buffer.concat([tarOf(...parts), sampleBytes(extra, 77)]);
          const { metadata, root } = stored(tar);
          const before = openFiles();
          expect(rebuild(metadata, root, chunk).equals(tar)).toBe(true);
          expect(openFiles()).toBe(before);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('comes in whole chunks, a reused one at a time', () => {
    const tar = tarOf(tarEntry({ name: 'big' }, sampleBytes(700_000)));
    const { metadata, root } = stored(tar);
    const chunks = assembleTar([metadata], root, 'notes') as Iterable<Uint8Array>;
    expect([...chunks].map(({ length }) => length)).toEqual([262_144, 262_144, tar.length - 2 * 262_144]);
  });

  test('comes out of a source that takes its time', async () => {
    const tar = tarOf(tarEntry({ name: 'a/b' }, sampleBytes(3000)));
    const { metadata, root } = stored(tar);
    const parts: Buffer[] = [];
    for await (const part of assembleTar(later([metadata]), root, 'notes')) parts.push(Buffer.from(part));
    expect(Buffer.concat(parts).equals(tar)).toBe(true);
  });

  test('leaves no file open when nobody reads on', () => {
    const { metadata, root } = stored(tarOf(tarEntry({ name: 'a/big' }, sampleBytes(700_000))));
    const before = openFiles();
    for (const _ of assembleTar([metadata], root, 'notes') as Iterable<Uint8Array>) {
      expect(openFiles()).toBe(before + 3);
      break;
    }
    expect(openFiles()).toBe(before);
  });

  test('needs no newline after its last line, and may be empty', () => {
    const { metadata, root } = stored(tarOf(tarHeader()));
    expect(rebuild(metadata.subarray(0, -1), root).equals(tarOf(tarHeader()))).toBe(true);
    expect(rebuild(Buffer.alloc(0), root)).toHaveLength(0);
  });
});

describe('metadata that is wrong', () => {
  const root = makeRoot();

  test.each([
    ['no JSON', 'x\n'],
    ['an empty line', '\n'],
    ['a list', '[1]\n'],
    ['null', 'null\n'],
    ['another type', line({ type: 3, payload: '' })],
    ['no type', line({ payload: 'AAAA' })],
    ['a segment without bytes', line({ type: 2, payload: null })],
    ['a segment of a number', line({ type: 2, payload: 7 })],
    ['a negative size', fileLine('etc/file', -4)],
    ['a fraction of a size', fileLine('etc/file', 4.5)],
    ['a size beyond all', line({ type: 1, name: 'etc/file', size: 1e300, payload: null })],
    ['a name that is a number', line({ type: 1, name: 7, size: 4, payload: null })],
    ['a line that is missing', line({ type: 2, payload: '' }, 1)],
    ['a line that is there twice', line({ type: 2, payload: '' }) + line({ type: 2, payload: '' })],
    ['half a line', '{"type":2,"payload":"AAAA'],
  ])('%s', (_, metadata) => {
    expect(faultOf(metadata, root)).toMatchObject({ code: 'malformed', object: 'notes' });
  });

  test('in any byte gives an error or other bytes, and leaves nothing open', () => {
    const { metadata, root } = stored(
      tarOf(tarEntry({ name: 'a/one' }, 'one'), tarEntry({ name: Buffer.from([0xff]) }, sampleBytes(600))),
    );
    const whole = rebuild(metadata, root);
    const before = openFiles();
    const damage = fc.array(fc.tuple(fc.nat(metadata.length - 1), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    let survived = 0;
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = Buffer.from(metadata);
        for (const [at, byte] of changes) damaged[at] = byte;
        try {
          if (!rebuild(damaged, root).equals(whole)) survived++;
        } catch (fault) {
          expect(fault).toBeInstanceOf(VarveError);
        }
        expect(openFiles()).toBe(before);
      }),
      { numRuns: 500 },
    );
    expect(survived).toBeGreaterThan(0);
  });

  test('is told without being quoted', () => {
    expect(faultOf('secret words\n', root).message).not.toContain('secret');
  });

  test('a line of more than 16 MiB, in whatever pieces it comes', () => {
    const metadata = Buffer.alloc(17 * 1024 * 1024, 'A');
    expect(faultOf(metadata, root, 200_000)).toMatchObject({ code: 'limit-exceeded' });
  });

  test('base64 that decodes to less, more or nothing gives other bytes, never a crash', () => {
    expect(rebuild(Buffer.from(line({ type: 2, payload: '!!!!QUJD????' })), root).toString()).toBe('ABC');
    expect(rebuild(Buffer.from(line({ type: 2, payload: 'QUJD====QUJD' })), root).length).toBeLessThan(10);
    expect(rebuild(Buffer.from(line({ type: 2, payload: '=' })), root)).toHaveLength(0);
    expect(rebuild(Buffer.from(line({ type: 2, payload: 'A'.repeat(4_000_000) })), root)).toHaveLength(
      3_000_000,
    );
  });
});

describe('files that are not those of the tar', () => {
  const root = makeRoot();

  test('longer or shorter than noted', () => {
    for (const size of [1, 3, 5, 2 ** 52]) {
      expect(faultOf(fileLine('etc/file', size), root)).toMatchObject({
        code: 'size-mismatch',
        object: `${root}/etc/file`,
      });
    }
  });

  test('absent, and in an absent folder, and in none at all', () => {
    for (const name of ['etc/other', 'usr/file']) {
      expect(faultOf(fileLine(name), root)).toMatchObject({ code: 'unreachable', object: `${root}/${name}` });
    }
    expect(faultOf(fileLine('etc/file'), newPath('nowhere'))).toMatchObject({ code: 'unreachable' });
  });

  test('those of size 0 are not looked for', () => {
    expect(rebuild(Buffer.from(fileLine('../whatever', 0)), root)).toHaveLength(0);
    expect(rebuild(Buffer.from(line({ type: 1, payload: null })), root)).toHaveLength(0);
  });

  test('a sparse file, which tar-split notes by the size that it would have', () => {
    const sparse = makeRoot();
    writeFileSync(join(sparse, 'holes'), Buffer.alloc(100_000));
    expect(rebuild(Buffer.from(fileLine('holes', 100_000)), sparse)).toHaveLength(100_000);
  });

  test('a link in the way, to wherever it leads', () => {
    const links = makeRoot();
    symlinkSync('etc', join(links, 'inside'));
    symlinkSync('..', join(links, 'outside'));
    symlinkSync('file', join(links, 'etc/link'));
    for (const name of ['inside/file', 'outside/secret', 'etc/link', 'outside/diff/etc/file']) {
      expect(['unreachable', 'unsupported']).toContain(faultOf(fileLine(name), links).code);
    }
  });
});
