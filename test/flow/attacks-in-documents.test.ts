import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { callVarve } from '../support/call-varve.ts';
import { file } from '../support/hostile-images.ts';
import { blobName, layoutFiles, writeFolder } from '../support/image-forms.ts';
import { layerOf, type MadeImage, makeImage, makeJson } from '../support/image-maker.ts';
import { MemoryRegistry } from '../support/memory-registry.ts';
import { tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

const layerOfFile = (name: string) => layerOf(tarOf(file(name)));
const write = ({ descriptor, blobs }: Pick<MadeImage, 'descriptor' | 'blobs'>): string =>
  writeFolder(folder('image'), layoutFiles([descriptor], blobs));

/** An image that any document may claim other things of. */
const layer = layerOfFile('honest');
const honest = makeImage([layer]);

const snapshot = (image: string, store: string) =>
  callVarve('snapshot', `oci:${image}`, '--name', 'x', '--format', 'json', '--cas-root', store);

/** What is said of an image that must be refused without a trace in the store. */
async function refusal(image: string, store = folder('store')): Promise<string> {
  const before = contentsOf(store);
  const { status, stdout, stderr } = await snapshot(image, store);
  expect([status, stdout]).toEqual([3, '']);
  expect(contentsOf(store)).toEqual(before);
  return stderr;
}

function contentsOf(store: string): Record<string, string> {
  if (!existsSync(store)) return {};
  const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, digestOf(readFileSync(path))];
    }),
  );
}

/** The image with a descriptor of its layer that says something else. */
const withLayer = (claims: object): MadeImage =>
  makeImage([layer], { manifest: { layers: [{ ...layer.descriptor, ...claims }] } });

describe('16: a forged size', () => {
  it.each([2 ** 62, -1, layer.bytes.length + 1, layer.bytes.length - 1, 1.5, '9', null])(
    'of a layer is found out: %j',
    async (size) => {
      expect(await refusal(write(withLayer({ size })))).toMatch(/^varve: (malformed|size-mismatch): /);
    },
  );

  it.each([2 ** 62, -1, 2 ** 53, honest.bytes.length + 1, honest.bytes.length - 1])(
    'of a manifest is found out: %j',
    async (size) => {
      const image = write({ ...honest, descriptor: { ...honest.descriptor, size } });
      expect(await refusal(image)).toMatch(/^varve: (malformed|size-mismatch|limit-exceeded): /);
    },
  );
});

it('17: a document of 100 MB is refused before it is read', async () => {
  for (const name of ['index.json', blobName(honest.digest), blobName(honest.config.digest)]) {
    const image = write(honest);
    truncateSync(join(image, name), 100_000_000);
    expect(await refusal(image)).toMatch(/^varve: (limit-exceeded|size-mismatch): /);
  }
});

describe('18: what is no digest is never part of a path', () => {
  const FORGED = [
    'sha256:../../../../etc/passwd',
    `sha256:${'A'.repeat(64)}`,
    'sha256:abc',
    'sha512:00',
    '../x',
    '',
  ];

  it.each(FORGED)('in the index, manifest and config: %j', async (digest) => {
    const inIndex = write({ ...honest, descriptor: { ...honest.descriptor, digest: digest as never } });
    const inManifest = write(withLayer({ digest }));
    const config = makeImage([layer], { manifest: { config: { ...honest.config.descriptor, digest } } });
    const inConfig = write(
      makeImage([layer], { config: { rootfs: { type: 'layers', diff_ids: [digest] } } }),
    );
    for (const image of [inIndex, inManifest, write(config), inConfig]) {
      expect(await refusal(image)).toMatch(/^varve: (malformed|unsupported|diff-id-mismatch): /);
    }
  });

  it.each(FORGED)('on the command line: %j', async (digest) => {
    const image = `oci:${write(honest)}`;
    const store = ['--cas-root', folder('store')];
    for (const args of [
      ['layer', 'ls', image, digest],
      ['surface', 'get', `layer.files@${digest}`],
      [
        'surface',
        'get',
        `cas://surface-cache/scanner/surface/payloads/tenants/default/layer.files/${digest}`,
      ],
      ['compare', image, digest],
      ['tree', `${image}@${digest}`],
    ]) {
      expect([args, (await callVarve(...args, ...store)).status]).toEqual([args, 2]);
    }
  });
});

describe('19: a manifest that may be taken for something else', () => {
  it.each([
    ['has layers and manifests', { manifests: [honest.descriptor] }],
    ['calls itself an index', { mediaType: 'application/vnd.oci.image.index.v1+json' }],
    ['is of another schema', { schemaVersion: 1 }],
  ])('is refused: it %s', async (_, manifest) => {
    expect(await refusal(write(makeImage([layer], { manifest })))).toMatch(
      /^varve: (malformed|unsupported): /,
    );
  });

  it('is refused: an index has layers', async () => {
    const index = { schemaVersion: 2, manifests: [honest.descriptor], layers: [layer.descriptor] };
    const both = makeJson(index, 'application/vnd.oci.image.index.v1+json');
    expect(await refusal(write({ ...both, blobs: [...honest.blobs, both] }))).toMatch(/^varve: malformed: /);
    const manifest = makeJson({ ...index, config: honest.config.descriptor }, OCI_MANIFEST);
    expect(await refusal(write({ ...manifest, blobs: [...honest.blobs, manifest] }))).toMatch(
      /^varve: malformed: /,
    );
  });
});

