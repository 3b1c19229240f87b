import { type Digest, isDigest } from '../../../base/digest.ts';
import { toVarveError } from '../../../base/errors.ts';
import { readLayerRecords, type StoredRecord } from '../../../core/snapshot/layer-record.ts';
import type { LayerRecord, LayerRecords } from '../../../core/snapshot/layer-records.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { damageOf } from '../../../core/surface/damage.ts';
import type { Damage, OnDamage } from '../../../core/surface/surface-store.ts';
import { isTenant } from '../../../core/words/names.ts';
import { MANIFEST_BYTES } from '../object-limits.ts';
import type { ObjectTree } from '../object-tree.ts';
import {
  blobMarkerPath,
  digestOfLayerMarker,
  layerMarkersPath,
  markersOf,
  TENANT_MARKERS,
  tenantOfMarker,
} from './markers.ts';

/**
 * Layer records as small markers: one for each blob, that holds its diffID, and one for each record of a layer, named
 * by its own hash. None is shared by writers of different things, so none can be lost; what is damaged or cannot be
 * read counts as absent, since all of it can be learned again.
 */
export class ObjectTreeLayerRecords implements LayerRecords {
  readonly #tree: ObjectTree;

  constructor(tree: ObjectTree) {
    this.#tree = tree;
  }

  async record(tenant: string, snapshot: Snapshot): Promise<void> {
    const markers = [...markersOf(tenant, snapshot)];
    await this.#tree.putDerived(
      markers.map(([path, text]) => ({ path, bytes: Buffer.from(text), existing: 'replace' })),
    );
  }

  async findDiffId(tenant: string, blob: Digest, onDamage?: OnDamage): Promise<Digest | null> {
    const path = blobMarkerPath(tenant, blob);
    const text = await this.#read(path, onDamage);
    if (text === null || isDigest(text)) return text;
    onDamage?.({ object: path, problem: 'holds no digest' });
    return null;
  }

  async findLayer(tenant: string, diffId: Digest, onDamage?: OnDamage): Promise<LayerRecord | null> {
    const stored: StoredRecord[] = [];
    for (const object of await this.#layerMarkers(tenant, diffId, onDamage)) {
      const text = await this.#read(object, onDamage);
      if (text !== null) stored.push({ object, text, digest: digestOfLayerMarker(object) });
    }
    return readLayerRecords(diffId, stored, onDamage);
  }

  async forget(tenant: string, diffIds: readonly Digest[]): Promise<void> {
    const markers = await Promise.all(diffIds.map((diffId) => this.#layerMarkers(tenant, diffId)));
    await this.#tree.remove(markers.flat());
  }

  async *verify(snapshotsOf: (tenant: string) => AsyncIterable<Snapshot>): AsyncGenerator<Damage> {
    // First the markers, then the snapshots: a run that goes on meanwhile stores them the other way round.
    const paths = (await Array.fromAsync(this.#tree.list(TENANT_MARKERS))).map(({ path }) => path);
    for (const [tenant, own] of Map.groupBy(paths, tenantOfMarker)) {
      const markers = isTenant(tenant) ? await gatherMarkers(tenant, snapshotsOf(tenant)) : new Map();
      for (const object of own) {
        const text = markers.get(object);
        if (text === undefined) yield { object, problem: 'is borne out by no stored snapshot' };
        else if ((await this.#read(object)) !== text)
          yield { object, problem: 'disagrees with the stored snapshots' };
      }
    }
  }

  #read(path: string, onDamage?: OnDamage): Promise<string | null> {
    const read = async () => (await this.#tree.read(path, MANIFEST_BYTES))?.toString('utf8') ?? null;
    return absentIfUnreadable(path, read, onDamage);
  }

  async #layerMarkers(tenant: string, diffId: Digest, onDamage?: OnDamage): Promise<string[]> {
    const prefix = layerMarkersPath(tenant, diffId);
    const list = async () => (await Array.fromAsync(this.#tree.list(prefix))).map(({ path }) => path);
    return (await absentIfUnreadable(prefix, list, onDamage)) ?? [];
  }
}

async function gatherMarkers(
  tenant: string,
  snapshots: AsyncIterable<Snapshot>,
): Promise<Map<string, string>> {
  const markers = new Map<string, string>();
  for await (const snapshot of snapshots) {
    for (const [path, text] of markersOf(tenant, snapshot)) markers.set(path, text);
  }
  return markers;
}

async function absentIfUnreadable<T>(
  object: string,
  read: () => Promise<T | null>,
  onDamage?: OnDamage,
): Promise<T | null> {
  try {
    return await read();
  } catch (fault) {
    if (toVarveError(fault).kind === 'internal') throw fault;
    onDamage?.(damageOf(object, fault));
    return null;
  }
}
