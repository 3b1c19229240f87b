import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { absentPlatforms } from '../../../../../src/core/image/image-source.ts';
import { OCI_CONFIG, OCI_MANIFEST } from '../../../../../src/core/image/media-type.ts';
import { formatPlatform, parsePlatform } from '../../../../../src/core/words/platform.ts';
import { blobName, layoutFiles, named, writeFolder } from '../../../../support/image-forms.ts';
import {
  type ImagePlan,
  type MadeBlob,
  makeAttestation,
  makeImage,
  makeIndex,
  makeJson,
  makeLayer,
} from '../../../../support/image-maker.ts';
import { openImage, readFirstImage } from '../../../../support/open-image.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
type Json = Record<string, unknown>;

const base = await makeLayer({ 'etc/os-release': 'ID=x' });
const app = await makeLayer({ app: '1' });
const image = makeImage([base, app]);
const on = (platform: string, more: ImagePlan = {}) =>
  makeImage([base], {
    platform: parsePlatform(platform),
    descriptor: { platform: parsePlatform(platform) },
    ...more,
  });
const tagged = (tag: string) => ({ annotations: { 'org.opencontainers.image.ref.name': tag } });

const write = (entries: readonly Json[], blobs: readonly MadeBlob[]): string =>
  writeFolder(newPath(), layoutFiles(entries, blobs));

