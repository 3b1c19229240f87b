import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../../src/base/digest.ts';
import { entryPath } from '../../../../../src/core/history/entry-path.ts';
import type { Store } from '../../../../../src/core/store/store.ts';
import { verifyStore } from '../../../../../src/core/store/verify-store.ts';
import { manifestPath, payloadPath, SURFACE_ROOT } from '../../../../../src/core/surface/paths.ts';
import { collect } from '../../../../contract/surface-store-suite.ts';
import { systemFault, watchedOperations } from '../../../../support/faulty-operations.ts';
import { makeFragment, makeOrigin, makeRun } from '../../../../support/item-makers.ts';
import { openDirectoryStore } from '../../../../support/open-directory-store.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const newFolder = temporaryFolder();
const run = makeRun(['a', 'b']);
const HOUR = 3600_000;

async function save(store: Store, { items, surfaceManifest, snapshot, entry } = run): Promise<void> {
  await store.surface.put(items);
  await store.surface.putSurfaceManifest(surfaceManifest);
  await store.layers.record(entry.tenant, snapshot);
  await store.history.append(entry);
}

async function openSaved() {
  const root = newFolder('store');
  const store = openDirectoryStore(root);
  await save(store);
  return { root, store };
}

function plant(root: string, path: string, text = 'x'): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const problems = async (store: Store) =>
  (await collect(verifyStore(store))).map(({ object, problem }) => `${object}: ${problem}`);

describe('a whole store', () => {
  it('is sound after a run', async () => {
    const { store } = await openSaved();
    expect(await problems(store)).toEqual([]);
  });

  it('is empty where nothing is', async () => {
    expect(await problems(openDirectoryStore(newFolder('absent')))).toEqual([]);
  });

  it('names a history entry whose snapshot or surface manifest is lost', async () => {
    const { root, store } = await openSaved();
    const snapshot = { tenant: 'acme', kind: 'image.snapshot', digest: run.snapshotDigest };
    rmSync(join(root, manifestPath(snapshot)));
    rmSync(join(root, dirname(manifestPath(snapshot)), '../image.surface'), { recursive: true });
    expect(await problems(store)).toContain(
      `${entryPath(run.entry)}: names snapshot ${run.snapshotDigest} and surface manifest ${run.entry.surfaceManifestDigest}, which the store does not have`,
    );
  });

  it('names records that no snapshot bears out', async () => {
    const { root, store } = await openSaved();
    const forged = `${SURFACE_ROOT}/index/tenants/acme/blobs/${digestOf('x').slice(7, 9)}/${digestOf('x').slice(7)}`;
    plant(root, forged, digestOf('layer a'));
    expect(await store.layers.findDiffId('acme', digestOf('x'))).toBe(digestOf('layer a'));
    expect(await problems(store)).toEqual([`${forged}: is borne out by no stored snapshot`]);
  });

  it('is sound without its index, which the next run makes anew', async () => {
    const { root, store } = await openSaved();
    rmSync(join(root, SURFACE_ROOT, 'index'), { recursive: true });
    expect(await store.layers.findLayer('acme', digestOf('layer a'))).toBeNull();
    expect(await problems(store)).toEqual([]);
    await save(store);
    expect(await store.layers.findLayer('acme', digestOf('layer a'))).not.toBeNull();
    expect(await store.layers.findDiffId('acme', digestOf('blob a'))).toBe(digestOf('layer a'));
    expect(await problems(store)).toEqual([]);
  });
});

