import type { Digest } from '../../base/digest.ts';
import { INVENTORY_KIND } from '../analysis/files/inventory.ts';
import type { IMAGE_FINDINGS } from '../image/image-findings.ts';
import type { PassedOverImage } from '../image/listing.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { samePlatform, withRelease } from '../words/platform.ts';
import type { ConfigDifference, FileDifferences } from './comparison.ts';
import type { InventoryShelf } from './inventory-shelf.ts';
import type { SnapshotView } from './snapshot-view.ts';
import type { UncomparedItem } from './uncompared.ts';

/** What a comparison found; null for what it could not compare. */
export interface ComparedParts {
  readonly files: FileDifferences | null;
  readonly config: readonly ConfigDifference[] | null;
  /** Sections that a side lacks what is compared for. */
  readonly sections: readonly UncomparedItem[];
}

/** Names all that was not compared, and why. */
export async function findUncompared(
  base: SnapshotView,
  target: SnapshotView,
  { files, config, sections }: ComparedParts,
  shelf: InventoryShelf,
): Promise<UncomparedItem[]> {
  return [
    ...(files === null ? await findLostInventories(base.snapshot, target.snapshot, shelf) : []),
    ...(config === null ? findLostConfigs(base, target) : []),
    // Every analyzer says the same about the same layers and config.
    ...(isSameContent(base.snapshot, target.snapshot) ? [] : sections),
    ...findPassedOver(base.passedOver, target.passedOver),
    ...findMislisted(base, target),
  ];
}

/** What an analyzer was never asked shows in files and config too, and these are compared. */
export const mayHideChange = ({ what, why }: UncomparedItem): boolean =>
  what === 'files' || why !== 'not-analyzed';

function isSameContent(base: Snapshot, target: Snapshot): boolean {
  return (
    base.config.digest === target.config.digest &&
    base.layers.length === target.layers.length &&
    base.layers.every(({ diffId }, place) => diffId === target.layers[place]?.diffId)
  );
}

const sidesOf = <T>(base: T, target: T) => [['base', base] as const, ['target', target] as const] as const;

/** Names the inventories that keep files from being compared. Those of Windows are not merged, whatever is there. */
async function findLostInventories(
  base: Snapshot,
  target: Snapshot,
  shelf: InventoryShelf,
): Promise<UncomparedItem[]> {
  if (base.platform.os === 'windows' || target.platform.os === 'windows') return [];
  const lost: UncomparedItem[] = [];
  const seen = new Set<Digest>();
  for (const [side, { layers }] of sidesOf(base, target)) {
    for (const layer of layers) {
      if (seen.has(layer.diffId) || (await shelf.load(layer)) !== null) continue;
      seen.add(layer.diffId);
      const fragment = layer.fragments.find(({ kind }) => kind === INVENTORY_KIND);
      const why = fragment === undefined ? 'not-analyzed' : 'lost';
      const digest = fragment && { digest: fragment.digest };
      lost.push({ what: 'files', why, side, layer: layer.index, ...digest });
    }
  }
  return lost;
}

function findLostConfigs(base: SnapshotView, target: SnapshotView): UncomparedItem[] {
  return sidesOf(base, target).flatMap(([side, { config, snapshot }]): UncomparedItem[] =>
    config === null ? [{ what: 'config', why: 'lost', side, digest: snapshot.config.digest }] : [],
  );
}

/** Images that were not looked at, unless both sides have the same ones. */
function findPassedOver(
  base: readonly PassedOverImage[] = [],
  target: readonly PassedOverImage[] = [],
): UncomparedItem[] {
  const byStands = (images: readonly PassedOverImage[]) =>
    new Map(images.map(({ stands, digest = stands }) => [stands, digest]));
  const sides = { base: byStands(base), target: byStands(target) };
  const only = (side: UncomparedItem['side'], others: ReadonlyMap<Digest, Digest>) =>
    [...sides[side]].flatMap(([stands, digest]): UncomparedItem[] =>
      others.has(stands) ? [] : [{ what: 'image', why: 'passed-over', side, digest }],
    );
  return [...only('base', sides.target), ...only('target', sides.base)];
}

/**
 * An image that only one index lists for another platform, or release of Windows, than its config states: engines choose
 * by the index.
 */
function findMislisted(base: SnapshotView, target: SnapshotView): UncomparedItem[] {
  const chosenFor = ({ listedPlatform, snapshot, config }: SnapshotView) =>
    listedPlatform ?? withRelease(snapshot.platform, config ?? {});
  const isMislisted = base.listedPlatform !== undefined || target.listedPlatform !== undefined;
  if (!isMislisted || samePlatform(chosenFor(base), chosenFor(target))) return [];
  const side = target.listedPlatform === undefined ? 'base' : 'target';
  const digest = { base, target }[side].snapshot.manifest?.digest;
  const findings = ['platform-mismatch' satisfies keyof typeof IMAGE_FINDINGS];
  return [{ what: 'image', why: 'passed-over', side, ...(digest && { digest }), findings }];
}
