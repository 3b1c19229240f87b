import type { ByteSource } from '../../../base/byte-source.ts';
import { decode } from '../../../base/compression/decode.ts';
import { readRange } from '../../../base/file-range.ts';
import { ForwardReader } from '../../../base/forward-reader.ts';
import { type Limits, limitExceeded } from '../../../base/limits.ts';
import { TarScanner } from '../../../base/tar/tar-scanner.ts';
import { type ArchiveEntry, ArchiveTable } from './archive-table.ts';
import { type ImageFiles, isEmpty } from './image-files.ts';

const KiB = 1024;
/** What is kept of an archive's documents, so that they need no second pass; larger ones are read again. */
const LARGEST_KEPT = 1024 * KiB;
const KEPT_IN_ALL = 64 * 1024 * KiB;

/** Of JSON, spaces may stand before the first bracket. */
const BEGINS_AS_JSON = /^[ \t\r\n]*[[{]/;

/**
 * The entries of a compressed tar, found in one pass that inflates all of it. Layers stay where they are.
 * @throws VarveError `malformed`, `truncated`, `unsupported`, `limit-exceeded`, `denied`, `unreachable`.
 */
export async function openCompressedArchive(
  path: string,
  compression: 'gzip' | 'zstd',
  limits: Limits,
): Promise<ImageFiles> {
  const inflate = (): ByteSource => decode(readRange(path), { object: path, format: compression });
  const kept = new KeptDocuments();
  const table = new ArchiveTable(path, limits, (entry, bytes) => kept.add(entry, bytes));
  const ended = await scanAll(inflate(), table, path, limits);

  const find = (name: string): (ArchiveEntry & { readonly offset: number }) | null => table.find(name);
  return {
    kind: 'archive',
    path,
    unterminated: !ended,
    findings: table.findings,
    find: (name) => {
      const entry = find(name);
      if (entry === null) return null;
      const { offset, size, isTwice } = entry;
      return {
        size,
        isTwice,
        location: { kind: 'compressed-file', path, compression, offset, length: size },
      };
    },
    read: async (name, { jsonBytes }) => {
      const entry = find(name);
      if (entry === null) return null;
      if (entry.size > jsonBytes) throw limitExceeded('jsonBytes', limits, `${path}: ${name}`);
      return kept.get(entry) ?? readAgain(inflate(), path, entry);
    },
  };
}

async function scanAll(
  source: ByteSource,
  table: ArchiveTable,
  path: string,
  limits: Limits,
): Promise<boolean> {
  const scanner = new TarScanner({ handler: table, limits, object: path });
  let position = 0;
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    table.beginChunk(bytes, position);
    scanner.push(bytes);
    position += bytes.length;
    if (position > limits.layerBytes)
      throw limitExceeded('layerBytes', limits, `${path}: the size of what it unpacks to`);
  }
  if (position === 0) throw isEmpty(path, 'unpacks to nothing');
  scanner.end();
  return scanner.ended;
}

async function readAgain(
  source: ByteSource,
  path: string,
  { offset, size }: { readonly offset: number; readonly size: number },
): Promise<Buffer> {
  await using reader = new ForwardReader(source, path);
  const bytes = Buffer.alloc(size);
  let done = 0;
  for await (const chunk of reader.range(offset, size)) {
    bytes.set(chunk, done);
    done += chunk.byteLength;
  }
  return bytes;
}

/** The contents of small entries that look like JSON, by their offset. */
class KeptDocuments {
  readonly #documents = new Map<number, Buffer>();
  #inAll = 0;

  add({ offset, size }: ArchiveEntry, bytes: Buffer): void {
    if (offset === null || size > LARGEST_KEPT) return;
    const begun = this.#documents.get(offset);
    if (begun === undefined) {
      if (this.#inAll + size > KEPT_IN_ALL || !BEGINS_AS_JSON.test(bytes.toString('latin1', 0, 100))) return;
      this.#inAll += size;
      this.#documents.set(offset, Buffer.from(bytes));
    } else {
      this.#documents.set(offset, Buffer.concat([begun, bytes]));
    }
  }

  /** Null for what was not kept whole. */
  get({ offset, size }: { readonly offset: number; readonly size: number }): Buffer | null {
    const document = this.#documents.get(offset);
    return document?.length === size ? document : null;
  }
}
