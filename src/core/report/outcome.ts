import { formatCount } from '../../base/human-size.ts';
import type { Comparison, LayerSummary } from '../comparison/comparison.ts';
import { countIgnoredFiles, ignoredIn } from '../comparison/ignored.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { CAUSES } from './causes.ts';
import { countPaths } from './count-paths.ts';
import { bytesOf, measureOfComparison, measureOfSnapshot, tellBytes, tellBytesDelta } from './measure.ts';
import { settingChanges } from './setting-changes.ts';
import { isIncomplete, uncomparedWords } from './uncompared.ts';

/** What became of an image: what a reader wants to know first. */
export interface Outcome {
  /**
   * `first`: the next run will be compared with it; `single`: it is compared with nothing;
   * `new`: other platforms are compared, and the baseline has nothing of this one;
   * `rebuilt`: layers differ, and nothing in them that means something;
   * `incomplete`: nothing that was compared differs in a way that means something, and not everything was compared;
   * `unverified`: nothing differs that means something, but from a baseline that may be forged.
   */
  readonly kind:
    | 'first'
    | 'single'
    | 'new'
    | 'unchanged'
    | 'rebuilt'
    | 'incomplete'
    | 'unverified'
    | 'changed';
  /** Plain words, without the image's name. */
  readonly sentence: string;
}

/**
 * The outcome for an image that there is nothing to compare with.
 * @param serves whether it is what a later one will be compared with.
 * @param isNew whether other platforms are compared, and the baseline has nothing of this one.
 */
export function outcomeAlone(
  snapshot: Snapshot,
  { serves, isNew }: { readonly serves: boolean; readonly isNew: boolean },
): Outcome {
  const measure = measureOfSnapshot(snapshot);
  const size = snapshot.layers.reduce((sum, layer) => sum + bytesOf(layer, measure), 0);
  const sentence = `${formatCount(snapshot.layers.length, 'layer')}, ${tellBytes(size, measure)}`;
  if (isNew) return { kind: 'new', sentence: `new platform: ${sentence}` };
  return serves
    ? { kind: 'first', sentence: `first snapshot: ${sentence}` }
    : { kind: 'single', sentence: `compared with nothing: ${sentence}` };
}

/** The outcome of a comparison. */
export function outcomeOf(comparison: Comparison): Outcome {
  const { summary } = comparison;
  if (comparison.changed) {
    const incomplete = isIncomplete(comparison);
    const sentence = changeSentence(comparison, incomplete);
    return { kind: incomplete ? 'incomplete' : 'changed', sentence };
  }
  const ignored = tellIgnored(comparison);
  const words = [...ignored, ...uncomparedWords(comparison)];
  if (summary.rebuilt + summary.added + summary.removed === 0) {
    const none = ignored.length === 0 ? 'no change' : 'no change that counts';
    const sentence = [none, ...countLayers(summary, { words: KEPT }), ...words].join(', ');
    return { kind: 'unchanged', sentence };
  }
  const layers = countLayers(summary);
  return { kind: 'rebuilt', sentence: [...layers, onlyDifference(comparison), ...words].join(', ') };
}

/** The same outcome, where the baseline may be forged. */
export function unverified({ kind, sentence }: Outcome): Outcome {
  const isQuiet = kind === 'unchanged' || kind === 'rebuilt';
  return { kind: isQuiet ? 'unverified' : kind, sentence: `baseline unverified: ${sentence}` };
}

/** How many differences the user's own patterns hide. */
export function tellIgnored(comparison: Comparison): string[] {
  const { files, config } = ignoredIn(comparison) ?? { files: 0, config: 0 };
  return files + config === 0 ? [] : [`${formatCount(files + config, 'difference')} ignored`];
}

function changeSentence(comparison: Comparison, incomplete: boolean): string {
  const { summary, files, config } = comparison;
  const paths = files === null ? { files: 0, directories: 0 } : countPaths(files);
  const settings = settingChanges(config) ?? [];
  const layers = countLayers(summary);
  return [
    ...(incomplete && layers.length === 0 ? ['no change found'] : []),
    ...tellSizeChange(comparison),
    ...layers,
    ...tellPaths(paths),
    ...(settings.length === 0 ? [] : [formatCount(settings.length, 'config change')]),
    ...uncomparedWords(comparison),
    ...tellIgnored(comparison),
  ].join(', ');
}

/** Changed directories are named only where no file in them changed. */
export function tellPaths({ files, directories }: ReturnType<typeof countPaths>): string[] {
  if (files > 0) return [`${formatCount(files, 'file')} changed`];
  return directories === 0 ? [] : [`${formatCount(directories, 'directory', 'directories')} changed`];
}

/** What the change adds to the image; nothing where that is too little to report. */
export function tellSizeChange(comparison: Comparison): string[] {
  const { base, size } = comparison;
  const measure = measureOfComparison(comparison);
  const [delta, before] =
    measure === 'compressed'
      ? [size.compressedDelta ?? 0, base.compressedSize ?? 0]
      : [size.uncompressedDelta, base.uncompressedSize];
  return isTold(delta, before) ? [tellBytesDelta(delta, measure)] : [];
}

/** A few bytes on a large image are not news. */
export function isTold(delta: number, before: number): boolean {
  return Math.abs(delta) >= 1000 || Math.abs(delta) > before / 1000;
}

type Replaced = 'rebuilt' | 'added' | 'removed';
type Kept = 'recompressed' | 'moved';

const REPLACED: readonly Replaced[] = ['rebuilt', 'added', 'removed'];
const KEPT: readonly Kept[] = ['recompressed', 'moved'];

/** `2 layers rebuilt, 1 added`: the noun stands once, or not at all. */
export function countLayers(
  summary: LayerSummary,
  { words = [...REPLACED, ...KEPT], noun = true }: CountOptions = {},
): string[] {
  return words
    .filter((word) => summary[word] > 0)
    .map(
      (word, place) => `${place === 0 && noun ? formatCount(summary[word], 'layer') : summary[word]} ${word}`,
    );
}

interface CountOptions {
  readonly words?: readonly (Replaced | Kept)[];
  readonly noun?: boolean;
}

/** What alone differs between images whose files are the same: `nothing differs but timestamps`. */
export function onlyDifference(comparison: Comparison): string {
  const { layers, files } = comparison;
  const causes = new Set(layers.flatMap(({ cause }) => cause ?? []));
  if (causes.size === 0 || files === null) return 'no file differs';
  const content =
    files.volatile === 0 ? 'unseen' : countIgnoredFiles(comparison) > 0 ? 'uncounted' : 'volatile';
  const words = [...causes].map((cause) => CAUSES[cause === 'content' ? content : cause].difference);
  return `nothing differs but ${listed(words)}`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
