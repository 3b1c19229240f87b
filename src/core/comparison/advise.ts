import picomatch from 'picomatch';
import { BUILD_CACHES, type BuildCache } from './build-caches.ts';
import type { ComparedLayer, Comparison, LayerDifference, RebuildCause } from './comparison.ts';
import { nameLayer } from './quote-step.ts';

/** What to do so that a layer need not be shipped anew. */
export interface Advice {
  /** Index of the target layer that it is about. */
  readonly layerIndex: number;
  /** One sentence. */
  readonly text: string;
}

interface Rebuilt {
  readonly cause: RebuildCause | undefined;
  readonly layer: ComparedLayer;
}

/** What to do where a layer's files are the same and only this differs. */
const REMEDIES: Readonly<Partial<Record<RebuildCause, string>>> = {
  timestamps:
    'set `SOURCE_DATE_EPOCH` for the build and the exporter option `rewrite-timestamp=true` of buildx, so that building an unchanged step again gives the same bytes',
  metadata:
    'set `SOURCE_DATE_EPOCH` and `rewrite-timestamp=true` for its timestamps, and fix owners and modes with `--chown` and `--chmod`',
  ownership: 'give users and groups fixed numeric ids, and use `COPY --chown`',
  mode: 'the umask of the machine that builds is not the same: use `COPY --chmod`, or `umask 022` in the step',
  xattrs: 'extended attributes, such as security labels of the machine that builds, got in: leave them out',
  order: 'the same files were written in another order: build with one version of one builder',
  'tar-encoding': 'the same files were archived in another way: build with one version of one builder',
};

/** Tells what to do about the layers that were shipped anew, most telling first, each piece of advice once. */
export function advise(comparison: Comparison): Advice[] {
  const rebuilt = comparison.layers.flatMap(toRebuilt);
  return [
    ...adviseOnOrder(comparison, rebuilt),
    ...rebuilt.flatMap((layer) => adviseOnFiles(comparison, layer)),
    ...adviseOnMetadata(rebuilt),
  ];
}

function toRebuilt({ status, cause, target }: LayerDifference): Rebuilt[] {
  return status === 'rebuilt' && target !== undefined ? [{ cause, layer: target }] : [];
}

const isSameFiles = ({ cause }: Rebuilt): boolean => cause !== undefined && cause in REMEDIES;

/** Something that changes often stands above something costly that comes out the same. */
function adviseOnOrder({ layers, summary }: Comparison, rebuilt: readonly Rebuilt[]): Advice[] {
  const first = layers.find(({ target }) => target !== undefined && target.index === summary.firstRebuilt);
  const changed = first?.status === 'added' || first?.cause === 'step' || first?.cause === 'content';
  if (first?.target === undefined || !changed) return [];
  const again = rebuilt.filter(isSameFiles).map(({ layer }) => layer);
  const largest = again.reduce<ComparedLayer | null>(
    (a, b) => (a === null || b.uncompressedSize > a.uncompressedSize ? b : a),
    null,
  );
  if (largest === null) return [];
  const text = `${capitalize(nameLayer(largest))} ran again after ${nameLayer(first.target)} and gave the same files: put what changes more often below it.`;
  return [{ layerIndex: first.target.index, text }];
}

/** What differs in a layer although its instruction is the same. */
function adviseOnFiles({ files, summary }: Comparison, { cause, layer }: Rebuilt): Advice[] {
  if (cause !== 'content' || files === null) return [];
  const changed = files.entries.filter((entry) => entry.layer === layer.index);
  const caches = new Set(changed.flatMap(({ path }) => cacheOf(path) ?? []));
  const cleaning = [...caches].map(
    ({ name, remedy }) => `${capitalize(nameLayer(layer))} leaves ${name} in the image: ${remedy}.`,
  );
  const others = changed.some(({ path, volatile }) => !volatile && cacheOf(path) === null);
  const pinning = others && layer.index === summary.firstRebuilt && layer.step.startsWith('RUN ');
  const text = `${capitalize(nameLayer(layer))} gave other files than before: pin the versions of what it installs or downloads.`;
  return [...cleaning, ...(pinning ? [text] : [])].map((text) => ({ layerIndex: layer.index, text }));
}

/** One piece of advice for each cause, about the first layer that has it. */
function adviseOnMetadata(rebuilt: readonly Rebuilt[]): Advice[] {
  const firsts = new Map<RebuildCause, ComparedLayer>();
  for (const { cause, layer } of rebuilt)
    if (cause !== undefined && !firsts.has(cause)) firsts.set(cause, layer);
  return [...firsts].flatMap(([cause, layer]) => {
    const remedy = REMEDIES[cause];
    const text = `${capitalize(nameLayer(layer))} holds the same files as before: ${remedy}.`;
    return remedy === undefined ? [] : [{ layerIndex: layer.index, text }];
  });
}

const matchers = BUILD_CACHES.map((cache) => ({ cache, matches: picomatch(cache.paths, { dot: true }) }));

function cacheOf(path: string): BuildCache | null {
  return matchers.find(({ matches }) => matches(path))?.cache ?? null;
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