describe('20: bytes that are not what their digest says', () => {
  it('leave a store that has other things just as it was, and the right bytes go in later', async () => {
    const store = folder('store');
    expect(await snapshot(write(makeImage([layer])), store)).toMatchObject({ status: 0 });
    const other = makeImage([layer, layerOfFile('other')]);
    const image = write(other);
    for (const { digest, bytes } of other.blobs.filter(({ digest }) => digest !== layer.digest)) {
      const path = join(image, blobName(digest));
      const wrong = Buffer.from(bytes);
      wrong[wrong.length >> 1] = (wrong[wrong.length >> 1] ?? 0) ^ 1;
      writeFileSync(path, wrong);
      expect(await refusal(image, store)).toMatch(/^varve: digest-mismatch: /);
      writeFileSync(path, bytes);
    }
    expect(await snapshot(image, store)).toMatchObject({ status: 0, stderr: '' });
    expect(await callVarve('surface', 'verify', '--cas-root', store)).toMatchObject({ status: 0 });
  });

  it('are found out in the data that a descriptor carries', async () => {
    const data = Buffer.from('{}').toString('base64');
    const config = { ...honest.config.descriptor, data };
    const image = makeImage([layer], { manifest: { config } });
    const withoutConfig = {
      ...image,
      blobs: image.blobs.filter(({ digest }) => digest !== honest.config.digest),
    };
    expect(await refusal(write(withoutConfig))).toMatch(/^varve: (digest|size)-mismatch: /);
  });

  it('are found out when a layer inflates to another diffID than the config claims', async () => {
    const rootfs = { type: 'layers', diff_ids: [layerOfFile('other').diffId] };
    expect(await refusal(write(makeImage([layer], { config: { rootfs } })))).toMatch(
      /^varve: diff-id-mismatch: layer 0/,
    );
  });
});

describe('a config that claims the diffID of a known layer for an unknown blob', () => {
  const wanted = layerOfFile('unknown');
  const claim = { rootfs: { type: 'layers', diff_ids: [layer.diffId] } };
  const forged = makeImage([wanted], { config: claim });

  it('is found out: the blob is read', async () => {
    const store = folder('store');
    expect(await snapshot(write(honest), store)).toMatchObject({ status: 0 });
    expect(await refusal(write(forged), store)).toMatch(/^varve: diff-id-mismatch: layer 0/);
    for (const args of [['tree'], ['layer', 'ls']]) {
      const rest = args.length === 2 ? ['0'] : [];
      const { status, stdout } = await callVarve(
        ...args,
        `oci:${write(forged)}`,
        ...rest,
        '--cas-root',
        store,
      );
      expect([status, stdout]).toEqual([3, '']);
    }
  });

  it('is found out where the blob is not compressed', async () => {
    const store = folder('store');
    expect(await snapshot(write(honest), store)).toMatchObject({ status: 0 });
    const plain = makeImage([layerOf(wanted.tar, 'none')], { config: claim });
    expect(await refusal(write(plain), store)).toMatch(/^varve: diff-id-mismatch: layer 0/);
  });

  it('is believed where the blob is that layer, compressed in another way', async () => {
    const store = folder('store');
    expect(await snapshot(write(honest), store)).toMatchObject({ status: 0 });
    const { status, stdout } = await snapshot(write(makeImage([layerOf(layer.tar, 'zstd')])), store);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).layers).toMatchObject({ total: 1, read: 1 });
  });
});

it('26: the addresses of foreign layers are never visited', async () => {
  const visits: string[] = [];
  const server = createServer(({ url }, response) => {
    visits.push(String(url));
    response.end(layer.bytes);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const urls = [`http://127.0.0.1:${(server.address() as AddressInfo).port}/layer`];
    for (const mediaType of [
      layer.descriptor.mediaType,
      'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
      'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    ]) {
      const image = withLayer({ urls, mediaType });
      const without = { ...image, blobs: image.blobs.filter(({ digest }) => digest !== layer.digest) };
      expect(await refusal(write(without))).toMatch(/^varve: blob-missing: .*not fetched/);
      expect(await snapshot(write(image), folder('store'))).toMatchObject({ status: 0 });
    }
    expect(visits).toEqual([]);
  } finally {
    server.close();
  }
});

it('26: nor are they where a registry names them, be it that it has the layer', async () => {
  await using registry = await MemoryRegistry.start();
  const urls = [`${registry.origin}/elsewhere`];
  for (const claims of [
    { urls },
    { urls, mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' },
    { mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip' },
  ]) {
    const image = withLayer(claims);
    registry.put('v1', [image], [image.config, layer]);
    const reference = `docker://${registry.host}/app:v1`;
    const { status, stderr } = await callVarve('snapshot', reference, '--cas-root', folder('store'));
    expect([status, stderr]).toEqual([3, expect.stringMatching(/^varve: blob-missing: .*not fetched/)]);
  }
  const asked = registry.seen.map(({ path }) => path);
  expect(asked.filter((path) => path.includes(layer.digest) || path === '/elsewhere')).toEqual([]);
});