describe('choosing from an OCI layout', () => {
  const other = makeImage([app]);
  const two = () =>
    write(
      [
        { ...image.descriptor, ...named('docker.io/library/app:1', 'latest') },
        { ...other.descriptor, ...named('ghcr.io/acme/other:2', 'latest') },
        { ...other.descriptor, ...tagged('v2') },
      ],
      [...image.blobs, ...other.blobs],
    );

  it.each([
    ['app:1', image],
    ['docker.io/library/app:1', image],
    ['ghcr.io/acme/other:2', other],
    ['v2', other],
  ])('takes %s by tag or name', async (tag, wanted) => {
    expect((await readFirstImage(`oci:${two()}:${tag}`)).manifest?.digest).toBe(wanted.digest);
  });

  it('takes a manifest by digest', async () => {
    expect((await readFirstImage(`oci:${two()}@${other.digest}`)).manifest?.digest).toBe(other.digest);
    await expect(openImage(`oci:${two()}@${other.config.digest}`)).rejects.toMatchObject({
      code: 'image-not-found',
      hint: expect.stringContaining('config'),
    });
  });

  it('wants to know which of several images, and lists them', async () => {
    for (const reference of [`oci:${two()}`, `oci:${two()}:latest`]) {
      await expect(openImage(reference)).rejects.toMatchObject({
        code: 'image-not-found',
        message: expect.stringMatching(/docker\.io\/library\/app:1.*ghcr\.io\/acme\/other:2/),
      });
    }
    await expect(openImage(`oci:${two()}:v9`)).rejects.toMatchObject({
      code: 'image-not-found',
      message: expect.stringMatching(/no image v9, only docker\.io\/library\/app:1/),
    });
  });

  it('keeps a list of many images short', async () => {
    const images = Array.from({ length: 50 }, (_, index) =>
      makeImage([base], { config: { author: `${index}` } }),
    );
    const entries = images.map(({ descriptor }, index) => ({ ...descriptor, ...tagged(`t${index}`) }));
    await expect(
      openImage(
        `oci:${write(
          entries,
          images.flatMap(({ blobs }) => blobs),
        )}`,
      ),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/t19 and 30 more$/),
    });
  });

  it('keeps endless names out of its errors', async () => {
    const entries = [image, other].map(({ descriptor }, index) => ({
      ...descriptor,
      ...tagged(`${index}${'x'.repeat(100_000)}`),
    }));
    const fault: unknown = await openImage(`oci:${write(entries, [...image.blobs, ...other.blobs])}`).catch(
      (error: unknown) => error,
    );
    expect(fault).toMatchObject({ code: 'image-not-found', message: expect.stringMatching(/0x+…, 1x+…$/) });
    expect(String(fault).length).toBeLessThan(600);
  });

  it('takes one image under several tags as one, and platforms side by side too', async () => {
    const tags = write(
      [tagged('a'), tagged('b')].map((tag) => ({ ...image.descriptor, ...tag })),
      image.blobs,
    );
    expect((await readFirstImage(`oci:${tags}`)).manifest?.digest).toBe(image.digest);
    const [amd, arm] = [on('linux/amd64'), on('linux/arm64')];
    for (const tag of [{}, tagged('v1')]) {
      const flat = write(
        [amd, arm].map(({ descriptor }) => ({ ...descriptor, ...tag })),
        [...amd.blobs, ...arm.blobs],
      );
      await using source = await openImage(`oci:${flat}`);
      expect(source.platforms.map(formatPlatform)).toEqual(['linux/amd64', 'linux/arm64']);
    }
    const twice = on('linux/amd64', { config: { author: 'x' } });
    const ambiguous = write([amd.descriptor, twice.descriptor], [...amd.blobs, ...twice.blobs]);
    await expect(openImage(`oci:${ambiguous}`)).rejects.toMatchObject({ code: 'image-not-found' });
  });

  it('does not take a signature next to the image for another image', async () => {
    const signature = makeJson({ critical: {} }, 'application/vnd.dev.cosign.simplesigning.v1+json');
    const config = makeJson({ rootfs: { type: 'layers', diff_ids: [signature.digest] } }, OCI_CONFIG);
    const signed = makeJson(
      { schemaVersion: 2, config: config.descriptor, layers: [signature.descriptor] },
      OCI_MANIFEST,
    );
    const path = write([image.descriptor, signed.descriptor], [...image.blobs, signed, config, signature]);
    await using source = await openImage(`oci:${path}`);
    expect(source.attachments).toMatchObject([{ kind: 'artifact', digest: signed.digest }]);
    await expect(openImage(`oci:${path}@${signed.digest}`)).rejects.toMatchObject({
      code: 'not-an-image',
      message: expect.stringContaining('is an artifact (no layer has the media type of one), not an image'),
    });
  });

  it('names an image by its repository, and not by a bare tag', async () => {
    const nameOf = async (annotations: Json) => {
      await using source = await openImage(
        `oci:${write([{ ...image.descriptor, annotations }], image.blobs)}`,
      );
      return source.embeddedName;
    };
    expect(await nameOf({ 'io.containerd.image.name': 'docker.io/library/app:1' })).toBe('app');
    expect(await nameOf({ 'org.opencontainers.image.ref.name': 'ghcr.io/acme/app:1' })).toBe(
      'ghcr.io/acme/app',
    );
    expect(await nameOf({ 'org.opencontainers.image.ref.name': 'shop:v1' })).toBe('shop');
    expect(await nameOf({ 'org.opencontainers.image.ref.name': 'v1' })).toBeNull();
    expect(await nameOf({ 'org.opencontainers.image.ref.name': 'Not:A Name' })).toBeNull();
    expect(await nameOf({})).toBeNull();
  });
});