describe('verifying names', () => {
  const fragment = makeFragment('a');
  const paths = { manifest: manifestPath(fragment.key), payload: payloadPath(fragment.key, 'ndjson') };

  it.each([
    `${SURFACE_ROOT}/manifests/README`,
    `${SURFACE_ROOT}/manifests/tenants/acme/layer.files/x.json`,
    `${SURFACE_ROOT}/manifests/tenants/ACME/layer.files/${fragment.key.digest.slice(7)}.json`,
    `${SURFACE_ROOT}/payloads/tenants/acme/layer.files/sha256/00/00/${fragment.key.digest.slice(7)}/payload.ndjson.zst`,
    paths.payload.replace('.ndjson.', '.xml.'),
  ])('the stray file %s', async (path) => {
    const { root, store } = await openSaved();
    plant(root, path);
    expect(await problems(store)).toEqual([`${path}: does not belong in the store`]);
  });

  it('a stray file in the history and in the index', async () => {
    const { root, store } = await openSaved();
    const stray = ['history/tenants/acme/x/y.json', 'index/tenants/acme/x'].map(
      (path) => `${SURFACE_ROOT}/${path}`,
    );
    for (const path of stray) plant(root, path);
    expect(await problems(store)).toEqual([
      `${stray[0]}: is not named as an entry is`,
      `${stray[1]}: is borne out by no stored snapshot`,
    ]);
  });

  it('a manifest that was moved to another tenant, kind or digest', async () => {
    for (const to of ['other/layer.files', 'acme/layer.fragments']) {
      const { root, store } = await openSaved();
      const moved = paths.manifest.replace('acme/layer.files', to);
      mkdirSync(dirname(join(root, moved)), { recursive: true });
      renameSync(join(root, paths.manifest), join(root, moved));
      expect(await problems(store)).toContainEqual(
        expect.stringContaining(`${moved}: belongs to acme/layer.files/`),
      );
    }
  });

  it('what is no regular file', async () => {
    const { root, store } = await openSaved();
    rmSync(join(root, paths.payload));
    symlinkSync('/etc/passwd', join(root, paths.payload));
    const pipe = `${paths.manifest.slice(0, -69)}${digestOf('pipe').slice(7)}.json`;
    execFileSync('mkfifo', [join(root, pipe)]);
    const found = await problems(store);
    expect(found).toContain(`${pipe}: does not belong in the store`);
    expect(found).toContain(`${paths.payload}: does not belong in the store`);
    await expect(
      store.surface.getPayload({ ...fragment.key, digest: digestOf('pipe') }),
    ).rejects.toMatchObject({
      code: 'malformed',
    });
  });

  it('a payload without a manifest, once it cannot be about to get one', async () => {
    const { root, store } = await openSaved();
    rmSync(join(root, paths.manifest));
    const dangling = expect.stringContaining('lists layer.files');
    expect(await problems(store)).toEqual([dangling]);
    const later = openDirectoryStore(root, { now: () => Date.now() + 2 * HOUR });
    expect(await problems(later)).toEqual([dangling, `${paths.payload}: has no manifest`]);
    await store.surface.put([fragment]);
    expect(await problems(later)).toEqual([]);
  });
});

