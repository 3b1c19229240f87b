import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileRange, readRange } from '../../../src/base/file-range.ts';
import { sampleBytes } from '../../support/compressed-streams.ts';

const CONTENT = sampleBytes(10_000);
let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-range-'));
  path = join(folder, 'blob');
  writeFileSync(path, CONTENT);
});

afterEach(() => rmSync(folder, { recursive: true }));

function read(range?: FileRange, buffer?: Uint8Array, file = path): Buffer[] {
  const chunks: Buffer[] = [];
  for (const chunk of readRange(file, range, buffer)) chunks.push(Buffer.from(chunk));
  return chunks;
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Root may read anything: where tests run as root, it steps down for a while. */
function asOrdinaryUser(action: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('reading a range of a file', () => {
  it('gives exactly the bytes of any range, in chunks as large as the buffer', () => {
    const range = fc.tuple(fc.nat(CONTENT.length), fc.nat(CONTENT.length)).map(([a, b]) => ({
      offset: Math.min(a, b),
      length: Math.abs(a - b),
    }));
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 12_000 }), ({ offset, length }, size) => {
        const chunks = read({ offset, length }, Buffer.alloc(size));
        expect(Buffer.concat(chunks).equals(CONTENT.subarray(offset, offset + length))).toBe(true);
        expect(chunks.slice(0, -1).every((chunk) => chunk.length === size)).toBe(true);
      }),
    );
  });

  it('reads to the end of the file without a length, and all of it without a range', () => {
    expect(Buffer.concat(read({ offset: 9_000 })).equals(CONTENT.subarray(9_000))).toBe(true);
    expect(Buffer.concat(read()).equals(CONTENT)).toBe(true);
    expect(read({ offset: 20_000 })).toHaveLength(0);
  });

  it('uses one buffer for all of it', () => {
    const memory = new Set<ArrayBufferLike>();
    for (const chunk of readRange(path, { offset: 0 }, Buffer.alloc(100))) memory.add(chunk.buffer);
    expect(memory.size).toBe(1);
  });

  it.each([
    [{ offset: 0, length: 10_001 }, 'ends at byte 10000, and should go on to byte 10001'],
    [{ offset: 9_999, length: 2 }, 'ends at byte 10000, and should go on to byte 10001'],
    [{ offset: 20_000, length: 1 }, 'should go on to byte 20001'],
    [{ offset: 2 ** 40, length: 2 ** 40 }, 'should go on to byte 2199023255552'],
  ])('finds a file truncated that ends before the range %j', (range, message) => {
    expect(() => read(range)).toThrow(
      expect.objectContaining({ code: 'truncated', object: path, message: expect.stringContaining(message) }),
    );
  });

  it('finds a file truncated that shrinks while it is read', () => {
    const chunks = readRange(path, { offset: 0 }, Buffer.alloc(1_000));
    chunks.next();
    truncateSync(path, 1_500);
    expect(() => [...chunks]).toThrow(expect.objectContaining({ code: 'truncated' }));
  });

  it.each([
    ['is absent', () => join(folder, 'absent'), 'unreachable'],
    ['is a folder', () => folder, 'unreachable'],
    ['is a device', () => '/dev/zero', 'unreachable'],
    ['is below a file', () => join(path, 'x'), 'unreachable'],
  ])('says so when the file %s', (_name, file, code) => {
    expect(() => read(undefined, undefined, file())).toThrow(
      expect.objectContaining({ code, object: file() }),
    );
  });

  it('does not wait for a named pipe', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => read(undefined, undefined, pipe)).toThrow(
      expect.objectContaining({ code: 'unreachable', message: `${pipe} is not a regular file` }),
    );
  });

  it('says so when the file may not be read', () => {
    chmodSync(folder, 0o755);
    chmodSync(path, 0);
    asOrdinaryUser(() => {
      expect(() => read()).toThrow(expect.objectContaining({ code: 'denied', object: path }));
    });
  });

  it('leaves no file open: at the end, when given up, and after an error', () => {
    const before = openFiles();
    read();
    for (const _ of readRange(path, { offset: 0 }, Buffer.alloc(10))) break;
    expect(() => read({ offset: 0, length: 20_000 })).toThrow();
    expect(() => read(undefined, undefined, folder)).toThrow();
    readRange(path);
    expect(openFiles()).toBe(before);
  });
});
