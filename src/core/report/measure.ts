import { formatSize, formatSizeDelta } from '../../base/human-size.ts';
import type { Comparison } from '../comparison/comparison.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** A layer's bytes as distributed, where they are known, and uncompressed. */
interface Sized {
  readonly size: number | null;
  readonly uncompressedSize: number;
}

/**
 * Which bytes the sizes of a report are: the compressed ones, which are what is pulled and stored, where those of every
 * layer are known, else the uncompressed ones. A report never mixes the two.
 */
export type Measure = 'compressed' | 'uncompressed';

/** Bytes of the image; null where the transport does not tell or nothing is compared. */
export interface SizeFacts {
  readonly uncompressed: number;
  readonly compressed: number | null;
  readonly uncompressedDelta: number | null;
  readonly compressedDelta: number | null;
  readonly pull: number | null;
}

const measureOf = (layers: readonly Sized[]): Measure =>
  layers.every(({ size }) => size !== null) ? 'compressed' : 'uncompressed';

export const measureOfSnapshot = ({ layers }: Pick<Snapshot, 'layers'>): Measure => measureOf(layers);

/** The measure that both images are known in. */
export const measureOfComparison = ({ layers }: Pick<Comparison, 'layers'>): Measure =>
  measureOf(layers.flatMap(({ base, target }) => [base ?? [], target ?? []].flat()));

/** Bytes of a layer. */
export const bytesOf = ({ size, uncompressedSize }: Sized, measure: Measure): number =>
  measure === 'compressed' ? (size ?? 0) : uncompressedSize;

/** Bytes of layers that are pulled: equal ones once, as a registry has them. */
export function bytesToPull(
  layers: readonly (Sized & { readonly digest: string | null })[],
  measure: Measure,
): number {
  const blobs = new Map(layers.map((layer, place) => [layer.digest ?? place, bytesOf(layer, measure)]));
  return [...blobs.values()].reduce((sum, bytes) => sum + bytes, 0);
}

/** An image's size, and what the change added to it, in the report's measure. */
export function sizeIn(
  measure: Measure,
  facts: SizeFacts,
): { readonly bytes: number; readonly delta: number | null } {
  return measure === 'compressed'
    ? { bytes: facts.compressed ?? 0, delta: facts.compressedDelta }
    : { bytes: facts.uncompressed, delta: facts.uncompressedDelta };
}

/** `12.3 MB`, or `12.3 MB uncompressed`. */
export const tellBytes = (bytes: number, measure: Measure): string =>
  `${formatSize(bytes)}${suffix(measure)}`;

/** `+12.3 MB`, or `+12.3 MB uncompressed`. */
export const tellBytesDelta = (bytes: number, measure: Measure): string =>
  `${formatSizeDelta(bytes)}${suffix(measure)}`;

const suffix = (measure: Measure): string => (measure === 'compressed' ? '' : ' uncompressed');
