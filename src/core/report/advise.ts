import { formatCount, formatSize } from '../../base/human-size.ts';
import { type Pausable, STRIDE } from '../../base/pausable.ts';
import { LEFTOVERS, type Leftover, leftoverAt } from '../attention/leftovers.ts';
import { attentionIn } from '../comparison/attention-gained.ts';
import type {
  ComparedLayer,
  Comparison,
  FileDifference,
  LayerDifference,
  RebuildCause,
} from '../comparison/comparison.ts';
import { countedLayers } from '../comparison/counted-layers.ts';
import type { SourceLocation } from '../image/source-location.ts';
import { remedyOf } from './attention.ts';
import { CAUSES } from './causes.ts';
import { capitalize, isCopy, layerNamer, type NameLayer } from './name-layer.ts';
import { brief, list, type Phrase, phrase, readQuotes } from './phrase.ts';

/** What to do so that a layer is not shipped again. */
export interface Advice {
  /** Index of the target layer that it is about. */
  readonly layerIndex: number;
  /** One sentence. */
  readonly text: Phrase;
}

/** A layer that was shipped again. */
interface Shipped {
  readonly status: 'rebuilt' | 'added';
  readonly cause: RebuildCause | undefined;
  readonly layer: ComparedLayer;
}

/** More is not read. */
const MOST = 3;

/**
 * Tells what to do about the layers that were shipped again: a few pieces of advice, the most useful first.
 * @param locations where the step of each layer of the target stands, as far as that is known.
 * @param upstream how many of the lowest layers are another one's: what became of them is not the author's to change.
 */
export function* advise(
  comparison: Comparison,
  locations: readonly (SourceLocation | null)[] = [],
  upstream = 0,
): Pausable<Advice[]> {
  const all = comparison.layers.flatMap(toShipped);
  const shipped = all.filter(({ layer }) => layer.index >= upstream);
  // On another base every step runs again, and may give other files.
  const isOnOtherBase = shipped.length < all.length;
  const targets = comparison.layers.flatMap(({ target }) => target ?? []);
  const nameLayer = layerNamer(targets, locations);
  return [
    ...(isOnOtherBase
      ? []
      : [...adviseOnOrder(shipped, nameLayer), ...adviseOnVersions(comparison, shipped, nameLayer)]),
    ...adviseOnMetadata(comparison, shipped, nameLayer),
    ...(yield* adviseOnLeftovers(comparison, shipped, nameLayer)),
    ...adviseOnCompression(comparison),
  ].slice(0, MOST);
}

function toShipped({ status, cause, target }: LayerDifference): Shipped[] {
  const isNew = status === 'rebuilt' || status === 'added';
  return isNew && target !== undefined ? [{ status, cause, layer: target }] : [];
}

const remedyFor = (cause: RebuildCause | undefined): Phrase | null =>
  cause === undefined ? null : CAUSES[cause].remedy;

const bySize = (a: Shipped, b: Shipped): number => b.layer.uncompressedSize - a.layer.uncompressedSize;

/** Something that changes often stands above something costly that comes out the same. */
function adviseOnOrder(shipped: readonly Shipped[], nameLayer: NameLayer): Advice[] {
  const [first, ...others] = shipped;
  if (first === undefined) return [];
  const copies = isCopy(first.layer.step);
  const changed = first.status === 'added' || first.cause === 'step' || (first.cause === 'content' && copies);
  // Nothing can run before the base.
  if (!changed || first.layer.index === 0) return [];
  const [again] = others
    .filter(({ cause, layer }) => remedyFor(cause) !== null && layer.step.startsWith('RUN '))
    .sort(bySize);
  if (again === undefined) return [];
  const condition = copies ? 'after copying only what it needs' : 'if it needs nothing from it';
  const text = phrase`${capitalize(nameLayer(again.layer))} gave the same files again: run it before ${nameLayer(first.layer)}, ${condition}.`;
  return [{ layerIndex: again.layer.index, text }];
}

/** The first layer with files that count, where its instruction is the same and nothing before it counts. */
function adviseOnVersions(
  comparison: Comparison,
  shipped: readonly Shipped[],
  nameLayer: NameLayer,
): Advice[] {
  const counted = countedLayers(comparison);
  const first = shipped.find(
    ({ status, cause, layer }) => status === 'added' || cause === 'step' || counted?.has(layer.index),
  );
  if (first?.cause !== 'content' || !first.layer.step.startsWith('RUN ')) return [];
  const changed = changedIn(comparison, first.layer).filter(({ volatile }) => !volatile);
  if (changed.every((difference) => leftoverOf(difference) !== null)) return [];
  const text = phrase`${capitalize(nameLayer(first.layer))} gave other files from the same instruction: pin what it downloads, and leave out times and random numbers.`;
  return [{ layerIndex: first.layer.index, text }];
}

