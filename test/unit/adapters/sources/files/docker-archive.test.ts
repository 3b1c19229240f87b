import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hexOf } from '../../../../../src/base/digest.ts';
import { absentPlatforms } from '../../../../../src/core/image/image-source.ts';
import { formatPlatform, parsePlatform } from '../../../../../src/core/words/platform.ts';
import {
  blobName,
  classicDockerFiles,
  containerdFiles,
  type FormFile,
  layoutFiles,
  named,
  oldDockerFiles,
  packFiles,
} from '../../../../support/image-forms.ts';
import { makeImage, makeIndex, makeLayer } from '../../../../support/image-maker.ts';
import { openImage, readFirstImage } from '../../../../support/open-image.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

const newPath = temporaryFolder();

async function write(files: readonly FormFile[]): Promise<string> {
  const path = newPath();
  writeFileSync(path, await packFiles(files));
  return path;
}

const json = (name: string, value: unknown): FormFile => ({
  name,
  bytes: Buffer.from(JSON.stringify(value)),
});
const base = await makeLayer({ 'etc/os-release': 'ID=x' });
const app = await makeLayer({ app: '1' });
const image = makeImage([base, app]);
const other = makeImage([base]);

/** An archive as Kaniko and other programs write it: compressed layers named by digest, and no layout. */
function kanikoFiles(): FormFile[] {
  const config = `sha256:${hexOf(image.config.digest)}`;
  const layers = image.layers.map(({ digest }) => `${hexOf(digest)}.tar.gz`);
  return [
    { name: config, bytes: image.config.bytes },
    ...image.layers.map(({ bytes }, index) => ({ name: layers[index] ?? '', bytes })),
    json('manifest.json', [{ Config: config, RepoTags: ['ghcr.io/acme/app:1'], Layers: layers }]),
  ];
}

const items = (...list: [string, ...string[]][]): FormFile =>
  json(
    'manifest.json',
    list.map(([config, ...tags]) => ({ Config: config, RepoTags: tags, Layers: [`${config}.tar`] })),
  );
const twoImages = [
  { name: 'a', bytes: makeImage([base]).config.bytes },
  { name: 'b', bytes: makeImage([app]).config.bytes },
  { name: 'a.tar', bytes: base.tar },
  { name: 'b.tar', bytes: app.tar },
];

describe('choosing from a docker-archive', () => {
  it.each([
    ['one:1', base],
    ['docker.io/library/one:1', base],
    ['two', app],
    ['two:latest', app],
    ['ghcr.io/acme/two:9', app],
  ])('takes %s by any spelling of its name', async (name, layer) => {
    const path = await write([
      ...twoImages,
      items(['a', 'one:1'], ['b', 'two:latest', 'ghcr.io/acme/two:9']),
    ]);
    await using source = await openImage(`docker-archive:${path}:${name}`);
    expect((await source.image(0)).layers.map(({ diffId }) => diffId)).toEqual([layer.diffId]);
    expect(source.embeddedName).toMatch(/^(one|two|ghcr\.io\/acme\/two)$/);
  });

  it('wants to know which of several images, and lists them', async () => {
    const path = await write([...twoImages, items(['a', 'one:1'], ['b'])]);
    await expect(openImage(`docker-archive:${path}`)).rejects.toMatchObject({
      code: 'image-not-found',
      message: expect.stringMatching(/more than one image: one:1, b$/),
    });
    await expect(openImage(`docker-archive:${path}:three`)).rejects.toMatchObject({
      code: 'image-not-found',
      message: expect.stringMatching(/no image three, only one:1, b$/),
      hint: 'add the name with its tag after a colon; save what has no name by itself',
    });
    await expect(
      openImage(`docker-archive:${await write([json('manifest.json', [])])}`),
    ).rejects.toMatchObject({
      code: 'image-not-found',
      hint: expect.stringContaining('for no image'),
    });
  });

  it('takes the same image under two names for one', async () => {
    const path = await write([...twoImages, items(['a', 'one:1'], ['a', 'one:2'])]);
    expect((await readFirstImage(`docker-archive:${path}`)).layers).toHaveLength(1);
  });

  it('finds an image by its ID, and lists those that it has', async () => {
    const path = await write(oldDockerFiles(image));
    const id = image.config.digest;
    expect((await readFirstImage(`docker-archive:${path}@${id.slice(0, 12)}`)).config.digest).toBe(id);
    await expect(openImage(`${path}@${image.digest}`)).rejects.toMatchObject({
      code: 'image-not-found',
      hint: expect.stringContaining(id),
    });
  });
});

