import type { Digest } from '../../../base/digest.ts';
import type { LayerRecord, LayerRecords } from '../../../core/snapshot/layer-records.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import type { Damage, OnDamage } from '../../../core/surface/surface-store.ts';
import { MemoryLayerRecords } from './layer-records.ts';

/** Believes only the records that were made since it was opened. All are kept as ever. */
export class FreshLayerRecords implements LayerRecords {
  readonly #kept: LayerRecords;
  readonly #fresh = new MemoryLayerRecords(nothing);

  constructor(kept: LayerRecords) {
    this.#kept = kept;
  }

  async record(tenant: string, snapshot: Snapshot): Promise<void> {
    // What was not asked for yet is not learned, but gathered, and there is nothing to gather.
    await this.#fresh.findLayer(tenant, snapshot.config.digest);
    await this.#fresh.record(tenant, snapshot);
    await this.#kept.record(tenant, snapshot);
  }

  findDiffId(tenant: string, blob: Digest): Promise<Digest | null> {
    return this.#fresh.findDiffId(tenant, blob);
  }

  findLayer(tenant: string, diffId: Digest, onDamage?: OnDamage): Promise<LayerRecord | null> {
    return this.#fresh.findLayer(tenant, diffId, onDamage);
  }

  async forget(tenant: string, diffIds: readonly Digest[]): Promise<void> {
    await this.#fresh.forget(tenant, diffIds);
    await this.#kept.forget(tenant, diffIds);
  }

  verify(snapshotsOf: (tenant: string) => AsyncIterable<Snapshot>): AsyncIterable<Damage> {
    return this.#kept.verify(snapshotsOf);
  }
}

async function* nothing(): AsyncGenerator<Snapshot> {}
