import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readSnapshot } from '../../src/core/snapshot/read-snapshot.ts';
import type { Store } from '../../src/core/store/store.ts';
import { formatOf } from '../../src/core/surface/item-manifest.ts';
import { payloadPath } from '../../src/core/surface/paths.ts';
import { callVarve } from '../support/call-varve.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const newPath = temporaryFolder();
/** Two runs, on two commits of one branch: files by path. */
const files: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(FIXTURES, 'v0.1/directory.json'), 'utf8'),
);

function restore(): string {
  const root = newPath('old');
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes, 'base64');
  }
  return root;
}

it('a folder that version 0.1 wrote is listed, verified and compared with, and spares reading', async () => {
  const store = ['--baseline', `dir:${restore()}`];
  const json = async (...args: string[]) => {
    const { stdout, stderr, status } = await callVarve(...args, ...store, '--format', 'json');
    expect([status, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  const entries: { readonly commit: string }[] = await json('history', 'shop');
  expect(entries.map(({ commit }) => commit.slice(0, 2))).toEqual(['22', '11']);
  expect(await json('surface', 'verify')).toEqual([]);
  const pointer = await json('snapshot', `oci:${FIXTURES}/app-v2:shop:v2`, '--name', 'shop');
  expect(pointer).toMatchObject({ layers: { total: 8, read: 0 }, comparisonDocument: { changed: false } });
  expect(await json('history', 'shop')).toHaveLength(3);
  expect(await json('surface', 'verify')).toEqual([]);
});

it('what is put of it elsewhere, in the order of its runs, makes the same files', async () => {
  const [from, root] = [restore(), newPath('new')];
  await copyRuns(openDirectoryStore(from), from, openDirectoryStore(root));
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const written = paths.filter((path) => statSync(join(root, path)).isFile());
  const contents = written.map((path) => [path, readFileSync(join(root, path), 'base64')]);
  expect(Object.fromEntries(contents)).toEqual(files);
});

/** Puts all that a store in a folder has into another one. */
async function copyRuns(from: Store, folder: string, to: Store): Promise<void> {
  const tenant = 'default';
  const manifests = await Array.fromAsync(from.surface.list({ tenant }));
  await to.surface.put(
    manifests.map((manifest) => {
      const format = formatOf(manifest);
      const { createdAt, expiresAt, source, storage } = manifest;
      const compressed = readFileSync(join(folder, payloadPath(manifest, format)));
      return {
        key: manifest,
        format,
        sizeBytes: storage.sizeBytes,
        compressed,
        source,
        createdAt,
        expiresAt,
      };
    }),
  );
  for await (const { manifest } of from.surface.listSurfaceManifests({ tenant })) {
    await to.surface.putSurfaceManifest(manifest);
  }
  const entries = await Array.fromAsync(from.history.list({ tenant, name: 'shop' }));
  for (const entry of entries.toReversed()) {
    const snapshot = await readSnapshot(from.surface, tenant, entry.snapshotDigest);
    if (snapshot !== null) await to.layers.record(tenant, snapshot);
    await to.history.append(entry);
  }
}
