import { fromText } from '../../base/byte-text.ts';
import { VarveError } from '../../base/errors.ts';
import { runWithPauses, withPauses } from '../../base/pausable.ts';
import { normalisePath, pathBytes, ROOT } from '../../core/layer/entry-path.ts';
import type { LayerFinding } from '../../core/report/report.ts';
import { mergeLayersPausable } from '../../core/rootfs/merge-layers.ts';
import type { LayerView } from '../../core/rootfs/rootfs-reader.ts';
import { listTree, type TreeEntry } from '../../core/rootfs/tree.ts';
import type { Store } from '../../core/store/store.ts';
import { passOver, readSound } from '../../core/surface/damage.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import type { PlatformWish } from '../../core/words/platform.ts';
import type { LayerTools } from '../image/analyse-layers.ts';
import { viewSnapshot } from '../image/load-snapshot.ts';
import { type ImageTools, imageDigestOf, openImage } from '../image/open-image.ts';
import { retakeSnapshot, type TakenSnapshot, takeSnapshot } from '../image/take-snapshot.ts';

export interface ListTreeRequest {
  readonly reference: string;
  readonly platform: PlatformWish;
  /** Only this path and what is below it; undefined for everything. */
  readonly path: string | undefined;
  readonly origin: Origin;
}

export interface ImageTree {
  readonly entries: Iterable<TreeEntry>;
  /** What is odd about the image, and what reading and merging its layers showed, of the whole image. */
  readonly findings: readonly LayerFinding[];
}

/**
 * Lists an image's merged root filesystem, sorted by path.
 * @throws VarveError `unsupported` for Windows images, which are not merged; `path-not-found`.
 */
export async function listImageTree(
  tools: ImageTools & LayerTools,
  { reference, platform, path, origin }: ListTreeRequest,
): Promise<ImageTree> {
  await using opened = await openImage(tools, [reference], platform);
  const { image } = opened;
  if (image.platform.os === 'windows') {
    throw new VarveError('unsupported', 'layers of Windows images are not merged', {
      object: reference,
      hint: 'varve layer ls lists each of them as it is',
    });
  }
  const { tenant } = origin;
  const marked = { ...origin, source: { ...origin.source, imageDigest: imageDigestOf(image) } };
  const taken = await takeSnapshot(tools, image, marked);
  const known = await readSound(reference, passOver, () => loadInventories(tools.store, tenant, taken));
  const inventories =
    known ?? (await loadInventories(tools.store, tenant, await retakeSnapshot(tools, image, marked)));
  const { rootfs, findings } = await runWithPauses(mergeLayersPausable(inventories), tools.signal);
  const tree = listTree(rootfs);
  const entries = path === undefined ? tree : await below(tree, path, tools.signal);
  return { entries, findings: [...taken.findings, ...findings] };
}

async function loadInventories(store: Store, tenant: string, taken: TakenSnapshot): Promise<LayerView[]> {
  const view = await viewSnapshot(store, tenant, taken);
  const inventories: LayerView[] = [];
  for (const { index } of view.snapshot.layers) {
    const inventory = await view.loadInventory(index);
    if (inventory === null) throw new VarveError('internal', `layer ${index} has no inventory`);
    inventories.push(inventory);
  }
  return inventories;
}

async function below(
  tree: Iterable<TreeEntry>,
  path: string,
  signal?: AbortSignal,
): Promise<Iterable<TreeEntry>> {
  const top = normalisePath(fromText(path));
  if (top === ROOT) return tree;
  const found: TreeEntry[] = [];
  for await (const entry of withPauses(tree, signal)) {
    const bytes = pathBytes(entry);
    if (bytes === top || bytes.startsWith(`${top}/`)) found.push(entry);
  }
  if (found.length > 0) return found;
  throw new VarveError('path-not-found', `the image has no ${path}`, {
    object: path,
    hint: 'name it as varve tree lists it: no symlink on the way to it is followed',
  });
}
