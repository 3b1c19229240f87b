import type { Snapshot } from './snapshot.ts';

/** Bytes of all layers uncompressed, and as distributed: null where one of them is not. */
export interface ImageSize {
  readonly compressedSize: number | null;
  readonly uncompressedSize: number;
}

export function measureImage({ layers }: Snapshot): ImageSize {
  const sizes = layers.map(({ size }) => size);
  return {
    compressedSize: sizes.every((size) => size !== null) ? sum(sizes) : null,
    uncompressedSize: sum(layers.map(({ uncompressedSize }) => uncompressedSize)),
  };
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);
