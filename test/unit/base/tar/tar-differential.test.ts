import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';
import { scanTar } from '../../../support/tar-scanning.ts';
import {
  gnuLong,
  type HeaderFields,
  type PaxRecord,
  paxHeader,
  tarEntry,
  tarOf,
} from '../../../support/tar-writer.ts';

/** What both readers say of an entry. */
interface Seen {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly link: string;
  readonly sha256: string;
}

const TYPES: Readonly<Record<string, string>> = {
  file: 'file',
  'contiguous-file': 'file',
  link: 'hardlink',
  symlink: 'symlink',
  'character-device': 'char',
  'block-device': 'block',
  directory: 'dir',
  fifo: 'fifo',
};

async function byTarStream(tar: Buffer): Promise<Seen[]> {
  const seen: Seen[] = [];
  // Its types lack the option.
  const options = { filenameEncoding: 'latin1' } as Parameters<typeof extract>[0];
  for await (const entry of Readable.from([tar]).pipe(extract(options))) {
    const parts: Buffer[] = [];
    for await (const part of entry) parts.push(part as Buffer);
    const { name, type, mode, uid, gid, mtime, linkname } = entry.header;
    const pax = entry.header.pax as Readonly<Record<string, string>> | null;
    // It reads extended headers as UTF-8 and leaves all but names and size to its user.
    const decoded = (key: 'path' | 'linkpath', plain: string) =>
      pax?.[key] ? Buffer.from(pax[key]).toString('latin1') : plain;
    seen.push({
      name: decoded('path', name),
      type: TYPES[type ?? ''] ?? String(type),
      mode: mode ?? 0,
      uid: Number(pax?.uid ?? uid),
      gid: Number(pax?.gid ?? gid),
      mtime: Number(pax?.mtime ?? (mtime?.getTime() ?? 0) / 1000),
      link: decoded('linkpath', linkname ?? ''),
      sha256: hash('sha256', Buffer.concat(parts), 'hex'),
    });
  }
  return seen;
}

function byScanner(tar: Buffer, chunkSizes: readonly number[]): Seen[] {
  return scanTar(tar, chunkSizes).entries.map(
    ({ name, type, mode, uid, gid, mtime, mtimeNs, linkName, sha256 }) => ({
      name,
      type,
      mode,
      uid,
      gid,
      mtime: mtime + mtimeNs / 1e9,
      link: linkName,
      sha256,
    }),
  );
}

const nameBytes = (max: number) =>
  fc
    .array(
      fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 0x2d, max: 0x7a }) },
        fc.integer({ min: 1, max: 255 }),
      ),
      {
        minLength: 1,
        maxLength: max,
      },
    )
    // A trailing slash means a directory to tar-stream whatever the type; to Go, and so to engines, only in old tars.
    .map((bytes) => Buffer.from([...bytes, 0x65]));

const header = fc.record(
  {
    name: nameBytes(99),
    prefix: nameBytes(154),
    mode: fc.nat(0o7777),
    uid: fc.oneof(fc.nat(0o7777777), fc.nat(2 ** 40)),
    gid: fc.nat(0o7777777),
    mtime: fc.nat(2 ** 33),
    type: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '\0'),
    format: fc.constantFrom('ustar' as const, 'gnu' as const),
  },
  { requiredKeys: ['name', 'type', 'format'] },
);

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
  .filter((value) => !value.includes('\0'));

const extended = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  fc.record(
    {
      path: text.map((path) => `${path}e`),
      linkpath: text,
      uid: fc.nat(2 ** 45).map(String),
      gid: fc.nat().map(String),
      mtime: fc.nat(2 ** 33).map(String),
      comment: fc.string({ maxLength: 2000 }),
    },
    { requiredKeys: [] },
  ),
);

const long = fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, nameBytes(1200));
const content = fc.oneof(fc.constant(Buffer.alloc(0)), fc.uint8Array({ maxLength: 2500 }).map(Buffer.from));

const entry = fc.record({ header, extended, longName: long, longLink: long, link: nameBytes(99), content });

/** An entry with what goes before it, as a writer that has read the formats would put it. */
function write({ header, extended, longName, longLink, link, content }: Arbitrary<typeof entry>): Buffer {
  const isLink = header.type === '1' || header.type === '2';
  const hasContent = header.type === '0' || header.type === '7' || header.type === '\0';
  const records = Object.entries(extended ?? {}).filter(
    ([key]) => isLink || key !== 'linkpath',
  ) as PaxRecord[];
  // No writer gives a name in both ways: readers disagree on which counts.
  const has = (key: string) => records.some(([record]) => record === key);
  return Buffer.concat([
    ...(isLink && longLink !== null && !has('linkpath') ? [gnuLong('K', longLink)] : []),
    ...(longName !== null && !has('path') ? [gnuLong('L', longName)] : []),
    ...(records.length > 0 ? [paxHeader(records)] : []),
    tarEntry({ ...(header as HeaderFields), link: isLink ? link : '' }, hasContent ? content : ''),
  ]);
}

type Arbitrary<T> = T extends fc.Arbitrary<infer V> ? V : never;

test('the scanner sees what tar-stream sees, however the bytes are cut', async () => {
  const chunks = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 12 }), chunks, async (entries, sizes) => {
      const tar = tarOf(...entries.map(write));
      const expected = await byTarStream(tar);
      expect(expected).toHaveLength(entries.length);
      expect(byScanner(tar, sizes)).toEqual(expected);
      expect(byScanner(tar, [])).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
