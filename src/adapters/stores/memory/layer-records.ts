import type { Digest } from '../../../base/digest.ts';
import { mergeLayerRecords, recordsOf } from '../../../core/snapshot/layer-record.ts';
import type { LayerRecord, LayerRecords } from '../../../core/snapshot/layer-records.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { parseKey, SNAPSHOT_KIND } from '../../../core/surface/keys.ts';
import type { Damage, OnDamage } from '../../../core/surface/surface-store.ts';
import { parseTenant } from '../../../core/words/names.ts';

interface Known {
  readonly diffIds: Map<Digest, Digest>;
  readonly layers: Map<Digest, LayerRecord[]>;
}

/** Layer records that are not kept at all, but learned from the snapshots when they are first asked for. */
export class MemoryLayerRecords implements LayerRecords {
  readonly #snapshotsOf: (tenant: string) => AsyncIterable<Snapshot>;
  readonly #tenants = new Map<string, Promise<Known>>();

  constructor(snapshotsOf: (tenant: string) => AsyncIterable<Snapshot>) {
    this.#snapshotsOf = snapshotsOf;
  }

  async record(tenant: string, snapshot: Snapshot): Promise<void> {
    const known = this.#tenants.get(parseTenant(tenant));
    if (known !== undefined) learn(await known, snapshot);
  }

  async findDiffId(tenant: string, blob: Digest): Promise<Digest | null> {
    return (await this.#knownOf(tenant, blob)).diffIds.get(blob) ?? null;
  }

  async findLayer(tenant: string, diffId: Digest, onDamage?: OnDamage): Promise<LayerRecord | null> {
    const { layers } = await this.#knownOf(tenant, diffId);
    return mergeLayerRecords(diffId, layers.get(diffId) ?? [], onDamage);
  }

  async forget(tenant: string, diffIds: readonly Digest[]): Promise<void> {
    for (const diffId of diffIds) (await this.#knownOf(tenant, diffId)).layers.delete(diffId);
  }

  /** There is nothing that could be damaged. */
  async *verify(): AsyncGenerator<Damage> {}

  #knownOf(tenant: string, digest: Digest): Promise<Known> {
    parseKey({ tenant, kind: SNAPSHOT_KIND, digest });
    const known = this.#tenants.get(tenant) ?? gather(this.#snapshotsOf(tenant));
    this.#tenants.set(tenant, known);
    return known;
  }
}

async function gather(snapshots: AsyncIterable<Snapshot>): Promise<Known> {
  const known: Known = { diffIds: new Map(), layers: new Map() };
  for await (const snapshot of snapshots) learn(known, snapshot);
  return known;
}

function learn({ diffIds, layers }: Known, snapshot: Snapshot): void {
  for (const { diffId, digest } of snapshot.layers) if (digest !== null) diffIds.set(digest, diffId);
  for (const record of recordsOf(snapshot))
    layers.set(record.diffId, [...(layers.get(record.diffId) ?? []), record]);
}