describe('whose archive it is', () => {
  it('gives names that programs keep bytes under as addresses, and folders as none', async () => {
    const addresses = async (files: readonly FormFile[]) =>
      (await readFirstImage(`docker-archive:${await write(files)}`)).layers.map(({ address }) => address);
    expect(await addresses(oldDockerFiles(image))).toEqual([null, null]);
    expect(await addresses(classicDockerFiles(image))).toEqual([base.diffId, app.diffId]);
    expect(await addresses(kanikoFiles())).toEqual([base.digest, app.digest]);
  });

  it('never makes up a manifest, not even where there are compressed layers', async () => {
    const read = await readFirstImage(await write(kanikoFiles()));
    expect(read.manifest).toBeNull();
    expect(read.layers).toMatchObject(
      image.layers.map(() => ({ digest: null, size: null, mediaType: null })),
    );
    expect(read.layers.map(({ storedSize }) => storedSize)).toEqual([base.bytes.length, app.bytes.length]);
  });

  it('passes over the manifest that the classic store makes up, and may have made up wrong', async () => {
    for (const files of [
      classicDockerFiles(image),
      classicDockerFiles(image, []),
      classicDockerFiles(image, ['app:1'], true),
      classicDockerFiles(image, [], true),
    ]) {
      await using source = await openImage(await write(files));
      expect(source.reference).toMatch(/^docker-archive:/);
      const read = await source.image(0);
      expect(read.manifest).toBeNull();
      expect(read.findings).toEqual([]);
      expect(read.layers.map(({ location }) => location.kind)).toEqual(['file', 'file']);
    }
  });

  it('says what helps when the broken manifest is asked for as such', async () => {
    const path = await write(classicDockerFiles(image, ['app:1'], true));
    await expect(readFirstImage(`oci-archive:${path}`)).rejects.toMatchObject({
      code: 'malformed',
      hint: expect.stringContaining('docker-archive:'),
    });
  });

  it('takes the distributed manifest from a containerd store, with the platforms that are there', async () => {
    const amd = makeImage([base], { descriptor: { platform: parsePlatform('linux/amd64') } });
    const arm = makeImage([app], {
      platform: parsePlatform('linux/arm64'),
      descriptor: { platform: parsePlatform('linux/arm64') },
    });
    const index = makeIndex([arm.descriptor, amd.descriptor]);
    const entry = { ...index.descriptor, ...named('docker.io/library/app:1', '1') };
    for (const [more, platforms, absent] of [
      [[index], ['linux/amd64'], ['linux/arm64']],
      [[index, arm], ['linux/amd64'], ['linux/arm64']],
      [[index, ...arm.blobs], ['linux/arm64', 'linux/amd64'], []],
    ] as const) {
      const path = await write(containerdFiles(amd, entry, more));
      for (const reference of [
        path,
        `docker-archive:${path}`,
        `docker-archive:${path}:app:1`,
        `oci-archive:${path}`,
      ]) {
        await using source = await openImage(reference);
        expect(source.platforms.map(formatPlatform)).toEqual(platforms);
        expect(absentPlatforms(source.absent).map(formatPlatform)).toEqual(absent);
        expect(source.embeddedName).toBe('app');
        const read = await source.image(platforms.length - 1);
        expect(read.manifest?.digest).toBe(amd.digest);
        expect(read.layers[0]).toMatchObject({ digest: base.digest, size: base.bytes.length });
      }
    }
  });

  it('reads manifest.json where index.json leads to another image, and says so', async () => {
    const layout = layoutFiles([other.descriptor], [...other.blobs, ...image.blobs]);
    const conflicting = json('manifest.json', [
      {
        Config: blobName(image.config.digest),
        RepoTags: ['app:1'],
        Layers: [base, app].map((l) => blobName(l.digest)),
      },
    ]);
    for (const prefix of ['', 'docker-archive:']) {
      const read = await readFirstImage(`${prefix}${await write([...layout, conflicting])}`);
      expect(read.config.digest).toBe(image.config.digest);
      expect(read.manifest).toBeNull();
      expect(read.findings).toEqual([expect.objectContaining({ code: 'index-mismatch' })]);
    }
  });

  it('reads manifest.json where the layout next to it is not whole', async () => {
    const whole = containerdFiles(image);
    for (const name of ['oci-layout', blobName(image.digest)]) {
      const path = await write(whole.filter((file) => file.name !== name));
      const read = await readFirstImage(path);
      expect(read.manifest).toBeNull();
      expect(read.layers.map(({ location }) => location.kind)).toEqual(['file', 'file']);
    }
  });
});

