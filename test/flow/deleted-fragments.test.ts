import { expect, it, vi } from 'vitest';
import { ObjectTreeSurfaceStore } from '../../src/adapters/stores/on-object-tree/surface-store.ts';
import { callVarve } from '../support/call-varve.ts';
import { file, writeImage } from '../support/hostile-images.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

async function json(...args: readonly string[]) {
  const { status, stdout, stderr } = await callVarve(...args, '--format', 'json');
  expect([args, status, stderr]).toEqual([args, 0, '']);
  return JSON.parse(stdout);
}

const snapshot = (image: string, store: string, own: string) =>
  json('snapshot', image, '--name', 'shop', '--baseline', `dir:${store}`, '--cas-root', own);

/** Deletes what is about to be renewed, once, in the stores of a location. */
function deleteBeforeRenewing(location: string) {
  const { renew } = ObjectTreeSurfaceStore.prototype;
  let isDone = false;
  return vi.spyOn(ObjectTreeSurfaceStore.prototype, 'renew').mockImplementation(async function (
    this: ObjectTreeSurfaceStore,
    keys,
    expiresAt,
  ) {
    if (!isDone && keys.length > 0 && this.location === location) {
      isDone = true;
      await this.delete(keys.slice(0, 1));
    }
    return renew.call(this, keys, expiresAt);
  });
}

it.each([
  ['the store of the run', (own: string) => `dir:${own}`],
  ['the baseline that the run adds to', (_own: string, store: string) => `dir:${store}`],
])('fragments that are deleted from %s after it found them are there when it ends', async (_, locationOf) => {
  const [store, own] = [folder('store'), folder('own')];
  const image = writeImage(folder('image'), [[file('a', 'one')], [file('b')]]);
  const first = await snapshot(image, store, own);
  const renewed = deleteBeforeRenewing(locationOf(own, store));
  const again = await snapshot(image, store, own);
  renewed.mockRestore();
  expect(again.snapshotDigest).toBe(first.snapshotDigest);
  for (const root of [store, own]) {
    expect(await json('surface', 'list', '--kind', 'layer.files', '--cas-root', root)).toHaveLength(2);
    expect(await json('verify', `dir:${root}`)).toEqual([]);
  }
});
