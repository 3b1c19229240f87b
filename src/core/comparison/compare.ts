import { runWithPauses } from '../../base/pausable.ts';
import type { AttentionItem } from '../attention/attention.ts';
import { examineChange } from '../attention/examine-change.ts';
import { measureImage } from '../snapshot/image-size.ts';
import type { Snapshot, SnapshotLayer } from '../snapshot/snapshot.ts';
import { malformed } from '../words/stored-json.ts';
import { alignLayers, type LayerPair } from './align.ts';
import { attentionSection } from './attention-gained.ts';
import { compareDescriptions } from './blob-descriptions.ts';
import {
  COMPARISON_SCHEMA,
  type ComparedLayer,
  type Comparison,
  type ComparisonSide,
  type ConfigDifference,
  type FileDifferences,
  type LayerDifference,
  type RebuildCause,
} from './comparison.ts';
import { compareConfigs } from './config.ts';
import { findContradiction } from './contradiction.ts';
import { DEFAULT_IGNORE } from './default-ignore.ts';
import { compareFiles, type LayerStacks, markVolatile } from './files.ts';
import { findCause } from './find-cause.ts';
import { findUncompared, mayHideChange } from './find-uncompared.ts';
import { compileIgnore, type Ignore } from './ignore.ts';
import type { IgnoreRule } from './ignore-rule.ts';
import { IgnoredCount } from './ignored.ts';
import { InventoryShelf } from './inventory-shelf.ts';
import { PassedOverEntries } from './passed-over.ts';
import { type CodeSide, proveSameCode } from './same-code.ts';
import { compareSections, type SectionComparer } from './section.ts';
import { compareSizes, summarizeLayers } from './sizes.ts';
import type { SnapshotView } from './snapshot-view.ts';
import { uncomparedSection } from './uncompared.ts';

export interface CompareOptions {
  /** Differences that do not count; DEFAULT_IGNORE when not given. */
  readonly ignore?: readonly IgnoreRule[];
  /** Whether a modification time alone makes a file differ. */
  readonly mtime?: boolean;
  /** What more is compared than layers, files and config. */
  readonly sections?: readonly SectionComparer[];
  /** Ends it. */
  readonly signal?: AbortSignal;
}

/**
 * Compares two snapshots: what became of each layer and why, which files of the merged root filesystems and which
 * settings differ. It depends on the snapshots and the options alone.
 * @throws VarveError `malformed` when they contradict each other; what loading an inventory throws; `limit-exceeded`
 * when there are too many files; the reason of a signal.
 */
export async function compareSnapshots(
  base: SnapshotView,
  target: SnapshotView,
  { ignore: rules = DEFAULT_IGNORE, mtime = false, sections: comparers = [], signal }: CompareOptions = {},
): Promise<Comparison> {
  requireAgreement(base, target);
  const ignore = compileIgnore(rules);
  const ignored = new IgnoredCount();
  const shelf = new InventoryShelf(target, base);
  const pairs = alignLayers(base.snapshot.layers, target.snapshot.layers);
  const layers: LayerDifference[] = [];
  for (const pair of pairs) layers.push(await describeLayer(pair, shelf, signal));
  const stacks = await loadStacks(base.snapshot, target.snapshot, pairs, shelf);
  const entries = new PassedOverEntries();
  const found =
    stacks && (await runWithPauses(compareFiles(stacks, ignore, mtime, ignored, entries), signal));
  const files = stacks && found && (await passOverSameCode(found, stacks, ignore, base, target));
  const config = compareSettings(base, target, ignore, ignored);
  const compared = await compareSections(base, target, comparers);
  const attention = found && stacks ? await examine(found, stacks, base, target, signal) : [];
  const uncompared = [
    ...entries.items(),
    ...(await compareDescriptions(base, target, pairs)),
    ...(await findUncompared(base, target, { files, config, sections: compared.uncompared }, shelf)),
  ];
  return {
    schema: COMPARISON_SCHEMA,
    base: describeSide(base),
    target: describeSide(target),
    changed: isChanged(pairs, files, config) || compared.changed || uncompared.some(mayHideChange),
    summary: summarizeLayers(pairs),
    size: compareSizes(base.snapshot, target.snapshot),
    layers,
    files,
    config,
    sections: {
      ...compared.sections,
      ...ignored.section(rules.flatMap(({ given }) => given ?? [])),
      ...uncomparedSection(uncompared),
      ...attentionSection(attention),
    },
  };
}

/** What the change brings that somebody should look at; what `ignore` hides is looked at too. */
async function examine(
  { entries }: FileDifferences,
  { common, base: before, target: after }: LayerStacks,
  base: SnapshotView,
  target: SnapshotView,
  signal?: AbortSignal,
): Promise<AttentionItem[]> {
  const isSame = base.snapshot.config.digest === target.snapshot.config.digest;
  if (isSame && before.length + after.length === 0) return [];
  const configs = base.config && target.config && { base: base.config, target: target.config };
  return runWithPauses(examineChange({ entries, configs, common, base: before, target: after }), signal);
}

