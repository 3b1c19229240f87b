import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../src/base/byte-source.ts';
import { decode } from '../../src/base/compression/decode.ts';
import { readRange } from '../../src/base/file-range.ts';
import { ForwardReader } from '../../src/base/forward-reader.ts';
import { alignHistory } from '../../src/core/image/history.ts';
import type { LayerLocation, SourceImage } from '../../src/core/image/image-source.ts';
import { absentPlatforms } from '../../src/core/image/image-source.ts';
import { stepOf } from '../../src/core/image/step.ts';
import {
  choosePlatform,
  formatPlatform,
  hostPlatform,
  parsePlatform,
} from '../../src/core/words/platform.ts';
import { openImage, readFirstImage } from '../support/open-image.ts';

/** Images of real engines and builders: `__fixtures__/README.md` says what made each. */
const at = (name: string) => join(import.meta.dirname, '../../__fixtures__', name);

const FORMS_1 = [
  '07b9dd1cd4c654ca0397f35ec60b1d994a863f0f745d94c42c2917f27a33491b',
  '937a0963550e349c5dd808df04d418cc6d04a97fa193f9f7c89b982fa19ab37e',
  '26dbec084aa931e9d090790982eb382a4a5a8b5dd9f45dc15df64b0099224370',
  '1be71bad6bf0b2ddb9135cbc74a85d37c8731ae7ee6edb8ed278d415bddb5f44',
  '937a0963550e349c5dd808df04d418cc6d04a97fa193f9f7c89b982fa19ab37e',
  '3e98fbd8c6daa8cd2bc17d791bd841af950fe1c5b8298fd2a000fec97cf116f6',
].map((hex) => `sha256:${hex}`);

const steps = ({ config }: SourceImage) =>
  alignHistory(config.value).items.map((item) => stepOf(item?.created_by));

async function diffIdOf(location: LayerLocation): Promise<string> {
  if (location.kind === 'absent') return location.reason;
  if (!('offset' in location)) throw new Error('fixtures are files');
  const { path, offset, length } = location;
  if (location.kind === 'file') return digestDecoded(readRange(path, { offset, length }), path);
  await using reader = new ForwardReader(decode(readRange(path), { object: path }), path);
  return await digestDecoded(reader.range(offset, length), path);
}

async function digestDecoded(source: ByteSource, object: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of decode(source, { object })) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

describe('one image in every form', () => {
  const NONE = null;
  const OCI = 'sha256:ab319b6ad8e39656b6e76b2f1d6e72af0e70cf133c1fb1ebeba8f14665280a9e';

  it.each<[string, string | null]>([
    ['docker-archive:engine-20.tar:forms:1', NONE],
    ['docker-archive:engine-20.tar.gz:forms:1', NONE],
    ['docker-archive:engine-20.tar.zst:forms:1', NONE],
    ['docker-archive:engine-25.0.0.tar', NONE],
    ['docker-archive:engine-28-classic.tar:forms:1', NONE],
    ['docker-archive:skopeo.tar', NONE],
    ['docker-archive:engine-28-containerd.tar', OCI],
    ['oci-archive:engine-28-containerd.tar:forms:1', OCI],
    ['docker-archive:engine-28-containerd-schema2.tar', expect.stringMatching(/^sha256:(?!ab319b6a)/)],
    ['oci-archive:skopeo.oci.tar', OCI],
    ['oci:gzip', OCI],
    ['oci:zstd', expect.stringMatching(/^sha256:(?!ab319b6a)/)],
    ['oci:zstd-chunked', expect.stringMatching(/^sha256:(?!ab319b6a)/)],
  ])('%s', async (reference, manifest) => {
    const read = await readFirstImage(reference.replace(':', `:${at('forms')}/`));
    expect(formatPlatform(read.platform)).toBe('linux/amd64');
    expect(read.manifest?.digest ?? null).toEqual(manifest);
    expect(read.findings).toEqual([]);
    expect(read.layers.map(({ diffId }) => diffId)).toEqual(FORMS_1);
    for (const { location, diffId } of read.layers) expect(await diffIdOf(location)).toBe(diffId);
    expect(steps(read)).toEqual([
      '',
      'COPY file in /',
      expect.stringMatching(/^RUN mkdir -p \/opt\/a/),
      'RUN nuke /banner.txt',
      'COPY file in /',
      expect.stringMatching(/^RUN nuke \/opt\/a \/srv/),
    ]);
  });

  it.each([
    ['engine-20.tar:forms:2', 'docker-archive'],
    ['engine-20.tar.gz:forms:2', 'docker-archive'],
    ['engine-25.0.0.tar', 'docker-archive'],
    ['engine-28-classic.tar:forms:2', 'docker-archive'],
    ['engine-28-containerd.tar', 'oci-archive'],
    ['engine-28-containerd-schema2.tar', 'oci-archive'],
    ['skopeo.tar', 'docker-archive'],
    ['skopeo.oci.tar', 'oci-archive'],
    ['gzip', 'oci'],
  ])('%s is told to be %s, an image called forms', async (name, transport) => {
    await using source = await openImage(at(`forms/${name}`));
    expect(source.reference).toBe(`${transport}:${at(`forms/${name}`)}`);
    expect(source.embeddedName).toBe('forms');
  });

  it('names the platform that an engine did not save', async () => {
    await using source = await openImage(at('forms/engine-28-containerd.tar'));
    expect(() =>
      choosePlatform(source.platforms, parsePlatform('linux/arm64'), hostPlatform('x64'), {
        listed: absentPlatforms(source.absent),
      }),
    ).toThrow('no image for linux/arm64, only for linux/amd64; named, but not here: linux/arm64');
  });

  it('is refused as the manifest that Docker 25.0.0 wrote', async () => {
    await expect(readFirstImage(`oci-archive:${at('forms/engine-25.0.0.tar')}`)).rejects.toMatchObject({
      code: 'malformed',
      message: expect.stringMatching(/has 5 layers, its config 6$/),
    });
  });
});