/** One piece of advice for each cause, about all layers that have it; what would spare most comes first. */
function adviseOnMetadata(
  { changed }: Comparison,
  shipped: readonly Shipped[],
  nameLayer: NameLayer,
): Advice[] {
  const byCause = Map.groupBy(shipped, ({ cause }) => cause);
  const total = (layers: readonly Shipped[]): number =>
    layers.reduce((sum, { layer }) => sum + layer.uncompressedSize, 0);
  return [...byCause]
    .sort(([, a], [, b]) => total(b) - total(a))
    .flatMap(([cause, [first, ...others]]) => {
      const remedy = remedyFor(cause);
      if (remedy === null || first === undefined) return [];
      const bytes = [first, ...others].reduce(
        (sum, { layer }) => sum + (layer.size ?? layer.uncompressedSize),
        0,
      );
      // Where nothing else was shipped, the page has said how much that is.
      const size = changed === true ? [brief(` (${formatSize(bytes)})`, [])] : [];
      const who =
        others.length === 0
          ? phrase`${capitalize(nameLayer(first.layer))}${size} holds`
          : phrase`${others.length + 1} layers${size} hold`;
      return [{ layerIndex: first.layer.index, text: phrase`${who} the same files as before: ${remedy}.` }];
    });
}

/** Layers of the same bytes are pulled again where they were compressed in another way. */
function adviseOnCompression({ layers }: Comparison): Advice[] {
  const again = layers.flatMap(({ status, target }) => (status === 'recompressed' ? (target ?? []) : []));
  const [first] = again;
  if (first === undefined) return [];
  const size = again.reduce((sum, layer) => sum + (layer.size ?? 0), 0);
  const text = phrase`${formatCount(again.length, 'layer')} of the same bytes, ${formatSize(size)} to pull, ${again.length === 1 ? 'was' : 'were'} compressed in another way: compress with one program and one level.`;
  return [{ layerIndex: first.index, text }];
}

/**
 * What steps leave behind that differs each time, each kind once where it weighs most; first what counts. What attention
 * names has its remedy there.
 */
function* adviseOnLeftovers(
  comparison: Comparison,
  shipped: readonly Shipped[],
  nameLayer: NameLayer,
): Pausable<Advice[]> {
  const counted = new Set<Leftover>();
  const places = new Map<Leftover, ComparedLayer>();
  for (const { cause, layer } of [...shipped].sort(bySize)) {
    if (cause !== 'content') continue;
    for (const [place, difference] of changedIn(comparison, layer).entries()) {
      if (place % STRIDE === STRIDE - 1) yield;
      const leftover = leftoverOf(difference);
      if (leftover === null) continue;
      if (!places.has(leftover)) places.set(leftover, layer);
      if (!difference.volatile) counted.add(leftover);
    }
  }
  const named = leftoversNamed(comparison);
  const found = LEFTOVERS.flatMap((leftover) => {
    const layer = places.get(leftover);
    return layer === undefined || named.has(leftover) ? [] : [[leftover, layer] as const];
  }).sort(
    ([a, layerA], [b, layerB]) =>
      Number(counted.has(b)) - Number(counted.has(a)) || layerB.uncompressedSize - layerA.uncompressedSize,
  );
  const groups = Map.groupBy(found, ([leftover, layer]) => ('remove' in leftover.remedy ? layer : leftover));
  return [...groups.values()].map((group) => tellLeftovers(group, nameLayer));
}

/** What the change leaves behind that somebody should look at. */
function leftoversNamed(comparison: Comparison): ReadonlySet<Leftover> {
  const items = attentionIn(comparison)?.items ?? [];
  return new Set(
    items.flatMap(({ kind, path }) => (kind === 'leftover' ? (leftoverAt(path ?? '', false) ?? []) : [])),
  );
}

/** Describes one kind, or several that one layer leaves behind and one command removes. */
function tellLeftovers(group: readonly (readonly [Leftover, ComparedLayer])[], nameLayer: NameLayer): Advice {
  const [[, layer]] = group as readonly [readonly [Leftover, ComparedLayer]];
  const names = list(group.map(([{ name }]) => readQuotes(name)));
  const what = remedyOf(group.map(([leftover]) => leftover));
  return {
    layerIndex: layer.index,
    text: phrase`${capitalize(nameLayer(layer))} leaves ${names} in the image: ${what}.`,
  };
}

function changedIn({ files }: Comparison, { index }: ComparedLayer): readonly FileDifference[] {
  return files?.entries.filter(({ layer }) => layer === index) ?? [];
}

function leftoverOf({ path, base, target }: FileDifference): Leftover | null {
  return leftoverAt(path, base?.size === target?.size);
}
