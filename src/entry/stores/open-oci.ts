import { RegistryPlace } from '../../adapters/artifacts/registry-place.ts';
import { Registries } from '../../adapters/registry/registries.ts';
import { MemoryLayerRecords } from '../../adapters/stores/memory/layer-records.ts';
import { BudgetedPlace } from '../../adapters/stores/oci/budgeted-place.ts';
import { EntryArtifacts } from '../../adapters/stores/oci/entry-artifacts.ts';
import { OciHistoryStore } from '../../adapters/stores/oci/history-store.ts';
import { OciPublisher } from '../../adapters/stores/oci/publisher.ts';
import { OciShelf } from '../../adapters/stores/oci/shelf.ts';
import { OciSurfaceStore } from '../../adapters/stores/oci/surface-store.ts';
import type { ArtifactPlace } from '../../core/artifact/artifact-place.ts';
import { subjectOfEntry } from '../../core/artifact/subject.ts';
import { DEFAULT_TAG } from '../../core/artifact/tags.ts';
import type { Store } from '../../core/store/store.ts';
import { storedSnapshots } from '../../core/store/verify-store.ts';
import type { StoreCircumstances } from './store-kind.ts';

/** A repository as baseline store, and the tag that moves on to each new snapshot. */
export interface OciStoreSetting {
  readonly host: string;
  readonly repository: string;
  readonly tag: string | null;
}

/** Opens the store in a repository of a registry. @throws VarveError `unreachable`, `bad-reference`. */
export async function openOciStore(
  setting: OciStoreSetting,
  { access, resources, thorough, signal }: StoreCircumstances,
): Promise<Store> {
  const registries = resources.use(new Registries(access, signal));
  const place = await RegistryPlace.open(registries, setting.host, setting.repository);
  return composeOciStore(thorough ? place : new BudgetedPlace(place), setting, thorough);
}

/** Puts a store together in a place of artifacts. */
export function composeOciStore(place: ArtifactPlace, setting: OciStoreSetting, thorough: boolean): Store {
  const entries = new EntryArtifacts(place, setting.tag ?? DEFAULT_TAG);
  const shelf = new OciShelf(entries);
  const surface = new OciSurfaceStore(entries, shelf, thorough);
  const publisher = new OciPublisher(entries, shelf, (entry) => subjectOfEntry(surface, entry, setting));
  return {
    location: entries.location,
    surface,
    layers: new MemoryLayerRecords((tenant) =>
      storedSnapshots(surface, tenant, (digest) => shelf.wasTaken(tenant, digest)),
    ),
    history: new OciHistoryStore(entries, (entry, origin) => publisher.publish(entry, origin)),
    keepsByEntry: true,
  };
}
