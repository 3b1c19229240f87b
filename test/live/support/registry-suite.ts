import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_PATIENCE } from '../../../src/adapters/http/network-options.ts';
import { Registries } from '../../../src/adapters/registry/registries.ts';
import type { RegistryAccess } from '../../../src/adapters/registry/registry-access.ts';
import type { Repository } from '../../../src/adapters/registry/repository.ts';
import { type Digest, digestOf, hexOf } from '../../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../../src/base/limits.ts';
import { sourceOfBytes, sourceOfFile } from '../../../src/base/range-source.ts';
import { OCI_MANIFEST } from '../../../src/core/image/media-type.ts';
import type { Pointer } from '../../../src/core/run/pointer.ts';
import { makeBlob, makeJson } from '../../support/image-maker.ts';
import { DIST } from '../../support/run-varve.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { layoutImage } from './layout-image.ts';
import type { LiveRegistry } from './named-registries.ts';
import { run } from './program.ts';
import { skopeo, skopeoCopy } from './skopeo.ts';
import { startUnreliableProxy } from './unreliable-proxy.ts';

const FIXTURE = join(import.meta.dirname, '../../../__fixtures__/app-v1');
const newPath = temporaryFolder();
const image = layoutImage(FIXTURE);

export function accessTo({ ca, dockerConfig }: LiveRegistry): RegistryAccess {
  return {
    caFile: ca,
    plainHttp: false,
    credentialsFile: dockerConfig === null ? null : join(dockerConfig, 'config.json'),
    proxies: { http: '', https: '', none: '' },
    patience: DEFAULT_PATIENCE,
  };
}

/** Pushes an image as whoever publishes does: blobs first, the manifest last. */
export async function pushImage(repository: Repository, tag: string, folder = FIXTURE): Promise<string[]> {
  const { manifest, blobs } = layoutImage(folder);
  const pushed: string[] = [];
  for (const { digest, size, file } of blobs) {
    pushed.push(await repository.pushBlob(digest, sourceOfFile(file, size)));
  }
  await repository.pushManifest(manifest, { reference: tag });
  return pushed;
}

