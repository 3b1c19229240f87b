import { VarveError } from '../../base/errors.ts';
import { formatCount } from '../../base/human-size.ts';
import { INVENTORY_KIND } from '../../core/analysis/files/inventory.ts';
import { Inventory } from '../../core/analysis/files/inventory-view.ts';
import type { SourceImage, SourceLayer } from '../../core/image/image-source.ts';
import type { LayerFinding } from '../../core/report/report.ts';
import { passOver, readSound } from '../../core/surface/damage.ts';
import { chooseByPrefix, parseDigestPrefix } from '../../core/words/digest-prefix.ts';
import type { PlatformWish } from '../../core/words/platform.ts';
import { analyzeLayers, type LayerTools } from '../image/analyze-layers.ts';
import { type ImageTools, openImage } from '../image/open-image.ts';
import { readFragment } from '../image/read-fragment.ts';
import { forgetLayers } from '../image/take-snapshot.ts';

export interface ListLayerRequest {
  readonly reference: string;
  readonly platform: PlatformWish;
  /** Index from 0, or the beginning of a digest or diffID. */
  readonly layer: string;
  readonly tenant: string;
}

export interface ListedLayer {
  readonly inventory: Inventory;
  /** What is odd about the image, and limits that were not applied to a known layer. */
  readonly findings: readonly LayerFinding[];
}

/**
 * The inventory of one layer. No other layer is read, and not even this one when the store knows it.
 * @throws VarveError `layer-not-found` that says which there are.
 */
export async function listLayer(
  tools: ImageTools & LayerTools,
  { reference, platform, layer: wanted, tenant }: ListLayerRequest,
): Promise<ListedLayer> {
  await using opened = await openImage(tools, [reference], platform);
  const layer = findLayer(opened.image, reference, wanted);
  const only = { ...opened.image, layers: [layer] };
  const known = await loadInventory(tools, tenant, only);
  if (known === null) await forgetLayers(tools.store, tenant, [layer]);
  const listed = known ?? (await loadInventory(tools, tenant, only));
  if (listed === null) throw new VarveError('internal', `layer ${wanted} has no inventory`);
  const ofImage = opened.image.findings.map((finding) => ({ layer: null, ...finding }));
  return { ...listed, findings: [...ofImage, ...listed.findings] };
}

function findLayer({ layers }: SourceImage, reference: string, wanted: string): SourceLayer {
  const numbered = layers.find(({ index }) => String(index) === wanted);
  if (numbered !== undefined) return numbered;
  const prefix = parseDigestPrefix(wanted);
  const digests = layers.flatMap(({ digest, diffId }) => [diffId, ...(digest === null ? [] : [digest])]);
  const chosen = prefix && chooseByPrefix(prefix, digests, `digests of layers of ${reference}`);
  const found = layers.find(({ digest, diffId }) => digest === chosen || diffId === chosen);
  if (chosen !== null && found !== undefined) return found;
  throw new VarveError('layer-not-found', `${reference} has no layer ${wanted}`, {
    object: reference,
    hint: `it has ${formatCount(layers.length, 'layer')}, numbered from 0: varve inspect ${reference} lists them`,
  });
}

/** Null where the store has lost it, or what it has is damaged. */
async function loadInventory(
  tools: LayerTools,
  tenant: string,
  image: SourceImage,
): Promise<ListedLayer | null> {
  const { layers, passedLimits: findings } = await analyzeLayers(tools, tenant, image);
  const fragment = layers[0]?.fragments.find(({ kind }) => kind === INVENTORY_KIND);
  if (fragment === undefined) return null;
  const { digest } = fragment;
  return readSound(digest, passOver, async () => {
    const payload = await readFragment(tools.store.surface, tenant, fragment);
    return payload && { inventory: new Inventory(payload, digest), findings };
  });
}