describe('an index of platforms', () => {
  const amd = on('linux/amd64');
  const arm = on('linux/arm/v7');
  const windows = on('windows/amd64', { descriptor: {} });
  const attestation = makeAttestation(amd.digest);
  const index = makeIndex([amd.descriptor, arm.descriptor, windows.descriptor, attestation.descriptor]);
  const all = [index, ...amd.blobs, ...arm.blobs, ...windows.blobs, ...attestation.blobs];

  it('lists platforms in its order, from the config where it does not say, and what is attached', async () => {
    await using source = await openImage(`oci:${write([index.descriptor], all)}`);
    expect(source.platforms.map(formatPlatform)).toEqual(['linux/amd64', 'linux/arm/v7', 'windows/amd64']);
    expect(source.absent).toEqual([]);
    expect(source.attachments).toEqual([
      {
        kind: 'attestation',
        digest: attestation.descriptor.digest,
        mediaType: OCI_MANIFEST,
        size: attestation.descriptor.size,
        artifactType: null,
        subject: amd.digest,
      },
    ]);
    for (const [at, made] of [amd, arm, windows].entries()) {
      expect((await source.image(at)).manifest?.digest).toBe(made.digest);
    }
    await expect(source.image(3)).rejects.toMatchObject({ code: 'internal' });
  });

  it('is read at any depth, and as a list of Docker', async () => {
    const list = makeIndex([amd.descriptor], {}, 'docker');
    const outer = makeIndex([makeIndex([list.descriptor]).descriptor, arm.descriptor]);
    const path = write(
      [outer.descriptor],
      [outer, makeIndex([list.descriptor]), list, ...amd.blobs, ...arm.blobs],
    );
    await using source = await openImage(`oci:${path}`);
    expect(source.platforms.map(formatPlatform)).toEqual(['linux/amd64', 'linux/arm/v7']);
    await using inner = await openImage(`oci:${path}@${list.digest}`);
    expect(inner.platforms.map(formatPlatform)).toEqual(['linux/amd64']);
    await using single = await openImage(`oci:${path}@${arm.digest}`);
    expect(single.platforms.map(formatPlatform)).toEqual(['linux/arm/v7']);
  });

  it('may hold a part of the platforms only', async () => {
    const path = write([index.descriptor], [index, ...arm.blobs, amd]);
    await using source = await openImage(`oci:${path}`);
    expect(source.platforms.map(formatPlatform)).toEqual(['linux/arm/v7']);
    expect(absentPlatforms(source.absent).map(formatPlatform)).toEqual(['linux/amd64']);
    await expect(openImage(`oci:${write([index.descriptor], [index])}`)).rejects.toMatchObject({
      code: 'blob-missing',
      message: expect.stringContaining(amd.digest),
    });
    await expect(openImage(`oci:${write([index.descriptor], [])}`)).rejects.toMatchObject({
      code: 'blob-missing',
      message: expect.stringContaining(index.digest),
    });
  });

  it('is read in bounded time however often it names the same', async () => {
    let inner = makeIndex([amd.descriptor]);
    const blobs: MadeBlob[] = [...amd.blobs, inner];
    for (let depth = 0; depth < 7; depth++) {
      inner = makeIndex(new Array(50).fill(inner.descriptor));
      blobs.push(inner);
    }
    await using source = await openImage(`oci:${write([inner.descriptor], blobs)}`);
    expect(source.platforms).toHaveLength(1);
    const deeper = makeIndex([inner.descriptor]);
    const deepest = makeIndex([deeper.descriptor]);
    const path = write([deepest.descriptor], [...blobs, deeper, deepest]);
    await expect(openImage(`oci:${path}`)).rejects.toMatchObject({ code: 'malformed', message: /8 deep/ });
  });

  it('takes the first of two images for one platform, and says so', async () => {
    const twin = on('linux/amd64', { config: { author: 'twin' } });
    const both = makeIndex([amd.descriptor, twin.descriptor]);
    const read = await readFirstImage(`oci:${write([both.descriptor], [both, ...amd.blobs, ...twin.blobs])}`);
    expect(read.manifest?.digest).toBe(amd.digest);
    expect(read.findings).toEqual([
      { code: 'platform-twice', detail: `${twin.digest} is for linux/amd64 too, and was skipped` },
    ]);
    expect(read.passedOver).toEqual([{ stands: twin.digest, digest: twin.digest }]);
  });

  it('goes by the config where index and config disagree on the platform, and says so', async () => {
    const odd = { ...amd.descriptor, platform: { os: 'linux', architecture: 's390x' } };
    const read = await readFirstImage(`oci:${write([odd], amd.blobs)}`);
    expect(formatPlatform(read.platform)).toBe('linux/amd64');
    expect(read.findings).toEqual([
      { code: 'platform-mismatch', detail: 'the index says linux/s390x, the config linux/amd64' },
    ]);
    const hostile = { ...amd.descriptor, platform: { os: '../../x', architecture: 'amd64' } };
    await using source = await openImage(`oci:${write([hostile], amd.blobs)}`);
    expect(source.platforms.map(formatPlatform)).toEqual(['linux/amd64']);
  });

  it('refuses attestations and artifacts as images', async () => {
    const path = write([index.descriptor], all);
    await expect(openImage(`oci:${path}@${attestation.descriptor.digest}`)).rejects.toMatchObject({
      code: 'not-an-image',
      message: expect.stringContaining('is an attestation, not an image'),
      hint: expect.stringContaining(amd.digest),
    });
    const manifest = { artifactType: 'application/spdx+json' };
    const artifact = makeImage([base], { config: { architecture: '', os: '' }, manifest });
    await expect(openImage(`oci:${write([artifact.descriptor], artifact.blobs)}`)).rejects.toMatchObject({
      code: 'not-an-image',
      message: expect.stringContaining('application/spdx+json'),
    });
    const only = write([attestation.descriptor], attestation.blobs);
    await expect(openImage(`oci:${only}`)).rejects.toMatchObject({ code: 'not-an-image' });
  });
});

