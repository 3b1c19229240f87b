import { VarveError } from '../../base/errors.ts';
import { runWithPauses } from '../../base/pausable.ts';
import type { SnapshotView } from '../../core/comparison/snapshot-view.ts';
import type { LayerFinding } from '../../core/report/report.ts';
import { mergeLayersPausable } from '../../core/rootfs/merge-layers.ts';
import type { Rootfs } from '../../core/rootfs/rootfs.ts';
import type { LayerView } from '../../core/rootfs/rootfs-reader.ts';
import { passOver, readSound } from '../../core/surface/damage.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import type { PlatformWish } from '../../core/words/platform.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import { viewSnapshot } from '../image/load-snapshot.ts';
import { type ImageTools, imageDigestOf, openImage } from '../image/open-image.ts';
import { retakeSnapshot, takeSnapshot } from '../image/take-snapshot.ts';

export interface MergedImageRequest {
  readonly reference: string;
  readonly platform: PlatformWish;
  readonly origin: Origin;
}

/** An image with its layers as they are, and merged. */
export interface MergedImage {
  readonly view: SnapshotView;
  readonly layers: readonly LayerView[];
  readonly rootfs: Rootfs;
  /** What is odd about the image, and what reading and merging its layers showed. */
  readonly findings: readonly LayerFinding[];
}

/**
 * Reads the layers of an image that are not known, and merges all of them.
 * @throws VarveError `unsupported` for Windows images, which are not merged.
 */
export async function openMergedImage(
  tools: ImageTools & LayerTools,
  { reference, platform, origin }: MergedImageRequest,
): Promise<MergedImage> {
  await using opened = await openImage(tools, [reference], platform);
  const { image } = opened;
  if (image.platform.os === 'windows') {
    throw new VarveError('unsupported', `${reference} is a Windows image, whose layers are not merged`, {
      object: reference,
      hint: 'varve layer ls lists each of them as it is',
    });
  }
  const { tenant } = origin;
  const { store } = tools;
  const marked = { ...origin, source: { ...origin.source, imageDigest: imageDigestOf(image) } };
  const taken = await takeSnapshot(tools, image, marked);
  const load = async (snapshot: typeof taken) => loadLayers(await viewSnapshot(store, tenant, snapshot));
  const known = await readSound(reference, passOver, () => load(taken));
  const { view, layers } = known ?? (await load(await retakeSnapshot(tools, image, marked)));
  const { rootfs, findings } = await runWithPauses(mergeLayersPausable(layers), tools.signal);
  return { view, layers, rootfs, findings: [...taken.findings, ...findings] };
}

async function loadLayers(view: SnapshotView): Promise<Pick<MergedImage, 'view' | 'layers'>> {
  const layers: LayerView[] = [];
  for (const { index } of view.snapshot.layers) {
    const inventory = await view.loadInventory(index);
    if (inventory === null) throw new VarveError('internal', `layer ${index} has no inventory`);
    layers.push(inventory);
  }
  return { view, layers };
}
