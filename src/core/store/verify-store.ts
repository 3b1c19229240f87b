import type { Digest } from '../../base/digest.ts';
import { toVarveError } from '../../base/errors.ts';
import type { HistoryEntry } from '../history/history.ts';
import { readSnapshot } from '../snapshot/read-snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { passOver, readSound } from '../surface/damage.ts';
import { DOCUMENT_KINDS, SNAPSHOT_KIND } from '../surface/keys.ts';
import { parseManifestPath } from '../surface/paths.ts';
import type { Damage, SurfaceStore } from '../surface/surface-store.ts';
import { newestEntries } from './needed-items.ts';
import type { Store } from './store.ts';

/** Reads and verifies everything that a store holds, its parts against each other too. */
export async function* verifyStore(store: Store): AsyncGenerator<Damage> {
  const newest = new NewestImages(store);
  for await (const { lacks, ...damage } of store.surface.verify()) {
    if (lacks === undefined || (await newest.need(damage.object, lacks.kind))) yield damage;
  }
  yield* store.history.verify((entry) => examineEntry(store.surface, entry));
  yield* store.layers.verify((tenant) => storedSnapshots(store.surface, tenant));
}

/** Tells damage from age: of older images, fragments that had expired may have been deleted. */
class NewestImages {
  readonly #store: Store;
  readonly #ofTenant = new Map<string, Promise<ReadonlySet<Digest>>>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Whether an item of some kind must be there, for all that a surface manifest lists it. @param object its path. */
  async need(object: string, kind: string): Promise<boolean> {
    const image = parseManifestPath(object);
    if (image === null || DOCUMENT_KINDS.has(kind)) return true;
    const newest = this.#ofTenant.get(image.tenant) ?? this.#read(image.tenant);
    this.#ofTenant.set(image.tenant, newest);
    return (await newest).has(image.digest);
  }

  async #read(tenant: string): Promise<ReadonlySet<Digest>> {
    const images = new Set<Digest>();
    for (const name of await this.#store.history.names(tenant)) {
      for await (const entry of newestEntries(this.#store, tenant, name, 1, passOver)) {
        images.add(entry.surfaceManifestDigest);
      }
    }
    return images;
  }
}

/** All readable snapshots of a tenant that are wanted. */
export async function* storedSnapshots(
  surface: SurfaceStore,
  tenant: string,
  isWanted: (digest: Digest) => boolean = () => true,
): AsyncGenerator<Snapshot> {
  for await (const { digest } of surface.list({ tenant, kind: SNAPSHOT_KIND, onDamage: passOver })) {
    if (!isWanted(digest)) continue;
    const snapshot = await readSound(digest, passOver, () => readSnapshot(surface, tenant, digest));
    if (snapshot !== null) yield snapshot;
  }
}

/** History is written last, so whatever an entry names must be there. */
async function examineEntry(surface: SurfaceStore, entry: HistoryEntry): Promise<string | null> {
  const { tenant, snapshotDigest, surfaceManifestDigest } = entry;
  const snapshot = { tenant, kind: SNAPSHOT_KIND, digest: snapshotDigest };
  const missing = [
    ...((await isThere(surface.getManifest(snapshot))) ? [] : [`snapshot ${snapshotDigest}`]),
    ...((await isThere(surface.getSurfaceManifest(tenant, surfaceManifestDigest)))
      ? []
      : [`surface manifest ${surfaceManifestDigest}`]),
  ];
  return missing.length === 0 ? null : `names ${missing.join(' and ')}, which the store does not have`;
}

/** What is damaged is there: it is named on its own. */
async function isThere(found: Promise<object | null>): Promise<boolean> {
  return found.then(
    (value) => value !== null,
    (fault: unknown) => {
      if (toVarveError(fault).kind === 'bytes') return true;
      throw fault;
    },
  );
}
