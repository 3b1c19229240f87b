import { Received } from '../../core/kit/receipt.ts';
import type { Store } from '../../core/store/store.ts';
import { exportKit } from '../../flows/kit/export-kit.ts';
import { planKit } from '../../flows/kit/plan-kit.ts';
import type { SnapshotImageResult } from '../../flows/snapshot/snapshot-image.ts';
import { createKit } from '../compose/kits.ts';
import type { Host } from '../host/host.ts';

/**
 * Writes a kit of what a run recorded: its snapshots with all that they consist of, and their comparisons.
 * @throws VarveError as `createKit` and `exportKit` do.
 */
export async function writeKit(
  { platforms }: SnapshotImageResult,
  store: Store,
  path: string,
  { host, signal, tenant }: { readonly host: Host; readonly signal: AbortSignal; readonly tenant: string },
): Promise<void> {
  const images = platforms.map(({ surfaceManifest }) => surfaceManifest.imageDigest);
  const tools = { signal, startProgress: () => ({ advance() {}, finishLayer() {}, clear() {} }) };
  await using kit = await createKit(path, false, host);
  const selection = { tenant, names: [], images, kinds: [], since: null };
  const plan = await planKit(store, selection, new Received(null), tools);
  await exportKit(store, plan, kit, tools);
}
