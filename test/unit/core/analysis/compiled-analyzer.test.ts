import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findAnalyzer } from '../../../../src/core/analysis/analyzers.ts';
import {
  compiledAnalyzer,
  readCode,
  type WantedCode,
  wantCode,
} from '../../../../src/core/analysis/compiled/compiled-analyzer.ts';
import { PayloadWriter } from '../../../../src/core/analysis/payload-writer.ts';
import type { LayerEntry } from '../../../../src/core/layer/layer-entry.ts';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** What Python 3.13 writes. */
function compiled(mtime: number, code = 'code', flags = 0): Buffer {
  const header = Buffer.from([0xf3, 0x0d, 0x0d, 0x0a, flags, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0]);
  header.writeUInt32LE(mtime, 8);
  return Buffer.concat([header, Buffer.from(code)]);
}

/** Lets the analyzer see one file in chunks of some size, as a worker would. */
function look(bytes: Buffer, wanted: readonly Partial<WantedCode>[], chunk = bytes.length) {
  const files = wanted.map((each) => ({ sha256: sha256(bytes), size: bytes.length, mtimes: [], ...each }));
  const { key, options } = wantCode(files);
  const analysis = findAnalyzer([compiledAnalyzer], { key, options }).begin({} as never);
  const payload = new PayloadWriter();
  const entry = { type: 'file', tar: { size: bytes.length }, sha256: sha256(bytes) } as LayerEntry;
  if (analysis.enter?.(entry)) {
    for (let at = 0; at < bytes.length; at += chunk)
      analysis.content?.(bytes, at, Math.min(bytes.length, at + chunk));
  }
  analysis.leave?.(entry);
  analysis.finish({} as never, payload);
  return [...readCode(zstdDecompressSync(payload.end().compressed))];
}

describe('compiled files', () => {
  const bytes = compiled(2);
  const code = sha256(compiled(0));
  const retimed = (time: number) => ({ time, sha256: sha256(compiled(time)) });

  it.each([1, 7, 15, 16, 17, 100])('are told by their code and by other times, in chunks of %i', (chunk) => {
    expect(look(bytes, [{ mtimes: [1, 3] }], chunk)).toEqual([
      [sha256(bytes), { code, time: 2, retimed: [retimed(1), retimed(3)] }],
    ]);
  });

  it('prove nothing where they state no time', () => {
    expect(look(compiled(2, 'code', 1), [{ mtimes: [1] }])).toEqual([]);
  });

  it('are tried with the times of all of their size, up to a number', () => {
    const others = Array.from({ length: 100 }, (_, mtime) => ({ sha256: 'other', mtimes: [mtime] }));
    const [[, facts] = []] = look(bytes, [...others, {}]);
    expect(facts?.retimed).toHaveLength(64);
  });

  it('are skipped where nothing of the kind is wanted, or can be', () => {
    expect(look(bytes, [{ size: 3 }])).toEqual([]);
    expect(look(bytes, [{ sha256: 'other' }])).toEqual([]);
    expect(look(Buffer.from('too short'), [{}])).toEqual([]);
  });
});
