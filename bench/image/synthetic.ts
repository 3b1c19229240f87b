import { existsSync } from 'node:fs';
import { cachePath, makeOnce } from '../cache.ts';
import { say } from '../shell.ts';
import { writeLayout } from './layout.ts';
import { endOfTar, entryBytes, writeHeader } from './tar.ts';
import { createWords } from './words.ts';

const CHUNK = 1 << 20;
const MEBIBYTE = 1 << 20;
/** Wider than gzip's window, so that content taken from it does not compress to nothing. */
const POOL = 4 * MEBIBYTE;

export type SyntheticImage = {
  readonly id: string;
  readonly what: string;
  readonly entries: number;
  readonly tar: () => Generator<Buffer>;
};

/** Layers that no builder would care to make; each is the only layer of its image. */
export const syntheticImages = {
  millionFiles: {
    id: 'million-files',
    what: 'one layer with 1,000,000 small files',
    entries: 1_000_000,
    tar: () => manyFiles(1_000_000, (index) => 60 + ((index * 37) % 900)),
  },
  emptyFiles: {
    id: 'empty-files',
    what: 'one layer with 3,000,000 empty files',
    entries: 3_000_000,
    tar: () => manyFiles(3_000_000, () => 0),
  },
  huge: {
    id: 'huge',
    what: 'one layer of 6.4 GB: eight files of 800 MB',
    entries: 8,
    tar: () => bigFiles(8, 800_000_000),
  },
} satisfies Record<string, SyntheticImage>;

export function syntheticLayout(image: SyntheticImage): string {
  return cachePath('image', `synthetic-${image.id}`);
}

/** Builds the OCI layout of a synthetic image unless the cache has it. */
export async function buildSynthetic(image: SyntheticImage): Promise<void> {
  const path = syntheticLayout(image);
  if (existsSync(path)) return;
  say(`building ${image.what} …`);
  await makeOnce(path, (temporary) => writeLayout(temporary, image.tar(), 'bench'));
}

function* manyFiles(count: number, sizeOf: (index: number) => number): Generator<Buffer> {
  const text = createWords(1)(POOL);
  let chunk = Buffer.alloc(CHUNK);
  let filled = 0;
  for (let index = 0; index < count; index += 1) {
    const size = sizeOf(index);
    if (filled + entryBytes(size) > CHUNK) {
      yield chunk.subarray(0, filled);
      chunk = Buffer.alloc(CHUNK);
      filled = 0;
    }
    const folder = `srv/data/${Math.floor(index / 100_000)}/${Math.floor(index / 250) % 400}`;
    writeHeader(chunk, filled, `${folder}/record-${index}.txt`, size);
    const from = (index * 7919) % (POOL - CHUNK);
    text.copy(chunk, filled + 512, from, from + size);
    filled += entryBytes(size);
  }
  yield chunk.subarray(0, filled);
  yield endOfTar;
}

function* bigFiles(count: number, size: number): Generator<Buffer> {
  const words = createWords(2);
  const pool = Array.from({ length: 32 }, () => words(MEBIBYTE));
  for (let file = 0; file < count; file += 1) {
    const header = Buffer.alloc(512);
    writeHeader(header, 0, `opt/volume-${file}.bin`, size);
    yield header;
    for (let written = 0; written < size; written += MEBIBYTE) {
      const block = pool[(file * 7 + written / MEBIBYTE) % pool.length] ?? pool[0];
      if (block) yield block.subarray(0, Math.min(MEBIBYTE, size - written));
    }
    yield Buffer.alloc(entryBytes(size) - 512 - size);
  }
  yield endOfTar;
}
