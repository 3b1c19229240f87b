import type { SparseMap } from './sparse-map.ts';
import type { TarHandler } from './tar-entry.ts';
import { eachZeroChunk } from './zeros.ts';

/** Puts the stored parts of a sparse file in their places, with zeros between them. */
export class SparseContent {
  readonly #map: SparseMap;
  readonly #size: number;
  #next = 0;
  #partLeft = 0;
  /** How much of the expanded file was given out. */
  #told = 0;

  /** @param map must have passed `checkSparseMap`. */
  constructor(map: SparseMap, size: number) {
    this.#map = map;
    this.#size = size;
  }

  push(bytes: Buffer, start: number, end: number, handler: TarHandler): void {
    for (let at = start; at < end; ) {
      while (this.#partLeft === 0) this.#beginPart(handler);
      const length = Math.min(this.#partLeft, end - at);
      handler.content(bytes, at, at + length);
      this.#partLeft -= length;
      this.#told += length;
      at += length;
    }
  }

  end(handler: TarHandler): void {
    this.#hole(this.#size, handler);
  }

  #beginPart(handler: TarHandler): void {
    this.#partLeft = this.#map[this.#next + 1] ?? 0;
    if (this.#partLeft > 0) this.#hole(this.#map[this.#next] ?? 0, handler);
    this.#next += 2;
  }

  #hole(to: number, handler: TarHandler): void {
    eachZeroChunk(to - this.#told, (zeros, start, end) => handler.content(zeros, start, end));
    this.#told = to;
  }
}
