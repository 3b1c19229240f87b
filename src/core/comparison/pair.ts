import type { SnapshotLayer } from '../snapshot/snapshot.ts';
import { findCommonSubsequence } from './common-subsequence.ts';

/** Two layers of which one took the place of the other. */
export interface RebuiltPair {
  readonly base: SnapshotLayer;
  readonly target: SnapshotLayer;
  /** By another instruction than before. */
  readonly edited: boolean;
}

/**
 * Pairs layers that differ in content by the instructions that made them. What is then left on each side is paired in
 * order if it is equally much: the instructions themselves were edited.
 */
export function pairLayers(base: readonly SnapshotLayer[], target: readonly SnapshotLayer[]): RebuiltPair[] {
  const same = findCommonSubsequence(base.map(stepOf), target.map(stepOf));
  const pairedInBase = new Set(same.map(([place]) => place));
  const pairedInTarget = new Set(same.map(([, place]) => place));
  const left = base.filter((_, place) => !pairedInBase.has(place));
  const right = target.filter((_, place) => !pairedInTarget.has(place));
  return [
    ...same.flatMap(([a, b]) => pairOf(base[a], target[b], false)),
    ...(left.length === right.length
      ? left.flatMap((layer, place) => pairOf(layer, right[place], true))
      : []),
  ];
}

const stepOf = ({ step }: SnapshotLayer): string => step;

function pairOf(
  base: SnapshotLayer | undefined,
  target: SnapshotLayer | undefined,
  edited: boolean,
): RebuiltPair[] {
  return base && target ? [{ base, target, edited }] : [];
}
