import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cachePath } from '../cache.ts';
import { run, say } from '../shell.ts';
import { benchImage } from './bench-image.ts';
import { layerBlobs } from './layout.ts';

/** What the bench needs to know of the bench image; sizes in bytes. */
export interface BenchImageFacts {
  readonly layers: number;
  readonly entries: number;
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  /** Uncompressed size of the one layer in which v2 differs. */
  readonly changedBytes: number;
}

const UNKNOWN: BenchImageFacts = {
  layers: 0,
  entries: 0,
  compressedBytes: 0,
  uncompressedBytes: 0,
  changedBytes: 19_000_000,
};

/** Counts the bench image with gzip and tar, once; of an image that was not built, nothing is known. */
export function readFacts(): BenchImageFacts {
  const path = cachePath('image', 'facts.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as BenchImageFacts;
  if (!existsSync(benchImage.gzipV1)) return UNKNOWN;
  say('bench image: counting …');
  const layers = layerBlobs(benchImage.gzipV1).map(({ path: blob, size }) => ({
    size,
    bytes: Number(run('sh', ['-c', 'gzip -dc < "$1" | wc -c', 'sh', blob])),
    entries: Number(run('sh', ['-c', 'gzip -dc < "$1" | tar -t | wc -l', 'sh', blob])),
  }));
  const sum = (pick: (layer: (typeof layers)[number]) => number) =>
    layers.reduce((total, layer) => total + pick(layer), 0);
  const facts = {
    layers: layers.length,
    entries: sum(({ entries }) => entries),
    compressedBytes: sum(({ size }) => size),
    uncompressedBytes: sum(({ bytes }) => bytes),
    changedBytes: layers.at(-1)?.bytes ?? UNKNOWN.changedBytes,
  };
  writeFileSync(path, JSON.stringify(facts));
  return facts;
}