describe('damage and hostility in an OCI layout', () => {
  const good = () => write([image.descriptor], image.blobs);

  it.each<[string, (path: string) => void, string]>([
    ['no index.json', (path) => rmSync(join(path, 'index.json')), 'image-not-found'],
    ['no oci-layout', (path) => rmSync(join(path, 'oci-layout')), 'malformed'],
    ['an empty oci-layout', (path) => writeFileSync(join(path, 'oci-layout'), '{}'), 'unsupported'],
    [
      'a layout of another version',
      (path) => writeFileSync(join(path, 'oci-layout'), '{"imageLayoutVersion":"2.0.0"}'),
      'unsupported',
    ],
    ['an index.json that is no JSON', (path) => writeFileSync(join(path, 'index.json'), '{'), 'malformed'],
    [
      'no images',
      (path) => writeFileSync(join(path, 'index.json'), '{"schemaVersion":2,"manifests":[]}'),
      'image-not-found',
    ],
    [
      'a blob longer by a byte',
      (path) =>
        writeFileSync(join(path, blobName(base.digest)), Buffer.concat([base.bytes, Buffer.alloc(1)])),
      'size-mismatch',
    ],
    [
      'a blob shorter by a byte',
      (path) => writeFileSync(join(path, blobName(base.digest)), base.bytes.subarray(1)),
      'size-mismatch',
    ],
    [
      'a manifest longer by a byte',
      (path) =>
        writeFileSync(join(path, blobName(image.digest)), Buffer.concat([image.bytes, Buffer.from(' ')])),
      'size-mismatch',
    ],
    [
      'a folder in place of index.json',
      (path) => {
        rmSync(join(path, 'index.json'));
        mkdirSync(join(path, 'index.json'));
      },
      'malformed',
    ],
    [
      'a pipe in place of index.json',
      (path) => {
        rmSync(join(path, 'index.json'));
        execFileSync('mkfifo', [join(path, 'index.json')]);
      },
      'malformed',
    ],
    [
      'a link to itself in place of index.json',
      (path) => {
        rmSync(join(path, 'index.json'));
        symlinkSync('index.json', join(path, 'index.json'));
      },
      'unreachable',
    ],
  ])('%s', async (_, damage, code) => {
    const path = good();
    damage(path);
    await expect(readFirstImage(`oci:${path}`)).rejects.toMatchObject({ name: 'VarveError', code });
  });

  it('refuses a size over the limit before it reads a byte', async () => {
    const path = write([{ ...image.descriptor, size: 2 ** 40 }], image.blobs);
    await expect(openImage(`oci:${path}`)).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('follows links to blobs, as build tools make them', async () => {
    const path = good();
    const blob = join(path, blobName(base.digest));
    renameSync(blob, join(path, 'elsewhere'));
    symlinkSync('../../elsewhere', blob);
    const [layer] = (await readFirstImage(`oci:${path}`)).layers;
    expect(layer?.location).toEqual({ kind: 'file', path: blob, offset: 0, length: base.bytes.length });
  });

  it('takes a manifest or config that its descriptor carries along', async () => {
    const data = (bytes: Buffer) => bytes.toString('base64');
    const carrying = makeImage([base], {
      manifest: {
        config: { ...makeImage([base]).config.descriptor, data: data(makeImage([base]).config.bytes) },
      },
    });
    const path = write([{ ...carrying.descriptor, data: data(carrying.bytes) }], [base]);
    const read = await readFirstImage(`oci:${path}`);
    expect(read.manifest?.digest).toBe(carrying.digest);
    expect(read.config.digest).toBe(makeImage([base]).config.digest);
  });

  it('never fetches a foreign layer, and keeps its urls', async () => {
    const foreign = await makeLayer({ win: '1' }, 'gzip', {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      urls: ['https://mcr.example/blob'],
    });
    const mirrored = await makeLayer({ more: '1' }, 'gzip', { urls: ['https://mirror.example/blob'] });
    const made = makeImage([foreign, mirrored, base]);
    const blobs = [made, made.config, base];
    const read = await readFirstImage(`oci:${write([made.descriptor], blobs)}`);
    expect(read.layers.map(({ location }) => location)).toMatchObject([
      {
        kind: 'absent',
        reason: expect.stringMatching(/foreign.*"https:\/\/mcr\.example\/blob".*not fetched/),
      },
      { kind: 'absent', reason: expect.stringMatching(/mirror\.example/) },
      { kind: 'file' },
    ]);
    expect(read.manifest?.value.layers[0]?.urls).toEqual(['https://mcr.example/blob']);
    const present = await readFirstImage(`oci:${write([made.descriptor], [...blobs, foreign])}`);
    expect(present.layers[0]?.location.kind).toBe('file');
  });

  it('says that a layer is encrypted, or of an unknown kind', async () => {
    const encrypted = await makeLayer({ a: '1' }, 'gzip', {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted',
    });
    const unknown = await makeLayer({ b: '1' }, 'gzip', {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+xz',
    });
    const made = makeImage([encrypted, unknown]);
    const read = await readFirstImage(`oci:${write([made.descriptor], made.blobs)}`);
    expect(read.layers[0]?.location).toMatchObject({
      kind: 'absent',
      reason: expect.stringContaining('encrypted'),
    });
    expect(read.layers[1]?.location.kind).toBe('file');
    expect(read.findings).toEqual([{ code: 'media-type', detail: expect.stringContaining('tar+xz') }]);
  });

  it('refuses manifest and index that pass for each other', async () => {
    const confused = makeJson({ ...JSON.parse(image.bytes.toString()), manifests: [] }, OCI_MANIFEST);
    await expect(openImage(`oci:${write([confused.descriptor], [confused])}`)).rejects.toMatchObject({
      code: 'malformed',
    });
    const posing = { ...makeIndex([image.descriptor]).descriptor, mediaType: OCI_MANIFEST };
    await expect(openImage(`oci:${write([posing], [makeIndex([image.descriptor])])}`)).rejects.toMatchObject({
      code: 'malformed',
    });
  });

  it('has no blob of a digest that it does not read', async () => {
    const path = write([{ ...image.descriptor, digest: `sha512:${'0'.repeat(128)}` }], image.blobs);
    await expect(openImage(`oci:${path}`)).rejects.toMatchObject({ code: 'unsupported' });
    const escaping = write([{ ...image.descriptor, digest: 'sha256:../../../etc/passwd' }], image.blobs);
    await expect(openImage(`oci:${escaping}`)).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringContaining('not a digest'),
    });
  });
});
