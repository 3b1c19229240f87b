import type { Digest } from '../../base/digest.ts';
import { toVarveError } from '../../base/errors.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import type { Damage, OnDamage } from '../../core/surface/surface-store.ts';
import { formatPlatform, type Platform } from '../../core/words/platform.ts';

export interface LayerUsesRequest {
  readonly tenant: string;
  /** The layer's diffID, or the digest of a blob that a verified read bound to it. */
  readonly layer: Digest;
  /** Undefined for all names. */
  readonly name: string | undefined;
  /** Undefined for all platforms. */
  readonly platform: Platform | undefined;
  /** How many entries at most. */
  readonly limit: number;
  /** Called for each damaged entry or snapshot, which is then skipped. */
  readonly warn: (message: string) => void;
}

/** The entries of all names whose snapshots have a layer, newest first. */
export async function findLayerUses(store: Store, request: LayerUsesRequest): Promise<HistoryEntry[]> {
  const { tenant, layer, name, platform, limit, warn } = request;
  const diffId = (await store.layers.findDiffId(tenant, layer)) ?? layer;
  const onDamage = ({ object, problem }: Damage): void => warn(`${object} is damaged: ${problem}`);
  const query = { tenant, diffId, onDamage };
  const entries = store.layerIndex?.entriesWithLayer(query) ?? allEntries(store, tenant, onDamage);
  const layersOf = rememberLayers(store, tenant, warn);
  const uses: HistoryEntry[] = [];
  for await (const entry of entries) {
    if (uses.length >= limit) break;
    if (name !== undefined && entry.name !== name) continue;
    if (platform !== undefined && formatPlatform(entry.platform) !== formatPlatform(platform)) continue;
    if ((await layersOf(entry.snapshotDigest)).has(diffId)) uses.push(entry);
  }
  return uses;
}

/** The entries of all names, newest first. */
async function* allEntries(
  { history }: Store,
  tenant: string,
  onDamage: OnDamage,
): AsyncGenerator<HistoryEntry> {
  const entries: HistoryEntry[] = [];
  for (const name of await history.names(tenant)) {
    for await (const entry of history.list({ tenant, name, onDamage })) entries.push(entry);
  }
  yield* entries.sort((a, b) => (a.time < b.time ? 1 : a.time === b.time ? 0 : -1));
}

/** Tells the diffIDs of stored snapshots, and reads each once; one that is gone or damaged has none. */
function rememberLayers(
  { surface }: Store,
  tenant: string,
  warn: (message: string) => void,
): (digest: Digest) => Promise<ReadonlySet<Digest>> {
  const known = new Map<Digest, ReadonlySet<Digest>>();
  return async (digest) => {
    const found = known.get(digest) ?? (await readLayers());
    known.set(digest, found);
    return found;

    async function readLayers(): Promise<ReadonlySet<Digest>> {
      try {
        const snapshot = await readSnapshot(surface, tenant, digest);
        return new Set(snapshot?.layers.map(({ diffId }) => diffId));
      } catch (fault) {
        const { kind, message } = toVarveError(fault);
        if (kind !== 'bytes') throw fault;
        warn(message);
        return new Set();
      }
    }
  };
}