describe('what BuildKit writes', () => {
  it('lists attestations next to the image, and refuses them as images', async () => {
    await using source = await openImage(`oci:${at('buildkit')}:v1`);
    const { manifest } = await source.image(0);
    expect(source.embeddedName).toBe('localhost/shop');
    expect(source.attachments).toMatchObject([{ kind: 'attestation', subject: manifest?.digest }]);
    await expect(openImage(`oci:${at('buildkit')}@${source.attachments[0]?.digest}`)).rejects.toMatchObject({
      code: 'not-an-image',
    });
  });

  it('has the platforms of an index, each with its attestation', async () => {
    await using source = await openImage(at('multi-platform'));
    expect(source.platforms.map(formatPlatform)).toEqual(['linux/amd64', 'linux/arm64', 'linux/arm/v7']);
    expect(source.attachments).toHaveLength(3);
    for (const [index, platform] of source.platforms.entries()) {
      const read = await source.image(index);
      expect(read.platform).toEqual(platform);
      for (const { location, diffId } of read.layers) expect(await diffIdOf(location)).toBe(diffId);
    }
  });

  it('says the same steps as Buildah, but for what each calls a copy', async () => {
    const runs = async (reference: string) =>
      steps(await readFirstImage(reference)).filter((step) => step.startsWith('RUN '));
    expect(await runs(`oci:${at('buildkit')}:v1`)).toEqual(await runs(at('app-v1')));
    expect((await runs(`oci:${at('buildkit')}:v2`)).length).toBe(5);
  });

  it('reads eStargz as gzip', async () => {
    const read = await readFirstImage(at('estargz'));
    for (const { location, diffId } of read.layers) expect(await diffIdOf(location)).toBe(diffId);
  });
});

describe('what is no image, or not the one that it says', () => {
  it('is refused when it is an artifact', async () => {
    await expect(openImage(at('artifact'))).rejects.toMatchObject({
      code: 'not-an-image',
      message: expect.stringContaining('application/vnd.cyclonedx+json'),
    });
  });

  it('opens where a layer is not what its diffID says: that shows when it is read', async () => {
    const [layer] = (await readFirstImage(at('forms/padded'))).layers;
    expect(await diffIdOf(layer?.location ?? { kind: 'absent', reason: '' })).not.toBe(layer?.diffId);
  });
});

describe('a rebuild', () => {
  it('has the steps of the first build', async () => {
    const [first, again] = [await readFirstImage(at('app-v1')), await readFirstImage(at('app-v1-rebuilt'))];
    expect(steps(again)).toEqual(steps(first));
    expect(again.layers[3]?.diffId).not.toBe(first.layers[3]?.diffId);
  });

  it('of an edited file keeps the step that copies it', async () => {
    const [first, second] = [await readFirstImage(at('app-v1')), await readFirstImage(at('app-v2'))];
    expect(steps(second).slice(0, 7)).toEqual(steps(first));
    expect(second.config.value.history?.[6]?.created_by).not.toBe(
      first.config.value.history?.[6]?.created_by,
    );
  });
});