/** Takes a snapshot with the built command line. */
async function takeSnapshot(place: string, store: string, registry?: LiveRegistry): Promise<Pointer> {
  const { ca = null, dockerConfig = null } = registry ?? {};
  const args = ['snapshot', place, '--name', 'shop', '--cas-root', store, '--format', 'json'];
  const trusted = ca === null ? [] : ['--ca', ca];
  const env = { DOCKER_CONFIG: dockerConfig ?? '/nonexistent' };
  return JSON.parse(await run(process.execPath, [join(DIST, 'cli.js'), ...args, ...trusted], { env }));
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const collected: Uint8Array[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return Buffer.concat(collected);
}

/**
 * What every registry must be able to do for us, and we with it.
 * @param mounts whether it is known to take blobs from another of its repositories.
 */
export function describeRegistry(name: string, start: () => Promise<LiveRegistry>, mounts: boolean): void {
  describe(`${name}, as a place to push to`, () => {
    let registry: LiveRegistry;
    let registries: Registries;
    const team = `team-${randomUUID()}`;
    const open = (repository: string) => registries.find(registry.host, `${team}/${repository}`);
    const skopeoAs = (side: string) =>
      registry.skopeoOptions.map((option) => option.replace(/^--dest-/, side));

    beforeAll(async () => {
      registry = await start();
      registries = new Registries(accessTo(registry));
    });

    afterAll(async () => {
      await registries?.[Symbol.asyncDispose]();
      await registry?.stop();
    });

    it('keeps an image as it was, for others and for us', async () => {
      const repository = await open('shop');
      expect(new Set(await pushImage(repository, 'v1'))).toEqual(new Set(['uploaded']));
      const place = `docker://${registry.host}/${team}/shop:v1`;
      expect(await skopeo('inspect', '--raw', ...skopeoAs('--'), place)).toBe(
        image.manifest.bytes.toString(),
      );
      const copy = newPath('copy');
      await skopeoCopy(place, `oci:${copy}:v1`, ...skopeoAs('--src-'));
      for (const { digest, file } of image.blobs) {
        expect(readFileSync(join(copy, 'blobs/sha256', hexOf(digest))).equals(readFileSync(file))).toBe(true);
        const address = { ...repository.address, digest, length: readFileSync(file).length };
        expect((await collect(registries.stream(address))).equals(readFileSync(file))).toBe(true);
      }
      for (const reference of ['v1', image.digest]) {
        const received = await repository.fetchManifest(reference, DEFAULT_LIMITS);
        expect(received?.bytes.equals(image.manifest.bytes)).toBe(true);
      }
    });

    it('gives the snapshot that the layout gives, and its layers once', async () => {
      await pushImage(await open('snapshot'), 'v1');
      const place = `docker://${registry.host}/${team}/snapshot:v1`;
      const layout = await takeSnapshot(`oci:${FIXTURE}:shop:v1`, newPath());
      const store = newPath('store');
      const taken = await takeSnapshot(place, store, registry);
      expect(taken.snapshotDigest).toBe(layout.snapshotDigest);
      expect(taken.manifest.artifacts.map(({ digest }) => digest)).toEqual(
        layout.manifest.artifacts.map(({ digest }) => digest),
      );
      const again = await takeSnapshot(place, store, registry);
      expect(again.layers).toMatchObject({ read: 0, bytesRead: 0 });
    });

    it('is not sent again what it has', async () => {
      const repository = await open('again');
      await pushImage(repository, 'v1');
      expect(new Set(await pushImage(repository, 'v2'))).toEqual(new Set(['present']));
      expect((await repository.listTags(DEFAULT_LIMITS)).toSorted()).toEqual(['v1', 'v2']);
    });

    it('takes blobs from another of its repositories, or is sent them', async () => {
      await pushImage(await open('base'), 'v1');
      const repository = await open('derived');
      const mountFrom = `${team}/base`;
      for (const { digest, size, file } of image.blobs) {
        const source = sourceOfFile(file, size);
        const pushed = await repository.pushBlob(digest, source, { mountFrom });
        expect(mounts ? ['mounted'] : ['mounted', 'uploaded', 'present']).toContain(pushed);
        expect(await repository.hasBlob(digest)).toBe(true);
      }
    });

    it('takes an empty blob, and one of 40 MB', async () => {
      const repository = await open('sizes');
      for (const bytes of [Buffer.alloc(0), randomBytes(40_000_000)]) {
        const digest = digestOf(bytes);
        await repository.pushBlob(digest, sourceOfBytes(bytes));
        const address = { ...repository.address, digest, length: bytes.length };
        expect((await collect(registries.stream(address))).equals(bytes)).toBe(true);
      }
    });

    it('says that it lacks what it lacks', async () => {
      const repository = await open('nothing');
      const digest = digestOf(randomUUID());
      expect(await repository.hasBlob(digest)).toBe(false);
      expect(await repository.fetchManifest('v1', DEFAULT_LIMITS)).toBeNull();
      expect(await repository.fetchDocument(digest, DEFAULT_LIMITS)).toBeNull();
      expect(await repository.listTags(DEFAULT_LIMITS)).toEqual([]);
      expect(await repository.listReferrers(digest, DEFAULT_LIMITS)).toEqual([]);
    });

    it('takes no bytes of another digest', async () => {
      const repository = await open('wrong');
      const digest = digestOf('what it should be');
      await expect(
        repository.pushBlob(digest, sourceOfBytes(Buffer.from('what it is'))),
      ).rejects.toMatchObject({
        code: 'digest-mismatch',
      });
      expect(await repository.hasBlob(digest)).toBe(false);
    });

    it('finds what refers to an image, written by several at once', async () => {
      const repository = await open('referred');
      await pushImage(repository, 'v1');
      const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
      await Promise.all(
        names.map(async (letter, index) => {
          await using own = new Registries(accessTo(registry));
          const type = `application/vnd.example.${index % 2 === 0 ? 'even' : 'odd'}`;
          await pushReferrer(await own.find(registry.host, `${team}/referred`), image, letter, type);
        }),
      );
      const all = await repository.listReferrers(image.digest, DEFAULT_LIMITS);
      expect(all.map(({ annotations }) => annotations?.['org.example.name']).toSorted()).toEqual(names);
      const odd = await repository.listReferrers(image.digest, DEFAULT_LIMITS, {
        artifactType: 'application/vnd.example.odd',
      });
      expect(odd.map(({ annotations }) => annotations?.['org.example.name']).toSorted()).toEqual([
        'b',
        'd',
        'f',
        'h',
      ]);
    });

    it('takes one image from several at once', async () => {
      await Promise.all(
        Array.from({ length: 6 }, async (_, index) => {
          await using own = new Registries(accessTo(registry));
          await pushImage(await own.find(registry.host, `${team}/crowd`), `v${index}`);
        }),
      );
      const repository = await open('crowd');
      expect(await repository.listTags(DEFAULT_LIMITS)).toHaveLength(6);
      const received = await repository.fetchManifest('v5', DEFAULT_LIMITS);
      expect(received?.digest).toBe(image.digest);
    });
  });
}

/** A list of tags that is longer than what is asked for at once. */
export function describeManyTags(name: string, start: () => Promise<LiveRegistry>): void {
  it(`${name} lists more than a thousand tags`, async () => {
    const registry = await start();
    try {
      await using registries = new Registries(accessTo(registry));
      const repository = await registries.find(registry.host, `many/${randomUUID()}`);
      await pushImage(repository, 'first');
      const tags = Array.from({ length: 1005 }, (_, index) => `v${index}`);
      for (let at = 0; at < tags.length; at += 6) {
        const several = tags.slice(at, at + 6);
        await Promise.all(several.map((reference) => repository.pushManifest(image.manifest, { reference })));
      }
      const listed = await repository.listTags(DEFAULT_LIMITS);
      expect(listed.toSorted()).toEqual(['first', ...tags].toSorted());
    } finally {
      await registry.stop();
    }
  });
}

/** Numbers that look random and are the same each time. */
const scattered = (seed: number, most: number) => (Math.imul(seed + 1, 2654435761) >>> 0) % most;

/** Blobs over connections that break, to and from a registry that speaks plain HTTP. */
export function describeBrokenTransfers(name: string, start: () => Promise<LiveRegistry>): void {
  describe(`blobs to and from ${name} over connections that break`, () => {
    let registry: LiveRegistry;

    beforeAll(async () => {
      registry = await start();
    });

    afterAll(() => registry?.stop());

    it.each([1, 2, 3, 4])('come to their end (%i)', async (seed) => {
      const bytes = randomBytes(24_000_000);
      const digest = digestOf(bytes);
      // Not every registry lets one go on where it was cut off, so there are fewer cuts than attempts.
      await using proxy = await startUnreliableProxy(registry.host, (connection) => {
        const place = scattered(seed * 100 + connection, 20_000_000);
        if (connection > 3) return {};
        return connection === 2 ? { cutAfter: place % 1000 } : { cutSentAfter: place };
      });
      await using registries = new Registries(accessTo(registry));
      const repository = await registries.find(proxy.host, `broken/${seed}-${randomUUID()}`);
      expect(await repository.pushBlob(digest, sourceOfBytes(bytes))).toBe('uploaded');
      expect(proxy.cuts()).toBeGreaterThan(0);
      await using direct = new Registries(accessTo(registry));
      const address = {
        ...repository.address,
        origin: `http://${registry.host}`,
        digest,
        length: bytes.length,
      };
      expect((await collect(direct.stream(address))).equals(bytes)).toBe(true);
    });
  });
}

async function pushReferrer(
  repository: Repository,
  subject: ReturnType<typeof layoutImage>,
  name: string,
  artifactType: string,
): Promise<Digest> {
  const config = makeBlob(Buffer.from('{}'), 'application/vnd.oci.empty.v1+json');
  await repository.pushBlob(config.digest, sourceOfBytes(config.bytes));
  const { bytes } = makeJson(
    {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType,
      config: config.descriptor,
      layers: [config.descriptor],
      subject: { mediaType: OCI_MANIFEST, digest: subject.digest, size: subject.manifest.bytes.length },
      annotations: { 'org.example.name': name },
    },
    OCI_MANIFEST,
  );
  return (await repository.pushManifest({ bytes, mediaType: OCI_MANIFEST })).digest;
}