/** Marks compiled files as volatile whose code proves to be the same. */
async function passOverSameCode(
  files: FileDifferences,
  { common, base, target }: LayerStacks,
  ignore: Ignore,
  before: SnapshotView,
  after: SnapshotView,
): Promise<FileDifferences> {
  const awaiting = files.entries.filter(
    (each) => each.volatile !== true && each.pathBase64 === undefined && ignore.awaitsProof(each),
  );
  if (awaiting.length === 0) return files;
  const sideOf = ({ readCode }: SnapshotView, upper: LayerStacks['base']): CodeSide => ({
    ...(readCode && { readCode }),
    layers: [...common, ...upper],
  });
  const proven = await proveSameCode(awaiting, sideOf(before, base), sideOf(after, target));
  return proven.size === 0 ? files : markVolatile(files, (each) => proven.has(each));
}

function requireAgreement(base: SnapshotView, target: SnapshotView): void {
  const contradiction = findContradiction(base.snapshot, target.snapshot);
  if (contradiction === null) return;
  const object = `snapshot ${base.snapshotDigest}`;
  throw malformed(object, `contradicts snapshot ${target.snapshotDigest}: ${contradiction}`);
}

function describeSide({ snapshot, snapshotDigest }: SnapshotView): ComparisonSide {
  return {
    snapshotDigest,
    manifestDigest: snapshot.manifest?.digest ?? null,
    configDigest: snapshot.config.digest,
    platform: snapshot.platform,
    layerCount: snapshot.layers.length,
    ...measureImage(snapshot),
  };
}

async function describeLayer(
  pair: LayerPair,
  shelf: InventoryShelf,
  signal?: AbortSignal,
): Promise<LayerDifference> {
  const cause = await explain(pair, shelf, signal);
  return {
    status: pair.status,
    ...(cause !== null && { cause }),
    ...(pair.base && { base: describeComparedLayer(pair.base) }),
    ...(pair.target && { target: describeComparedLayer(pair.target) }),
  };
}

/** Why a layer was rebuilt; null for other layers, and where an inventory is missing. */
async function explain(
  { status, edited, base, target }: LayerPair,
  shelf: InventoryShelf,
  signal?: AbortSignal,
): Promise<RebuildCause | null> {
  if (status !== 'rebuilt' || base === null || target === null) return null;
  if (edited) return 'step';
  const inventories = await shelf.loadAll([base, target]);
  const [before, after] = inventories ?? [];
  return before && after ? runWithPauses(findCause(before, after), signal) : null;
}

function describeComparedLayer(layer: SnapshotLayer): ComparedLayer {
  const { index, digest, diffId, size, uncompressedSize, mediaType, step } = layer;
  return { index, digest, diffId, size, uncompressedSize, mediaType, step };
}

/** Null where the merged root filesystems are not known: a layer was not analyzed, or it is one of Windows. */
async function loadStacks(
  base: Snapshot,
  target: Snapshot,
  pairs: readonly LayerPair[],
  shelf: InventoryShelf,
): Promise<LayerStacks | null> {
  if (base.platform.os === 'windows' || target.platform.os === 'windows') return null;
  const shared = countShared(base.layers, target.layers);
  if (shared === base.layers.length && shared === target.layers.length) {
    return { common: [], base: [], target: [] };
  }
  const before = await shelf.loadAll(base.layers.slice(shared));
  const after = await shelf.loadAll(target.layers.slice(shared));
  const common = await shelf.loadAll(target.layers.slice(0, shared));
  const successors = findSuccessors(pairs);
  return before && after && common && { common, base: before, target: after, successors };
}

function findSuccessors(pairs: readonly LayerPair[]): ReadonlyMap<number, number> {
  return new Map(
    pairs.flatMap(({ base, target }) => (base && target ? [[base.index, target.index] as const] : [])),
  );
}

/** How many layers two images both begin with. */
function countShared(base: readonly SnapshotLayer[], target: readonly SnapshotLayer[]): number {
  const differing = base.findIndex(({ diffId }, place) => diffId !== target[place]?.diffId);
  return differing === -1 ? base.length : differing;
}

function compareSettings(
  base: SnapshotView,
  target: SnapshotView,
  ignore: Ignore,
  ignored: IgnoredCount,
): readonly ConfigDifference[] | null {
  if (base.snapshot.config.digest === target.snapshot.config.digest) return [];
  return base.config && target.config && compareConfigs(base.config, target.config, ignore, ignored);
}

/** What is not known counts as changed where it may be: nothing changed must be true. */
function isChanged(
  pairs: readonly LayerPair[],
  files: FileDifferences | null,
  config: readonly ConfigDifference[] | null,
): boolean {
  const filesChanged =
    files === null
      ? pairs.some(({ status }) => status !== 'unchanged' && status !== 'recompressed')
      : files.added + files.modified + files.removed > 0;
  return filesChanged || config === null || config.some(({ volatile }) => !volatile);
}
