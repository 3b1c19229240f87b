import { digestOf } from '../../base/digest.ts';
import { withPauses } from '../../base/pausable.ts';
import { entryBytes } from '../../core/history/entry-path.ts';
import { type Receipt, ReceiptBuilder } from '../../core/kit/receipt.ts';
import type { Store } from '../../core/store/store.ts';
import { readSound } from '../../core/surface/damage.ts';
import { SURFACE_KIND } from '../../core/surface/keys.ts';
import type { OnDamage } from '../../core/surface/surface-store.ts';

/**
 * Lists what a store has of some tenants. Every payload is read and verified: only what arrived whole is on a receipt.
 */
export async function makeReceipt(
  { surface, history }: Store,
  tenants: readonly string[],
  onDamage: OnDamage,
  signal?: AbortSignal,
): Promise<Receipt> {
  const receipt = new ReceiptBuilder();
  for (const tenant of tenants) {
    for await (const { kind, digest } of withPauses(surface.list({ tenant, onDamage }), signal)) {
      const key = { tenant, kind, digest };
      const item = await readSound(`${kind} ${digest}`, onDamage, () => surface.getItem(key));
      if (item !== null) receipt.addItem(key);
    }
    for await (const { digest } of surface.listSurfaceManifests({ tenant, onDamage })) {
      receipt.addItem({ tenant, kind: SURFACE_KIND, digest });
    }
    for (const name of await history.names(tenant)) {
      for await (const entry of history.list({ tenant, name, onDamage })) {
        receipt.addEntry(tenant, digestOf(entryBytes(entry)));
      }
    }
  }
  return receipt.build();
}
