import { formatCount, formatSize } from '../../base/human-size.ts';
import type { ComparedLayer, Comparison, LayerDifference, RebuildCause } from './comparison.ts';
import { nameLayer, quoteStep } from './quote-step.ts';

/** What the first new layer did, by why it is new. */
const DEEDS: Readonly<Record<RebuildCause, string>> = {
  step: 'was edited',
  content: 'changed',
  timestamps: 'was built again',
  ownership: 'was built again',
  mode: 'was built again',
  xattrs: 'was built again',
  order: 'was built again',
  metadata: 'was built again',
  'tar-encoding': 'was built again',
};

const HARMLESS: Readonly<Partial<Record<RebuildCause, string>>> = {
  timestamps: 'only timestamps differ',
  ownership: 'only owners differ',
  mode: 'only modes differ',
  xattrs: 'only extended attributes differ',
  order: 'only the order of entries differs',
  metadata: 'only metadata differs',
  'tar-encoding': 'only the encoding of the archives differs',
};

/** The share of what was shipped from which on one layer is worth naming. */
const BULK = 0.5;

/**
 * Tells in one sentence which layer made how much of the image be shipped anew, as in "Step 4 `RUN npm ci` changed and
 * re-shipped 3 layers, 212 MB; only timestamps differ." Indices are those of the layers, sizes uncompressed.
 * @returns null when the base has every layer.
 */
export function tellStory(comparison: Comparison): string | null {
  const { cascade, firstRebuilt } = comparison.summary;
  const shipped = comparison.layers.filter(({ status }) => status === 'rebuilt' || status === 'added');
  const first = shipped.find(({ target }) => target?.index === firstRebuilt);
  if (first?.target === undefined) return null;
  const extent = `${formatCount(cascade.layers, 'layer')}, ${formatSize(cascade.uncompressedSize)}`;
  const rest = sameHarmlessCause(shipped) ?? nothingThatCounts(comparison) ?? bulk(shipped, first.target);
  const sentence = `${nameLayer(first.target)} ${deedOf(first)} and re-shipped ${extent}`;
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${rest === null ? '' : `; ${rest}`}.`;
}

function deedOf({ status, cause }: LayerDifference): string {
  return status === 'added' ? 'is new' : DEEDS[cause ?? 'content'];
}

function sameHarmlessCause(shipped: readonly LayerDifference[]): string | null {
  const causes = new Set(shipped.map(({ cause }) => cause));
  const [cause] = causes;
  return causes.size === 1 && cause !== undefined ? (HARMLESS[cause] ?? null) : null;
}

function nothingThatCounts({ changed, files }: Comparison): string | null {
  return !changed && files !== null ? 'no file differs that counts' : null;
}

/** The layer that makes up most of what was shipped, where it is not the one that began it. */
function bulk(shipped: readonly LayerDifference[], first: ComparedLayer): string | null {
  const layers = shipped.flatMap(({ target }) => target ?? []);
  const total = layers.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  const largest = layers.reduce((a, b) => (b.uncompressedSize > a.uncompressedSize ? b : a), first);
  if (largest === first || largest.uncompressedSize < total * BULK) return null;
  const share = Math.round((100 * largest.uncompressedSize) / total);
  const name = largest.step === '' ? nameLayer(largest) : quoteStep(largest.step);
  return `${name} makes up ${share} % of it`;
}
