import { formatCount } from '../../base/human-size.ts';
import type { ComparedLayer, Comparison, LayerDifference } from '../comparison/comparison.ts';
import { countedLayers } from '../comparison/counted-layers.ts';
import type { SourceLocation } from '../image/source-location.ts';
import { CAUSES } from './causes.ts';
import { bytesOf, bytesToPull, type Measure, measureOfComparison, tellBytes } from './measure.ts';
import { capitalize, isCopy, layerNamer, type NameLayer } from './name-layer.ts';
import { type Phrase, phrase } from './phrase.ts';

/** The share of what was shipped from which on one layer is worth naming. */
const BULK = 0.5;

/**
 * Tells in one sentence which layer caused how much of the image to be shipped again, as in "`RUN npm ci` changed and
 * re-shipped 3 layers, 70.1 MB; `RUN npm run build` makes up 80 % of it."
 * @param locations where the step of each layer of the target stands, as far as that is known.
 * @returns null when the base has every layer.
 */
export function tellStory(
  comparison: Comparison,
  locations: readonly (SourceLocation | null)[] = [],
): Phrase | null {
  const { firstRebuilt } = comparison.summary;
  const shipped = comparison.layers.filter(({ status }) => status === 'rebuilt' || status === 'added');
  const first = shipped.find(({ target }) => target?.index === firstRebuilt);
  if (first?.target === undefined) return null;
  const targets = comparison.layers.flatMap(({ target }) => target ?? []);
  const nameLayer = layerNamer(targets, locations);
  const name = capitalize(nameLayer(first.target));
  const measure = measureOfComparison(comparison);
  const toPull = shipped.flatMap(({ target }) => target ?? []);
  const size = tellBytes(bytesToPull(toPull, measure), measure);
  if (shipped.every(({ status }) => status === 'added')) {
    const more = shipped.length - 1;
    return phrase`${name} ${more === 0 ? 'is' : `and ${formatCount(more, 'more layer')} are`} new, ${size}.`;
  }
  const extent = `${formatCount(shipped.length, 'layer')}, ${size}`;
  const deed = deedOf(first, countedLayers(comparison)?.has(first.target.index) ?? true);
  // Where nothing changed that counts, the outcome says what alone differs.
  const isTold = !comparison.changed && comparison.files !== null;
  const rest = isTold
    ? null
    : (sameHarmlessCause(shipped) ??
      (deed === BUILT_AGAIN
        ? otherFiles(comparison, shipped)
        : bulk(toPull, first.target, measure, nameLayer)));
  const why = deed === BUILT_AGAIN && followsRemoved(comparison, first) ? ', after a step that is gone,' : '';
  return phrase`${name}${why} ${deed} and re-shipped ${extent}${rest === null ? '' : phrase`; ${rest}`}.`;
}

/** Tells whether a removed layer came directly before one. */
function followsRemoved({ layers }: Comparison, layer: LayerDifference): boolean {
  return layers[layers.indexOf(layer) - 1]?.status === 'removed';
}

const BUILT_AGAIN = 'was built again';

/** @param counts whether the layer gave files that count. What is copied comes from outside: it changes by itself. */
function deedOf({ status, cause, target }: LayerDifference, counts: boolean): string {
  if (status === 'added') return 'is new';
  if (cause === 'step') return 'was edited';
  const changed = counts || (target !== undefined && isCopy(target.step));
  return changed && (cause === undefined || cause === 'content') ? 'changed' : BUILT_AGAIN;
}

function sameHarmlessCause(shipped: readonly LayerDifference[]): string | null {
  const causes = new Set(shipped.map(({ cause }) => cause));
  const [cause] = causes;
  return causes.size === 1 && cause !== undefined ? CAUSES[cause].harmless : null;
}

/** How many layers gave other files, where the one that began it did not. */
function otherFiles(comparison: Comparison, shipped: readonly LayerDifference[]): string | null {
  const counted = countedLayers(comparison);
  if (counted === null) return null;
  const count = shipped.filter(({ target }) => target !== undefined && counted.has(target.index)).length;
  return count === 0 ? null : `${count} of them gave other files`;
}

/** The layer that makes up most of what was shipped, where it is not the one that began it. */
function bulk(
  layers: readonly ComparedLayer[],
  first: ComparedLayer,
  measure: Measure,
  nameLayer: NameLayer,
): Phrase | null {
  const size = (layer: ComparedLayer): number => bytesOf(layer, measure);
  const total = bytesToPull(layers, measure);
  const largest = layers.reduce((a, b) => (size(b) > size(a) ? b : a), first);
  if (largest === first || size(largest) < total * BULK) return null;
  const share = Math.round((100 * size(largest)) / total);
  return phrase`${nameLayer(largest)} makes up ${share} % of it`;
}
