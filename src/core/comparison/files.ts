import type { ByteText } from '../../base/byte-text.ts';
import { type Pausable, STRIDE } from '../../base/pausable.ts';
import { type PathName, pathName } from '../layer/entry-path.ts';
import { applyLayer } from '../rootfs/apply-layer.ts';
import { type Difference, findDifferences, isUnstated } from '../rootfs/differences.ts';
import { copyState, type FileState } from '../rootfs/file-state.ts';
import { rememberEntries } from '../rootfs/layer-views.ts';
import { openRootfs } from '../rootfs/merge-layers.ts';
import { Overlay } from '../rootfs/overlay.ts';
import type { LayerView, Placed, RootfsReader } from '../rootfs/rootfs-reader.ts';
import type { Finding } from '../words/finding.ts';
import type { FileDifference, FileDifferences } from './comparison.ts';
import { findChanges } from './file-changes.ts';
import type { Ignore } from './ignore.ts';
import type { IgnoredCount } from './ignored.ts';
import type { PassedOverEntries } from './passed-over.ts';

/** The layers of two images: those that both begin with, and those that follow on either side. */
export interface LayerStacks {
  readonly common: readonly LayerView[];
  readonly base: readonly LayerView[];
  readonly target: readonly LayerView[];
  /** The index of the target layer that took the place of a base layer, by the index of that. */
  readonly successors?: ReadonlyMap<number, number>;
}

/**
 * Finds the paths of two merged root filesystems whose states differ, sorted by the bytes of the paths. The layers that
 * both begin with are only looked into where the others touch them. What is gone is put down to the target layer that
 * hides it, or else to the one that took the place of the layer which had it.
 * @param withTime whether a modification time alone makes a difference.
 * @param ignored counts what a pattern of the user hides.
 * @param passedOver counts entries that have no effect.
 */
export function* compareFiles(
  { common, base, target, successors }: LayerStacks,
  ignore: Ignore,
  withTime: boolean,
  ignored?: IgnoredCount,
  passedOver?: PassedOverEntries,
): Pausable<FileDifferences> {
  const lower = common.length === 0 ? null : openRootfs(common);
  const once = readOnce(base, target);
  const start = common.length;
  const stackSide = (side: 'base' | 'target', layers: readonly LayerView[]) =>
    stack(lower, start, layers.map(once), (place, findings) => {
      const below = [...common, ...layers.slice(0, place)];
      const layer = layers[place] as LayerView;
      passedOver?.add(side, { index: start + place, layer, below }, findings);
    });
  const before = yield* stackSide('base', base);
  const after = yield* stackSide('target', target);
  const entries: FileDifference[] = [];
  const [linksBefore, linksAfter] = [new FirstNames(before), new FirstNames(after)];
  let count = 0;
  for (const [path, difference] of findDifferences(before, after)) {
    if (++count % STRIDE === 0) yield;
    if (passedOver) noteUnstated(pathName(path).path, difference, passedOver);
    const [linkBefore, linkAfter] = [
      linksBefore.of(path, difference.base),
      linksAfter.of(path, difference.target),
    ];
    const isRelinked = linkBefore !== linkAfter;
    const described = describe(pathName(path), difference, { withTime, isRelinked });
    if (described === null) continue;
    const successor = difference.base && successors?.get(difference.base.layer);
    const layer = difference.target ? difference.target.layer : (after.hiderOf(path) ?? successor ?? null);
    const found = { ...described, layer };
    const isLinked = linkBefore !== null || linkAfter !== null;
    const hiding = ignore.file(found, { isLinked });
    if (hiding !== null) ignored?.add('files', hiding);
    entries.push(hiding === null ? found : { ...found, volatile: true });
  }
  return summarize(entries);
}

/** What one side alone leaves unsaid of a directory that both have is not known to be equal. */
function noteUnstated(path: string, { base, target }: Difference, passedOver: PassedOverEntries): void {
  if (base === null || target === null || isUnstated(base) === isUnstated(target)) return;
  for (const [side, placed] of [['base', base] as const, ['target', target] as const]) {
    if (isUnstated(placed)) passedOver.addUnstated(side, placed.unstatedIn ?? placed.layer, path);
  }
}

/** The first name of each inode that hard links name, in the order of paths. */
class FirstNames {
  readonly #linked: Overlay['linked'];
  readonly #names = new Map<FileState, ByteText>();

  constructor({ linked }: Overlay) {
    this.#linked = linked;
  }

  /** That of what stands at a path; null where it has no other name. Paths are to be asked in their order. */
  of(path: ByteText, placed: Placed | null): ByteText | null {
    if (placed === null || !this.#linked.has(placed.state)) return null;
    const first = this.#names.get(placed.state) ?? path;
    this.#names.set(placed.state, first);
    return first;
  }
}

/** Lets layers that stand on both sides be read once: their states are then known to be equal. */
function readOnce(base: readonly LayerView[], target: readonly LayerView[]): (layer: LayerView) => LayerView {
  const others = new Set(target);
  const shared = base
    .filter((layer) => others.has(layer))
    .map((layer) => [layer, rememberEntries(layer)] as const);
  const remembered = new Map(shared);
  return (layer) => remembered.get(layer) ?? layer;
}

type Tell = (place: number, findings: readonly Finding[]) => void;

function* stack(
  lower: RootfsReader | null,
  start: number,
  layers: readonly LayerView[],
  tell: Tell,
): Pausable<Overlay> {
  const overlay = new Overlay(lower);
  for (const [place, layer] of layers.entries()) {
    const ofMerging = yield* applyLayer(overlay, start + place, layer);
    tell(place, [...layer.header.findings, ...ofMerging]);
  }
  return overlay;
}

function describe(
  name: PathName,
  { base, target }: Difference,
  { withTime, isRelinked }: { readonly withTime: boolean; readonly isRelinked: boolean },
): Omit<FileDifference, 'layer'> | null {
  if (base && target) {
    const changes = findChanges(base.state, target.state, withTime);
    if (isRelinked) changes.push('links');
    if (changes.length === 0) return null;
    return {
      ...name,
      status: 'modified',
      changes,
      base: copyState(base.state),
      target: copyState(target.state),
    };
  }
  if (target) return { ...name, status: 'added', changes: [], target: copyState(target.state) };
  return base && { ...name, status: 'removed', changes: [], base: copyState(base.state) };
}

/** The same differences with some of them marked as volatile. */
export function markVolatile(
  { entries }: FileDifferences,
  isVolatile: (difference: FileDifference) => boolean,
): FileDifferences {
  return summarize(
    entries.map((difference) => (isVolatile(difference) ? { ...difference, volatile: true } : difference)),
  );
}

function summarize(entries: readonly FileDifference[]): FileDifferences {
  const count = (wanted: FileDifference['status']): number =>
    entries.filter(({ status, volatile }) => status === wanted && !volatile).length;
  return {
    added: count('added'),
    modified: count('modified'),
    removed: count('removed'),
    volatile: entries.filter(({ volatile }) => volatile).length,
    entries,
  };
}
