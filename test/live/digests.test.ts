import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { InventoryHeader } from '../../src/core/analysis/files/inventory.ts';
import type { Pointer } from '../../src/core/run/pointer.ts';
import type { Snapshot } from '../../src/core/snapshot/snapshot.ts';
import type { ItemManifest } from '../../src/core/surface/manifest.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { debianImage } from './support/debian-image.ts';
import { dissectImage, sha256 } from './support/dissect-image.ts';
import { run } from './support/program.ts';
import { skopeo } from './support/skopeo.ts';
import { Varve } from './support/varve.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const newPath = temporaryFolder();

const images: Readonly<Record<string, () => Promise<readonly [folder: string, tag: string]>>> = {
  'a Debian image': async () => [await debianImage(), 'debian'],
  'app-v2': async () => [join(FIXTURES, 'app-v2'), 'shop:v2'],
  'forms/zstd': async () => [join(FIXTURES, 'forms/zstd'), 'forms:1'],
  'forms/zstd-chunked': async () => [join(FIXTURES, 'forms/zstd-chunked'), 'forms:1'],
  estargz: async () => [join(FIXTURES, 'estargz'), '1'],
};

describe.each(Object.entries(images))('the snapshot of %s', (_, locate) => {
  let image: { folder: string; tag: string };
  let varve: Varve;
  let pointer: Pointer;
  let snapshot: Snapshot;

  beforeAll(async () => {
    const [folder, tag] = await locate();
    image = { folder, tag };
    varve = new Varve(newPath('store'));
    const args = ['--name', 'shop', '--format', 'json'];
    pointer = JSON.parse(await varve.run('snapshot', `oci:${folder}:${tag}`, ...args));
    snapshot = JSON.parse(await varve.run('surface', 'get', `image.snapshot@${pointer.snapshotDigest}`));
  });

  /** What skopeo says, as a file of exactly its bytes. */
  async function asked(...args: readonly string[]): Promise<{ path: string; digest: string; size: number }> {
    const path = newPath('document');
    const document = await skopeo('inspect', ...args, `oci:${image.folder}:${image.tag}`);
    writeFileSync(path, document);
    return { path, digest: await sha256(path), size: statSync(path).size };
  }

  it('has the manifest and the config that skopeo reads', async () => {
    const manifest = await asked('--raw');
    const { mediaType, layers } = JSON.parse(readFileSync(manifest.path, 'utf8'));
    expect(snapshot.manifest).toEqual({ mediaType, digest: manifest.digest, size: manifest.size });
    expect(snapshot.layers.map(({ digest, size, mediaType }) => ({ digest, size, mediaType }))).toEqual(
      layers.map(({ digest, size, mediaType }: Snapshot['layers'][number]) => ({ digest, size, mediaType })),
    );
    const config = await asked('--config', '--raw');
    const { rootfs, os, architecture } = JSON.parse(readFileSync(config.path, 'utf8'));
    expect(snapshot.config).toEqual({ digest: config.digest, size: config.size });
    expect(snapshot.platform).toMatchObject({ os, architecture });
    expect(snapshot.layers.map(({ diffId }) => diffId)).toEqual(rootfs.diff_ids);
    expect(await varve.run('surface', 'get', `image.config@${config.digest}`)).toBe(
      readFileSync(config.path, 'utf8'),
    );
  });

  it('has the layers that gzip, zstd and sha256sum find', async () => {
    const { layers } = await dissectImage(image.folder, image.tag, newPath('dissected'));
    expect(
      snapshot.layers.map(({ digest, size, diffId, uncompressedSize }) => ({
        digest,
        size,
        diffId,
        uncompressedSize,
      })),
    ).toEqual(
      layers.map(({ stored, tar, digest, diffId }) => ({
        digest,
        size: statSync(stored).size,
        diffId,
        uncompressedSize: statSync(tar).size,
      })),
    );
    for (const [index, { tar }] of layers.entries()) {
      expect((await headerOf(index)).orderDigest).toBe(await digestOfNames(tar));
    }
  });

  it('lists payloads that the zstd program inflates to what their digests say', async () => {
    for (const { kind, digest, sizeBytes, uri } of pointer.manifest.artifacts) {
      const hex = digest.replace('sha256:', '');
      const key = `scanner/surface/manifests/tenants/default/${kind}/${hex}.json`;
      const manifest: ItemManifest = JSON.parse(readFileSync(join(varve.store, key), 'utf8'));
      expect(uri.endsWith(manifest.storage.objectKey)).toBe(true);
      const stored = join(varve.store, 'scanner/surface/payloads', manifest.storage.objectKey);
      const payload = newPath('payload');
      await run('zstd', ['-dc'], { stdin: stored, stdout: payload });
      expect({ digest: await sha256(payload), sizeBytes: statSync(payload).size }).toEqual({
        digest,
        sizeBytes,
      });
      expect(manifest).toMatchObject({ digest, storage: { sizeBytes }, integrity: { hash: digest } });
      if (!/config|manifest/.test(kind)) expect(await isCanonical(payload)).toBe('True\n');
    }
  });

  async function headerOf(index: number): Promise<InventoryHeader> {
    const fragment = snapshot.layers[index]?.fragments[0];
    const payload = await varve.run('surface', 'get', `layer.files@${fragment?.digest}`);
    return JSON.parse(payload.slice(0, payload.indexOf('\n')));
  }
});

/** Of the names as GNU tar lists them, which have no newlines in these images. */
async function digestOfNames(tar: string): Promise<string> {
  const listing = `tar --list --absolute-names --quoting-style=literal --file ${tar}`;
  const line = await run('bash', ['-o', 'pipefail', '-c', `${listing} | tr '\\n' '\\0' | sha256sum`]);
  return `sha256:${line.slice(0, 64)}`;
}

/** Whether Python would write every line just so, with its keys in order and nothing between them. */
function isCanonical(path: string): Promise<string> {
  const script = `import json, sys
lines = open(sys.argv[1], encoding="utf-8", newline="\\n").read().removesuffix("\\n").split("\\n")
dump = lambda line: json.dumps(json.loads(line), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
print(all(dump(line) == line for line in lines))`;
  return run('/usr/bin/python3', ['-c', script, path]);
}
