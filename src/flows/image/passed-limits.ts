import { formatCount, formatNumber } from '../../base/human-size.ts';
import { DEFAULT_LIMITS, flagOf, type Limits } from '../../base/limits.ts';
import { BLOCK } from '../../base/tar/header-block.ts';
import { INVENTORY_KIND } from '../../core/analysis/files/inventory.ts';
import { Inventory } from '../../core/analysis/files/inventory-view.ts';
import type { LayerFinding } from '../../core/report/report.ts';
import type { KnownLayer, LayerPlan } from '../../core/snapshot/plan-layers.ts';
import type { Store } from '../../core/store/store.ts';
import { passOver, readSound } from '../../core/surface/damage.ts';
import { readPayload } from '../../core/surface/read-payload.ts';

/**
 * Finds the limits that were not applied to known layers, since these were not read: those that a layer exceeds, and
 * those on sparse files and headers, where they are below the default: no record says how much of these a layer has.
 */
export async function findPassedLimits(
  { store, limits }: { readonly store: Store; readonly limits: Limits },
  tenant: string,
  plans: readonly LayerPlan[],
): Promise<LayerFinding[]> {
  const findings: LayerFinding[] = [];
  for (const { action, layer, known } of plans) {
    if (action === 'read' || known === null) continue;
    const details = [
      ...tellOver('layerBytes', known.uncompressedSize, limits),
      ...tellOver('layerEntries', await countEntries(store, tenant, known, limits), limits),
      ...tellUnchecked('sparseBytes', limits),
      ...(known.uncompressedSize > limits.headerBytes ? tellUnchecked('headerBytes', limits) : []),
    ];
    findings.push(...details.map((detail) => ({ layer: layer.index, code: 'limit-passed-over', detail })));
  }
  return findings;
}

/** The entries of a layer's tar; 0 where there cannot be too many, or nothing tells. */
async function countEntries(
  { surface }: Store,
  tenant: string,
  { uncompressedSize, fragments }: KnownLayer,
  { layerEntries }: Limits,
): Promise<number> {
  const inventory = fragments.find(({ kind }) => kind === INVENTORY_KIND);
  if (inventory === undefined || uncompressedSize / BLOCK <= layerEntries) return 0;
  const { kind, digest } = inventory;
  const entries = await readSound(digest, passOver, async () => {
    const payload = await readPayload(surface, { tenant, kind, digest });
    return payload && new Inventory(payload, digest).header.entries;
  });
  return entries ?? 0;
}

function tellOver(limit: 'layerBytes' | 'layerEntries', found: number, limits: Limits): string[] {
  if (found <= limits[limit]) return [];
  return [`${tell(limit, found)}, and ${flagOf(limit)} is ${formatNumber(limits[limit])}`];
}

function tellUnchecked(limit: 'sparseBytes' | 'headerBytes', limits: Limits): string[] {
  if (limits[limit] >= DEFAULT_LIMITS[limit]) return [];
  return [`not checked against ${flagOf(limit)} ${formatNumber(limits[limit])}`];
}

function tell(limit: 'layerBytes' | 'layerEntries', count: number): string {
  return limit === 'layerEntries' ? formatCount(count, 'entry', 'entries') : formatCount(count, 'byte');
}
