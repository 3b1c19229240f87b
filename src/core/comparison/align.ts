import type { SnapshotLayer } from '../snapshot/snapshot.ts';
import { findCommonSubsequence } from './common-subsequence.ts';
import type { LayerStatus } from './comparison.ts';

/** A layer of the base, a layer of the target, or both and what became of the one. */
export interface LayerPair {
  readonly status: LayerStatus;
  readonly base: SnapshotLayer | null;
  readonly target: SnapshotLayer | null;
  /** Rebuilt by another instruction than before. */
  readonly edited: boolean;
}

/**
 * Finds for each layer of two images what became of it: first by content, anywhere in the image; then, among what lies
 * between the layers that stayed, by the instruction that made it.
 * @returns every layer once, in the order of the target, a removed one where it stood.
 */
export function alignLayers(
  base: readonly SnapshotLayer[],
  target: readonly SnapshotLayer[],
): readonly LayerPair[] {
  const anchors = findCommonSubsequence(base.map(diffIdOf), target.map(diffIdOf));
  const moved = findMoved(base, target, anchors);
  const movedAway = new Set(moved.values());
  const aligned: LayerPair[] = [];
  let [baseStart, targetStart] = [0, 0];
  for (const [baseEnd, targetEnd] of [...anchors, [base.length, target.length] as const]) {
    const lost = base.slice(baseStart, baseEnd).filter((layer) => !movedAway.has(layer));
    for (const pair of alignGap(lost, target.slice(targetStart, targetEnd), moved)) aligned.push(pair);
    const [kept, same] = [base[baseEnd], target[targetEnd]];
    if (kept !== undefined && same !== undefined) aligned.push(keep(kept, same));
    [baseStart, targetStart] = [baseEnd + 1, targetEnd + 1];
  }
  return aligned;
}

const diffIdOf = ({ diffId }: SnapshotLayer): string => diffId;

function keep(base: SnapshotLayer, target: SnapshotLayer): LayerPair {
  const recompressed = base.digest !== null && target.digest !== null && base.digest !== target.digest;
  return { status: recompressed ? 'recompressed' : 'unchanged', base, target, edited: false };
}

/** The layers that moved to another place in the image: target layer → base layer. */
function findMoved(
  base: readonly SnapshotLayer[],
  target: readonly SnapshotLayer[],
  anchors: readonly (readonly [number, number])[],
): ReadonlyMap<SnapshotLayer, SnapshotLayer> {
  const keptInBase = new Set(anchors.map(([place]) => place));
  const keptInTarget = new Set(anchors.map(([, place]) => place));
  const lost = new Map<string, SnapshotLayer[]>();
  base.forEach((layer, place) => {
    if (keptInBase.has(place)) return;
    const same = lost.get(layer.diffId);
    if (same === undefined) lost.set(layer.diffId, [layer]);
    else same.push(layer);
  });
  for (const same of lost.values()) same.reverse();
  const moved = new Map<SnapshotLayer, SnapshotLayer>();
  target.forEach((layer, place) => {
    const from = keptInTarget.has(place) ? undefined : lost.get(layer.diffId)?.pop();
    if (from !== undefined) moved.set(layer, from);
  });
  return moved;
}

/** Aligns what lies between two layers that stayed; of the base, what did not move elsewhere. */
function* alignGap(
  base: readonly SnapshotLayer[],
  target: readonly SnapshotLayer[],
  moved: ReadonlyMap<SnapshotLayer, SnapshotLayer>,
): Generator<LayerPair> {
  const rebuilt = pairLayers(
    base,
    target.filter((layer) => !moved.has(layer)),
  );
  const byTarget = new Map(rebuilt.map((pair) => [pair.target, pair]));
  const replaced = new Set(rebuilt.map((pair) => pair.base));
  const removed = base.filter((layer) => !replaced.has(layer)).map(remove);
  let next = 0;
  for (const layer of target) {
    const pair = byTarget.get(layer);
    if (pair === undefined) {
      yield moved.has(layer) ? move(moved.get(layer), layer) : add(layer);
      continue;
    }
    for (; (removed[next]?.base?.index ?? Infinity) < pair.base.index; next++)
      yield removed[next] as LayerPair;
    yield { status: 'rebuilt', ...pair };
  }
  yield* removed.slice(next);
}

const move = (base: SnapshotLayer | undefined, target: SnapshotLayer): LayerPair => ({
  status: 'moved',
  base: base ?? null,
  target,
  edited: false,
});

const add = (target: SnapshotLayer): LayerPair => ({ status: 'added', base: null, target, edited: false });

const remove = (base: SnapshotLayer): LayerPair => ({ status: 'removed', base, target: null, edited: false });

/** Two layers, where one took the place of the other. */
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