describe('damage and hostility in a docker-archive', () => {
  const change = (value: unknown) => [
    ...oldDockerFiles(image).filter(({ name }) => name !== 'manifest.json'),
    json('manifest.json', value),
  ];
  const config = `${hexOf(image.config.digest)}.json`;

  it.each<[string, unknown, string]>([
    ['an object', { Config: config }, 'malformed'],
    ['no config', [{ Layers: [] }], 'malformed'],
    ['layers that are no names', [{ Config: config, Layers: [1, 2] }], 'malformed'],
    ['fewer layers than the config', [{ Config: config, Layers: ['x'] }], 'malformed'],
    ['no layers at all', [{ Config: config, Layers: null, RepoTags: null }], 'malformed'],
    ['a config that is not there', [{ Config: 'nothing.json', Layers: [] }], 'blob-missing'],
    ['a config that leads out', [{ Config: '../../etc/passwd', Layers: [] }], 'blob-missing'],
    ['an absolute config', [{ Config: '/etc/passwd', Layers: [] }], 'blob-missing'],
    ['a layer as config', [{ Config: oldDockerFiles(image)[1]?.name, Layers: [] }], 'malformed'],
  ])('refuses %s', async (_, value, code) => {
    await expect(readFirstImage(`docker-archive:${await write(change(value))}`)).rejects.toMatchObject({
      name: 'VarveError',
      code,
    });
  });

  it('has no layer where its name leads out', async () => {
    const value = [{ Config: config, Layers: ['../../etc/passwd', '/etc/passwd'] }];
    const read = await readFirstImage(`docker-archive:${await write(change(value))}`);
    expect(read.layers.map(({ location }) => location.kind)).toEqual(['absent', 'absent']);
  });

  it('goes by the config that is there, and says that it is not what its name promises', async () => {
    for (const name of [config, `sha256:${hexOf(image.config.digest)}`, blobName(image.config.digest)]) {
      const files = [
        { name, bytes: other.config.bytes },
        json('manifest.json', [{ Config: name, Layers: ['x'] }]),
      ];
      const read = await readFirstImage(`docker-archive:${await write(files)}`);
      expect(read.config.digest).toBe(other.config.digest);
      expect(read.findings).toEqual([
        { code: 'config-misnamed', detail: `${name} has the digest ${other.config.digest}` },
      ]);
    }
  });

  it('reads names in whatever letter case they are written, as engines do', async () => {
    const files = [
      { name: config, bytes: image.config.bytes },
      json('manifest.json', [{ config, repoTags: ['jib:1'], layers: image.layers.map(() => 'x') }]),
    ];
    const read = await readFirstImage(`docker-archive:${await write(files)}:jib:1`);
    expect(read.config.digest).toBe(image.config.digest);
  });

  it('says that archives of old engines are not read', async () => {
    const files = [json('repositories', { app: { 1: 'ffff' } }), json('ffff/json', {})];
    await expect(openImage(`docker-archive:${await write(files)}`)).rejects.toMatchObject({
      code: 'unsupported',
    });
    await expect(openImage(await write(files))).rejects.toMatchObject({ code: 'unsupported' });
    const layout = layoutFiles([image.descriptor], image.blobs);
    await expect(openImage(`docker-archive:${await write(layout)}`)).rejects.toMatchObject({
      code: 'image-not-found',
    });
  });
});

describe('a config that stands twice in an archive', () => {
  const evil = makeImage([base, app], { config: { config: { User: 'evil' } } }).config.bytes;
  const config = kanikoFiles()[0]?.name ?? '';
  const twice = { code: 'malformed', message: expect.stringMatching(/is the config of an image.* twice/) };

  it('is refused: programs differ on which of them they take', async () => {
    const path = await write([{ name: config, bytes: evil }, ...kanikoFiles()]);
    await expect(openImage(`docker-archive:${path}`)).rejects.toMatchObject(twice);
    const linked = await write([
      { name: 'there', bytes: evil },
      { name: 'there', bytes: image.config.bytes },
      { name: config, symlink: 'there' },
      ...kanikoFiles().slice(1),
    ]);
    await expect(openImage(`docker-archive:${linked}`)).rejects.toMatchObject(twice);
  });

  it('is refused in a layout, too, whose manifest.json names it', async () => {
    const name = blobName(image.config.digest);
    const path = await write([{ name, bytes: evil }, ...containerdFiles(image)]);
    for (const prefix of ['docker-archive', 'oci-archive'])
      await expect(openImage(`${prefix}:${path}`)).rejects.toMatchObject(twice);
  });

  it('may be that of another image than the one that is named', async () => {
    const path = await write([
      { name: 'b', bytes: evil },
      ...twoImages,
      items(['a', 'app:1'], ['b', 'app:2']),
    ]);
    expect((await readFirstImage(`docker-archive:${path}:app:1`)).config.digest).toBe(
      makeImage([base]).config.digest,
    );
    await expect(openImage(`docker-archive:${path}:app:2`)).rejects.toMatchObject(twice);
  });
});
