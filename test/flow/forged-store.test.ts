import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Snapshot, SnapshotLayer } from '../../src/core/snapshot/snapshot.ts';
import type { Store } from '../../src/core/store.ts';
import { composeTools } from '../../src/entry/compose.ts';
import { readSettings } from '../../src/entry/settings/read-settings.ts';
import { LIMIT_SETTINGS, REGISTRY_SETTINGS } from '../../src/entry/settings/settings.ts';
import { type PlatformResult, snapshotImage } from '../../src/flows/snapshot-image.ts';
import { unsyncedOperations } from '../support/faulty-operations.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const image = (name: string): string =>
  `oci:${join(import.meta.dirname, '../../__fixtures__', name)}:shop:${name.slice(-2)}`;
const newFolder = temporaryFolder();
const newStore = (): Store => openDirectoryStore(newFolder('store'), { operations: unsyncedOperations });

/** A run whose baseline is the store that it writes to. */
async function run(store: Store, name: string): Promise<PlatformResult> {
  const settings = readSettings(['tenant', ...LIMIT_SETTINGS, ...REGISTRY_SETTINGS], []);
  const quiet = () => ({ advance() {}, finishLayer() {}, clear() {} });
  await using tools = composeTools(store, settings, {}, quiet);
  const { platforms } = await snapshotImage(tools, {
    references: [image(name)],
    built: null,
    platform: { os: 'linux', architecture: 'amd64' },
    name: 'shop',
    tenant: 'acme',
    baseline: { kind: 'store', store, situation: { kind: 'unversioned' } },
    save: true,
    comparing: {},
    run: {
      ...{ scanId: 'scan', time: new Date().toISOString(), version: '0.0.0' },
      ...{ commit: null, branch: null, pullRequest: null },
    },
  });
  return platforms[0];
}

type Forge = (layer: SnapshotLayer, next: SnapshotLayer) => SnapshotLayer;

/** Has the store know nothing of layers but what a forger made of a snapshot. */
async function forgeRecords({ layers: records }: Store, snapshot: Snapshot, forge: Forge): Promise<void> {
  const { layers } = snapshot;
  const forged = layers.map((layer, at) => forge(layer, layers[(at + 1) % layers.length] ?? layer));
  const snapshots = async function* () {
    yield { ...snapshot, layers: forged };
  };
  await records.rebuild('acme', snapshots());
}

describe('records of layers that are sound in themselves, and untrue', () => {
  it.each<[string, Forge]>([
    ['the inventory of another layer', (layer, { fragments }) => ({ ...layer, fragments })],
    ['another size', (layer) => ({ ...layer, uncompressedSize: layer.uncompressedSize + 512 })],
  ])('change nothing of what is said of the image: %s', async (_, forge) => {
    const sound = await run(newStore(), 'app-v2');
    const store = newStore();
    const { taken } = await run(store, 'app-v1');
    await forgeRecords(store, taken.snapshot, forge);
    const { pointer, surfaceManifest, taken: again } = await run(store, 'app-v2');
    expect(pointer.snapshotDigest).toBe(sound.pointer.snapshotDigest);
    expect(surfaceManifest).toEqual(sound.surfaceManifest);
    expect(again.reading.reused).toBe(0);
  });
});
