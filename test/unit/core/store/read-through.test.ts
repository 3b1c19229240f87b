import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileSurfaceCache } from '../../../../src/adapters/surface-cache/file-surface-cache.ts';
import { VarveError } from '../../../../src/base/errors.ts';
import { readThrough } from '../../../../src/core/store/read-through.ts';
import type { Store } from '../../../../src/core/store/store.ts';
import { manifestPath, payloadPath, surfaceManifestPath } from '../../../../src/core/surface/paths.ts';
import { readPayload } from '../../../../src/core/surface/read-payload.ts';
import type { SurfaceCache } from '../../../../src/core/surface/surface-cache.ts';
import type { SurfaceStore } from '../../../../src/core/surface/surface-store.ts';
import { describeSurfaceStore } from '../../../contract/surface-store-suite.ts';
import { makeFragment } from '../../../support/item-makers.ts';
import { MemoryStorePlace } from '../../../support/memory-store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newFolder = temporaryFolder();
const cacheIn = (root: string) => new FileSurfaceCache(root, { quota: 1e9, lowWater: 8e8 });

/** A store on a server that may go away, and counts what it is asked for. */
function remoteOf(store: Store): { store: Store; asked: string[]; goAway: () => void } {
  const asked: string[] = [];
  let isAway = false;
  const surface = new Proxy(store.surface, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        asked.push(String(name));
        if (isAway) throw new VarveError('unreachable', 'the server is away', { object: 'server' });
        return value.apply(target, args);
      };
    },
  });
  return {
    ...{ store: { ...store, surface: surface as SurfaceStore }, asked },
    goAway: () => {
      isAway = true;
    },
  };
}

async function opened() {
  const place = new MemoryStorePlace();
  const root = newFolder('cache');
  const fragment = makeFragment('a');
  await place.open().surface.put([fragment]);
  const remote = remoteOf(place.open());
  return { place, root, fragment, remote, cached: readThrough(remote.store.surface, cacheIn(root)) };
}

describe('a store that is read through a cache', () => {
  it('is asked for an item once, also by another process', async () => {
    const { root, fragment, remote, cached } = await opened();
    expect(await readPayload(cached, fragment.key)).toHaveLength(fragment.sizeBytes);
    remote.goAway();
    for (const each of [cached, readThrough(remote.store.surface, cacheIn(root))]) {
      expect(await readPayload(each, fragment.key)).toHaveLength(fragment.sizeBytes);
      expect(await each.getItem(fragment.key)).toMatchObject({ key: fragment.key });
      expect(await each.getManifest(fragment.key)).toMatchObject(fragment.key);
      expect(await each.getPayloadHead(fragment.key)).toHaveLength(fragment.sizeBytes);
    }
    expect(remote.asked).toEqual(['getItem']);
    await expect(cached.getItem(makeFragment('b').key)).rejects.toMatchObject({ code: 'unreachable' });
    await expect(cached.getItem({ ...fragment.key, tenant: 'other' })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  it('is asked again where the cache is damaged, or forged', async () => {
    const { root, fragment, remote, cached } = await opened();
    const other = makeFragment('other');
    await readPayload(cached, fragment.key);
    await remote.store.surface.put([other]);
    await readPayload(cached, other.key);
    const folder = join(root, 'entries/surface.items/acme');
    const [first = '', second = ''] = readdirSync(folder);
    const forged = readFileSync(join(folder, first));
    writeFileSync(join(folder, first), readFileSync(join(folder, second)));
    writeFileSync(join(folder, second), forged);
    for (const { key, sizeBytes } of [fragment, other]) {
      expect(await readPayload(cached, key)).toHaveLength(sizeBytes);
      expect(await cached.getManifest(key)).toMatchObject(key);
    }
    writeFileSync(join(folder, first), 'damaged');
    for (const { key, sizeBytes } of [fragment, other])
      expect(await readPayload(cached, key)).toHaveLength(sizeBytes);
  });

  it('gives what it has where the cache fails', async () => {
    const { fragment, remote } = await opened();
    const fail = () => Promise.reject(new VarveError('store-unwritable', 'the disk is full', {}));
    const broken: SurfaceCache = { get: fail, put: fail, getOrMake: fail, remove: fail };
    const surface = readThrough(remote.store.surface, broken);
    expect(await readPayload(surface, fragment.key)).toHaveLength(fragment.sizeBytes);
    expect(await surface.getManifest(fragment.key)).toMatchObject(fragment.key);
    await surface.put([fragment]);
    expect(await surface.delete([fragment.key])).toEqual([fragment.key]);
    expect(await surface.getItem(fragment.key)).toBeNull();
  });

  describe('does all that a store does', () => {
    describeSurfaceStore(() => {
      const place = new MemoryStorePlace();
      // Damage shows where it is met, so nothing is in the cache yet.
      const open = () => readThrough(place.open().surface, cacheIn(newFolder('cache')));
      return {
        store: open(),
        reopen: open,
        damagePayload: ({ key, format }, change) => place.damage(payloadPath(key, format), change),
        damageManifest: ({ key }, change) => place.damage(manifestPath(key), change),
        damageSurfaceManifest: (tenant, digest, change) =>
          place.damage(surfaceManifestPath(tenant, digest), change),
        losePayload: ({ key, format }) => place.lose(payloadPath(key, format)),
        deletes: true,
        writes: () => place.writes,
      };
    });
  });
});
