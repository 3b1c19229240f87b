import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { VarveError } from '../../../base/errors.ts';
import { readRange } from '../../../base/file-range.ts';
import { type Limits, limitExceeded } from '../../../base/limits.ts';
import { BLOCK } from '../../../base/tar/header-block.ts';
import { TarScanner } from '../../../base/tar/tar-scanner.ts';
import { readFault } from '../../filesystem/file-fault.ts';
import { ArchiveTable } from './archive-table.ts';
import type { ImageFiles } from './image-files.ts';

/**
 * The entries of an uncompressed tar. Only its headers are read, seeking from one to the next.
 * @throws VarveError `malformed`, `truncated`, `limit-exceeded`, `denied`, `unreachable`.
 */
export function openArchive(path: string, limits: Limits): ImageFiles {
  const { table, ended } = readTable(path, limits);
  return {
    kind: 'archive',
    path,
    unterminated: !ended,
    findings: table.findings,
    find: (name) => {
      const entry = table.find(name);
      return (
        entry && {
          size: entry.size,
          isTwice: entry.isTwice,
          location: { kind: 'file', path, offset: entry.offset, length: entry.size },
        }
      );
    },
    read: async (name, { jsonBytes }) => {
      const entry = table.find(name);
      if (entry === null) return null;
      const { offset, size } = entry;
      if (size > jsonBytes) throw limitExceeded('jsonBytes', limits, `${path}: ${name}`);
      return Buffer.concat([...readRange(path, { offset, length: size }, Buffer.alloc(size))]);
    },
  };
}

function readTable(path: string, limits: Limits): { table: ArchiveTable; ended: boolean } {
  const file = openFile(path);
  try {
    return walkHeaders(path, file, limits);
  } finally {
    closeSync(file);
  }
}

function walkHeaders(path: string, file: number, limits: Limits): { table: ArchiveTable; ended: boolean } {
  const size = fstatSync(file).size;
  const table = new ArchiveTable(path, limits);
  const scanner = new TarScanner({ handler: table, limits, object: path });
  const block = Buffer.alloc(BLOCK);
  let position = 0;
  while (position < size && !scanner.ended) {
    const { skippable } = scanner;
    if (skippable > 0) {
      // Content begins at a whole block; what begins elsewhere is fill, and that may be missing at the end.
      const isContent = position % BLOCK === 0;
      if (isContent && position + skippable > size) throw endsEarly(path, position + skippable, size);
      scanner.skip();
      position += skippable;
    } else {
      const bytes = block.subarray(0, Math.min(BLOCK, size - position));
      readAt(path, file, bytes, position);
      table.beginChunk(bytes, position);
      scanner.push(bytes);
      position += bytes.length;
      table.endChunk(position);
    }
  }
  scanner.end();
  return { table, ended: scanner.ended };
}

function openFile(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (fault) {
    throw readFault(fault, path);
  }
}

function readAt(path: string, file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length; ) {
    const read = readOnce(path, file, bytes, done, position + done);
    if (read === 0) throw endsEarly(path, position + bytes.length, position + done);
    done += read;
  }
}

function readOnce(path: string, file: number, bytes: Buffer, from: number, position: number): number {
  try {
    return readSync(file, bytes, from, bytes.length - from, position);
  } catch (fault) {
    throw readFault(fault, path);
  }
}

function endsEarly(path: string, expected: number, found: number): VarveError {
  return new VarveError('truncated', `${path} ends at byte ${found}, and should go on to byte ${expected}`, {
    object: path,
    hint: 'the archive was cut off, or is still being written: make or fetch it again',
  });
}