describe('a payload is read', () => {
  it('from no manifest that claims another size', async () => {
    const { root, store } = await openSaved();
    const fragment = makeFragment('a');
    writeFileSync(join(root, payloadPath(fragment.key, 'ndjson')), Buffer.alloc(200_000));
    await expect(store.surface.getPayload(fragment.key)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('what cannot be written is said', () => {
  const unwritable = (hint: string) => ({ code: 'store-unwritable', hint: expect.stringContaining(hint) });
  const steps: [string, (store: Store) => Promise<unknown>][] = [
    ['put', (store) => store.surface.put(run.items)],
    ['putSurfaceManifest', (store) => store.surface.putSurfaceManifest(run.surfaceManifest)],
    ['record', (store) => store.layers.record('acme', run.snapshot)],
    ['append', (store) => store.history.append(run.entry)],
  ];

  it.each(steps)('by %s, when the root is a file', async (_, step) => {
    const root = newFolder('file');
    writeFileSync(root, 'not a folder');
    await expect(step(openDirectoryStore(root))).rejects.toMatchObject(unwritable('is a file, not a folder'));
  });

  it.each(steps)('by %s, when no folder can be made there', async (_, step) => {
    await expect(step(openDirectoryStore('/proc/varve/store'))).rejects.toMatchObject(
      unwritable('cannot be made there'),
    );
  });

  it.each(steps)('by %s, when a file is on the way', async (_, step) => {
    const root = newFolder('file');
    plant(root, 'scanner');
    await expect(step(openDirectoryStore(root))).rejects.toMatchObject(unwritable('is a file, not a folder'));
  });

  it('when the disk is full, whichever write it befalls, and nothing is torn or lost by it', async () => {
    let faults = 0;
    for (let failing = 0; faults === failing; failing++) {
      const root = newFolder('full');
      let room = failing;
      const operations = watchedOperations((operation) => {
        if (operation === 'writeNew' && room-- === 0) throw systemFault('ENOSPC');
      });
      const fault = await save(openDirectoryStore(root, { operations })).catch((thrown: unknown) => thrown);
      if (fault !== undefined) faults += 1;
      if (fault !== undefined) expect(fault).toMatchObject(unwritable('disk is full'));
      const store = openDirectoryStore(root);
      expect(await problems(store)).toEqual([]);
      await save(store);
      expect(await problems(store)).toEqual([]);
    }
    expect(faults).toBeGreaterThan(10);
  });

  it('reading a root that is a file is a fault too, not an empty store', async () => {
    const root = newFolder('file');
    writeFileSync(root, 'not a folder');
    const store = openDirectoryStore(root);
    const fault = { code: 'unreachable', hint: expect.stringContaining('is a file, not a folder') };
    await expect(store.surface.getPayload(makeFragment('a').key)).rejects.toMatchObject(fault);
    await expect(collect(store.history.list({ tenant: 'acme', name: 'app' }))).rejects.toMatchObject(fault);
    await expect(collect(verifyStore(store))).rejects.toMatchObject(fault);
  });

  it('an unchanged run needs no place to write but for its entry', async () => {
    const { root } = await openSaved();
    const store = openDirectoryStore(root, {
      operations: watchedOperations((operation) => {
        if (operation !== 'syncDirectory') throw systemFault('EROFS');
      }),
    });
    await store.surface.put(run.items);
    await store.surface.putSurfaceManifest(run.surfaceManifest);
    await store.surface.renew(
      run.items.map(({ key }) => key),
      () => '2026-03-31T13:00:00.000Z',
    );
    await store.layers.record('acme', run.snapshot);
    const entry = { ...run.entry, scanId: 'scan-2' };
    await expect(store.history.append(entry)).rejects.toMatchObject(unwritable('read-only'));
  });
});

it('leaves the manifest to a writer that came first, and lets its expiry grow', async () => {
  const root = newFolder('store');
  const first = makeFragment('a', makeOrigin({ time: '2026-03-02T00:00:00.000Z' }));
  const second = makeFragment('a', makeOrigin({ time: '2026-03-09T00:00:00.000Z' }));
  const operations = watchedOperations(async (operation) => {
    if (operation === 'link') await openDirectoryStore(root).surface.put([first]);
  });
  const { surface } = openDirectoryStore(root, { operations });
  await surface.put([second]);
  expect(await surface.getManifest(first.key)).toMatchObject({
    createdAt: first.createdAt,
    expiresAt: second.expiresAt,
  });
});

it('names the place as its user does', () => {
  expect(openDirectoryStore('./some/../where').location).toBe('dir:./some/../where');
  expect(existsSync('./where')).toBe(false);
});

it('leaves staged files of others alone', async () => {
  const { root, store } = await openSaved();
  plant(root, `${SURFACE_ROOT}/staging/other`);
  const hoursAgo = (Date.now() - 20 * HOUR) / 1000;
  utimesSync(join(root, `${SURFACE_ROOT}/staging/other`), hoursAgo, hoursAgo);
  await save(store, makeRun(['c'], makeOrigin()));
  expect(existsSync(join(root, `${SURFACE_ROOT}/staging/other`))).toBe(true);
  expect(await problems(store)).toEqual([]);
});
