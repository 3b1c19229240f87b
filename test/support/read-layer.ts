import { zstdDecompressSync } from 'node:zlib';
import { VarveError } from '../../src/base/errors.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/base/limits.ts';
import { callOf } from '../../src/core/analysis/analyzer-key.ts';
import { filesAnalyzer } from '../../src/core/analysis/files/files-analyzer.ts';
import type { InventoryEntry, InventoryHeader } from '../../src/core/analysis/files/inventory.ts';
import { type LayerPassOptions, readLayer } from '../../src/core/reading/layer-pass.ts';
import type { LayerReading, LayerRequest } from '../../src/core/reading/layer-reader.ts';

/** A request for bytes that nobody vouches for. */
export const UNCHECKED: LayerRequest = {
  index: 3,
  location: { kind: 'absent', reason: 'the bytes are given' },
  expected: { digest: null, size: null, diffId: null },
  want: [callOf(filesAnalyzer)],
};

export interface ReadOptions extends Partial<Omit<LayerPassOptions, 'limits'>> {
  readonly limits?: Partial<Limits>;
  readonly expected?: Partial<LayerRequest['expected']>;
  /** All of the analyzers when left out. */
  readonly want?: LayerRequest['want'];
  /** Bytes of the chunks that the stored bytes come in; all in one when left out. */
  readonly chunk?: number;
}

/** Reads stored bytes as layer 3, with the files analyzer unless others are given. */
export function readBytes(stored: Buffer, options: ReadOptions = {}): Promise<LayerReading> {
  const { limits, expected, chunk = stored.length, analyzers = [filesAnalyzer], ...others } = options;
  const { want = analyzers.map(callOf), ...rest } = others;
  const request = { ...UNCHECKED, expected: { ...UNCHECKED.expected, ...expected }, want };
  return readLayer(chunksOf(stored, chunk), request, {
    analyzers,
    ...rest,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
}

/** What a read that must fail says. */
export async function readFault(stored: Buffer, options: ReadOptions = {}): Promise<VarveError> {
  const outcome = await readBytes(stored, options).catch((fault: unknown) => fault);
  if (outcome instanceof VarveError) return outcome;
  throw outcome instanceof Error ? outcome : new Error('the read did not fail');
}

export interface ReadInventory {
  readonly reading: LayerReading;
  readonly payload: Buffer;
  /** All lines of the payload but the header. */
  readonly lines: readonly string[];
  readonly header: InventoryHeader;
  readonly entries: readonly InventoryEntry[];
}

/** The inventory of a tar, its lines parsed as what they are: JSON. */
export async function inventoryOf(tar: Buffer, options: ReadOptions = {}): Promise<ReadInventory> {
  const reading = await readBytes(tar, options);
  const payload = zstdDecompressSync(reading.fragments[0]?.compressed ?? Buffer.alloc(0));
  const [header = '', ...lines] = payload.toString('utf8').trimEnd().split('\n');
  return {
    reading,
    payload,
    lines,
    header: JSON.parse(header),
    entries: lines.map((line) => JSON.parse(line)),
  };
}

function* chunksOf(bytes: Buffer, size: number): Generator<Uint8Array> {
  const chunk = Buffer.alloc(Math.max(size, 1));
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(chunk, 0, at, at + size);
    yield chunk.subarray(0, length);
  }
}
