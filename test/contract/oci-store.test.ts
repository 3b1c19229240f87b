import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe } from 'vitest';
import { RegistryPlace } from '../../src/adapters/artifacts/registry-place.ts';
import { Registries } from '../../src/adapters/registry/registries.ts';
import { digestOf } from '../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../src/base/limits.ts';
import { sourceOfBytes } from '../../src/base/range-source.ts';
import type { ArtifactPlace } from '../../src/core/artifact/artifact-place.ts';
import { entryTag } from '../../src/core/history/entry-tag.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import { OCI_MANIFEST } from '../../src/core/image/media-type.ts';
import { MANIFESTS_FILE, payloadFileName } from '../../src/core/pack/pack.ts';
import type { Store } from '../../src/core/store/store.ts';
import { surfaceManifestDigest } from '../../src/core/surface/surface-manifest.ts';
import type { SurfaceStore } from '../../src/core/surface/surface-store.ts';
import { composeOciStore } from '../../src/entry/stores/open-oci.ts';
import { makeEntry } from '../support/item-makers.ts';
import { type EditableManifest, MemoryPlace, titleOf } from '../support/memory-place.ts';
import { MemoryRegistry, quickAccess } from '../support/memory-registry.ts';
import { describeHistoryStore, type HistoryStoreUnderTest } from './history-store-suite.ts';
import { describeSurfaceStore, type SurfaceStoreUnderTest } from './surface-store-suite.ts';

const SETTING = { host: 'memory', repository: 'place', tag: null };
const storeIn = (place: ArtifactPlace): Store => composeOciStore(place, SETTING, true);

/** Damages an entry as one who may push: with other bytes under the same tag. */
function openHistory(place: ArtifactPlace): HistoryStoreUnderTest {
  const reopen = () => storeIn(place).history;
  return {
    history: reopen(),
    reopen,
    async damage(entry, change) {
      const tag = entryTag(entry);
      const bytes = await place.fetchManifest(tag, DEFAULT_LIMITS);
      const manifest: EditableManifest = JSON.parse(Buffer.from(bytes ?? []).toString());
      const damaged = change(Buffer.from(manifest.config.data ?? '', 'base64'));
      const digest = digestOf(damaged);
      Object.assign(manifest.config, { digest, size: damaged.length, data: damaged.toString('base64') });
      await place.pushBlob(digest, sourceOfBytes(damaged));
      await place.pushManifest(
        { bytes: Buffer.from(JSON.stringify(manifest)), mediaType: OCI_MANIFEST },
        tag,
      );
    },
  };
}

describe('a history in a repository', () => {
  describeHistoryStore(() => openHistory(new MemoryPlace()));
});

describe('a history in a registry', () => {
  const resources = new AsyncDisposableStack();
  let registry: MemoryRegistry;
  let count = 0;
  beforeAll(async () => {
    registry = resources.use(await MemoryRegistry.start());
  });
  afterAll(() => resources.disposeAsync());

  describeHistoryStore(async () => {
    const registries = resources.use(new Registries(quickAccess()));
    return openHistory(await RegistryPlace.open(registries, registry.host, `team/store-${++count}`));
  });
});

let appended = 0;

/** Opens the store anew for each call, and appends an entry after each that puts something. */
function surfaceIn(place: MemoryPlace): SurfaceStore {
  const open = (): Store => storeIn(place);
  const keep = async <T>(
    change: (surface: SurfaceStore) => Promise<T>,
    tenants: readonly string[],
    overrides: Partial<HistoryEntry> = {},
  ): Promise<T> => {
    const { surface, history } = open();
    const result = await change(surface);
    for (const tenant of new Set(tenants)) {
      const time = new Date(Date.UTC(2026, 3, 1) + ++appended).toISOString();
      await history.append(makeEntry({ time, tenant, ...overrides }));
    }
    return result;
  };
  return {
    location: place.location,
    put: (items) => {
      const tenants = items.map(({ key }) => key.tenant);
      return keep((surface) => surface.put(items), tenants);
    },
    renew: (keys, expiresAt) => {
      const tenants = keys.map(({ tenant }) => tenant);
      return keep((surface) => surface.renew(keys, expiresAt), tenants);
    },
    putSurfaceManifest: (manifest) =>
      keep((surface) => surface.putSurfaceManifest(manifest), [manifest.tenant], {
        surfaceManifestDigest: surfaceManifestDigest(manifest),
      }),
    getManifest: (key) => open().surface.getManifest(key),
    getItem: (key) => open().surface.getItem(key),
    getPayload: (key) => open().surface.getPayload(key),
    getPayloadHead: (key) => open().surface.getPayloadHead(key),
    getSurfaceManifest: (tenant, digest) => open().surface.getSurfaceManifest(tenant, digest),
    tenants: () => open().surface.tenants(),
    kinds: (tenant) => open().surface.kinds(tenant),
    list: (query) => open().surface.list(query),
    listSurfaceManifests: (query) => open().surface.listSurfaceManifests(query),
    listOrphans: (tenant) => open().surface.listOrphans(tenant),
    storedSizes: (items) => open().surface.storedSizes(items),
    delete: (keys, may) => open().surface.delete(keys, may),
    verify: () => open().surface.verify(),
  };
}

/** Edits the lines of the manifests in every artifact. */
function editLines(place: MemoryPlace, change: (line: string) => Buffer): void {
  place.edit(({ layers }) => {
    for (const layer of layers.filter((each) => titleOf(each) === MANIFESTS_FILE)) {
      const lines = gunzipSync(place.bytesOf(layer)).toString().split('\n').slice(0, -1);
      const edited = lines.flatMap((line) => [change(line), Buffer.from('\n')]);
      place.replace(layer, gzipSync(Buffer.concat(edited)));
    }
  });
}

/** Payloads and manifests that were written; entries are new each time. */
function countWrites({ blobs }: MemoryPlace): number {
  const isContent = (bytes: Buffer): boolean =>
    bytes.readUInt32LE() === 0xfd2fb528 ||
    (bytes.readUInt16LE() === 0x8b1f && gunzipSync(bytes).includes('surface.manifest@1'));
  return [...blobs.values()].filter(isContent).length;
}

function openSurface(): SurfaceStoreUnderTest {
  const place = new MemoryPlace();
  return {
    store: surfaceIn(place),
    reopen: () => surfaceIn(place),
    damagePayload: ({ key, format }, change) =>
      place.edit(({ layers }) => {
        for (const layer of layers.filter((each) => titleOf(each) === payloadFileName(key, format))) {
          place.replace(layer, change(place.bytesOf(layer)));
        }
      }),
    damageManifest: ({ key }, change) =>
      editLines(place, (line) => {
        const isIts = line.includes(`"digest":"${key.digest}"`) && line.includes('"storage"');
        return isIts ? change(Buffer.from(line)) : Buffer.from(line);
      }),
    damageSurfaceManifest: (_, digest, change) =>
      editLines(place, (line) => {
        const bytes = Buffer.from(line);
        return digestOf(line) === digest ? change(bytes) : bytes;
      }),
    losePayload: ({ key, format }) =>
      place.edit((manifest) => {
        manifest.layers = manifest.layers.filter((each) => titleOf(each) !== payloadFileName(key, format));
      }),
    deletes: false,
    writes: () => countWrites(place),
  };
}

describe('a surface store in a repository', () => {
  describeSurfaceStore(openSurface);
});
