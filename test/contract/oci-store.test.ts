import { gunzipSync, gzipSync } from 'node:zlib';
import { describe } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { entryTag } from '../../src/core/history/entry-tag.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import { MANIFESTS_FILE, payloadFileName } from '../../src/core/pack/pack.ts';
import type { Store } from '../../src/core/store.ts';
import { surfaceManifestDigest } from '../../src/core/surface/surface-manifest.ts';
import type { SurfaceStore } from '../../src/core/surface/surface-store.ts';
import { composeOciStore } from '../../src/entry/compose-oci.ts';
import { makeEntry } from '../support/artefact-makers.ts';
import { MemoryPlace, titleOf } from '../support/memory-place.ts';
import { describeHistoryStore, type HistoryStoreUnderTest } from './history-store-suite.ts';
import { describeSurfaceStore, type SurfaceStoreUnderTest } from './surface-store-suite.ts';

const SETTING = { host: 'memory', repository: 'place', tag: null };
const storeIn = (place: MemoryPlace): Store => composeOciStore(place, SETTING, true);

function openHistory(): HistoryStoreUnderTest {
  const place = new MemoryPlace();
  const reopen = () => storeIn(place).history;
  return {
    history: reopen(),
    reopen,
    damage: (entry, change) => {
      const tag = entryTag(entry);
      const manifest = JSON.parse(place.manifests.get(tag)?.toString() ?? '');
      place.replace(manifest.config, change(place.bytesOf(manifest.config)));
      place.manifests.set(tag, Buffer.from(JSON.stringify(manifest)));
    },
  };
}

describe('a history in a repository', () => {
  describeHistoryStore(openHistory);
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
    put: (artefacts) => {
      const tenants = artefacts.map(({ key }) => key.tenant);
      return keep((surface) => surface.put(artefacts), tenants);
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
    getPayload: (key) => open().surface.getPayload(key),
    getSurfaceManifest: (tenant, digest) => open().surface.getSurfaceManifest(tenant, digest),
    tenants: () => open().surface.tenants(),
    kinds: (tenant) => open().surface.kinds(tenant),
    list: (query) => open().surface.list(query),
    listSurfaceManifests: (query) => open().surface.listSurfaceManifests(query),
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
    writes: () => countWrites(place),
  };
}

describe('a surface store in a repository', () => {
  describeSurfaceStore(openSurface);
});
