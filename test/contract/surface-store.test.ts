import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import {
  type FileOperations,
  nodeFileOperations,
} from '../../src/adapters/stores/directory/file-operations.ts';
import { manifestPath, payloadPath, surfaceManifestPath } from '../../src/core/surface/paths.ts';
import { MemoryStorePlace } from '../support/memory-store.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeSurfaceStore, type SurfaceStoreUnderTest } from './surface-store-suite.ts';

const newFolder = temporaryFolder();

function openDirectory(): SurfaceStoreUnderTest {
  const root = newFolder('store');
  let writes = 0;
  const operations: FileOperations = {
    ...nodeFileOperations,
    writeNew: (...given) => {
      writes += 1;
      return nodeFileOperations.writeNew(...given);
    },
  };
  const reopen = () => openDirectoryStore(root, { operations }).surface;
  const damage = (path: string, change: (bytes: Buffer) => Buffer) =>
    writeFileSync(join(root, path), change(readFileSync(join(root, path))));
  return {
    store: reopen(),
    reopen,
    damagePayload: ({ key, format }, change) => damage(payloadPath(key, format), change),
    damageManifest: ({ key }, change) => damage(manifestPath(key), change),
    damageSurfaceManifest: (tenant, digest, change) => damage(surfaceManifestPath(tenant, digest), change),
    losePayload: ({ key, format }) => rmSync(join(root, payloadPath(key, format))),
    deletes: true,
    orphan: async (item) => {
      await reopen().put([item]);
      rmSync(join(root, manifestPath(item.key)));
    },
    writes: () => writes,
  };
}

describe('a surface store in a directory', () => {
  describeSurfaceStore(openDirectory);
});

describe('a surface store on objects in memory', () => {
  describeSurfaceStore(() => {
    const place = new MemoryStorePlace();
    return {
      store: place.open().surface,
      reopen: () => place.open().surface,
      damagePayload: ({ key, format }, change) => place.damage(payloadPath(key, format), change),
      damageManifest: ({ key }, change) => place.damage(manifestPath(key), change),
      damageSurfaceManifest: (tenant, digest, change) =>
        place.damage(surfaceManifestPath(tenant, digest), change),
      losePayload: ({ key, format }) => place.lose(payloadPath(key, format)),
      deletes: true,
      orphan: async (item) => {
        await place.open().surface.put([item]);
        await place.lose(manifestPath(item.key));
      },
      writes: () => place.writes,
    };
  });
});
