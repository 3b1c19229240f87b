import { type Digest, isDigest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import { readLayerRecords, type StoredRecord } from '../../../core/snapshot/layer-record.ts';
import type { LayerRecord, LayerRecords } from '../../../core/snapshot/layer-records.ts';
import type { Snapshot } from '../../../core/snapshot/snapshot.ts';
import { damageOf } from '../../../core/surface/damage.ts';
import type { Damage, OnDamage } from '../../../core/surface/surface-store.ts';
import { isTenant, parseTenant } from '../../../core/words/names.ts';
import type { DurableWriter } from '../../filesystem/durable-writer.ts';
import type { FileTree } from '../../filesystem/file-tree.ts';
import type { StoreDirectory } from '../../filesystem/store-directory.ts';
import { walk } from '../../filesystem/walk.ts';
import { MANIFEST_BYTES } from '../object-limits.ts';
import {
  blobMarkerPath,
  digestOfLayerMarker,
  layerMarkersPath,
  markersOf,
  TENANT_MARKERS,
} from './markers.ts';

/**
 * Layer records as small marker files: one for each blob, that holds its diffID, and one for each record of a layer,
 * named by its own hash. None is shared by writers of different things, so none can be lost; what is damaged or
 * cannot be read counts as absent, since all of it can be learnt again.
 */
export class DirectoryLayerRecords implements LayerRecords {
  readonly #tree: FileTree;
  readonly #writer: DurableWriter;

  constructor(directory: StoreDirectory) {
    this.#tree = directory.tree;
    this.#writer = directory.writer;
  }

  async record(tenant: string, snapshot: Snapshot): Promise<void> {
    await this.#place(markersOf(tenant, snapshot));
  }

  async findDiffId(tenant: string, blob: Digest, onDamage?: OnDamage): Promise<Digest | null> {
    const path = blobMarkerPath(tenant, blob);
    const text = this.#read(path, onDamage);
    if (text === null || isDigest(text)) return text;
    onDamage?.({ object: path, problem: 'holds no digest' });
    return null;
  }

  async findLayer(tenant: string, diffId: Digest, onDamage?: OnDamage): Promise<LayerRecord | null> {
    const stored: StoredRecord[] = [];
    for (const object of this.#layerMarkers(tenant, diffId, onDamage)) {
      const text = this.#read(object, onDamage);
      if (text !== null) stored.push({ object, text, digest: digestOfLayerMarker(object) });
    }
    return readLayerRecords(diffId, stored, onDamage);
  }

  async forget(tenant: string, diffIds: readonly Digest[]): Promise<void> {
    await this.#writer.remove(diffIds.flatMap((diffId) => this.#layerMarkers(tenant, diffId)));
  }

  async rebuild(tenant: string, snapshots: AsyncIterable<Snapshot>): Promise<void> {
    const markers = await gatherMarkers(tenant, snapshots);
    await this.#place(markers);
    const folder = `${TENANT_MARKERS}/${parseTenant(tenant)}`;
    const others = [...walk(this.#tree, folder)].filter(({ path }) => !markers.has(path));
    await this.#writer.remove(others.map(({ path }) => path));
  }

  async *verify(snapshotsOf: (tenant: string) => AsyncIterable<Snapshot>): AsyncGenerator<Damage> {
    for (const { name: tenant } of this.#tree.list(TENANT_MARKERS)) {
      // First the markers, then the snapshots: a run that goes on meanwhile stores them the other way round.
      const files = [...walk(this.#tree, `${TENANT_MARKERS}/${tenant}`)];
      const markers = isTenant(tenant) ? await gatherMarkers(tenant, snapshotsOf(tenant)) : new Map();
      for (const { path } of files) {
        const text = markers.get(path);
        if (text === undefined) yield { object: path, problem: 'is borne out by no stored snapshot' };
        else if (this.#read(path) !== text)
          yield { object: path, problem: 'disagrees with the stored snapshots' };
      }
    }
  }

  async #place(markers: ReadonlyMap<string, string>): Promise<void> {
    const missing = [...markers].filter(([path, text]) => this.#read(path) !== text);
    await this.#writer.place(
      missing.map(([path, text]) => ({ path, bytes: Buffer.from(text), existing: 'replace' })),
    );
  }

  #read(path: string, onDamage?: OnDamage): string | null {
    const read = () => this.#tree.read(path, MANIFEST_BYTES)?.toString('utf8') ?? null;
    return absentIfUnreadable(path, read, onDamage);
  }

  #layerMarkers(tenant: string, diffId: Digest, onDamage?: OnDamage): string[] {
    const folder = layerMarkersPath(tenant, diffId);
    const list = () => this.#tree.list(folder).map(({ name }) => `${folder}/${name}`);
    return absentIfUnreadable(folder, list, onDamage) ?? [];
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

function absentIfUnreadable<T>(object: string, read: () => T | null, onDamage?: OnDamage): T | null {
  try {
    return read();
  } catch (fault) {
    if (!(fault instanceof VarveError)) throw fault;
    onDamage?.(damageOf(object, fault));
    return null;
  }
}
