import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ThreadedLayerReader } from '../../src/adapters/layer-readers/threaded-layer-reader.ts';
import { Registries } from '../../src/adapters/registry/registries.ts';
import { createImageOpener } from '../../src/adapters/sources/image-opener.ts';
import type { KnownDocuments } from '../../src/adapters/sources/known-documents.ts';
import { createRegistrySource } from '../../src/adapters/sources/registry/registry-source.ts';
import { DEFAULT_LIMITS } from '../../src/base/limits.ts';
import { callOf } from '../../src/core/analysis/analyzer-key.ts';
import { ANALYZERS } from '../../src/core/analysis/catalogue.ts';
import type { SourceImage } from '../../src/core/image/image-source.ts';
import type { LayerReading } from '../../src/core/reading/layer-reader.ts';
import {
  layerOf,
  type MadeBlob,
  type MadeImage,
  makeAttestation,
  makeImage,
  makeIndex,
  makeJson,
  makeLayer,
} from '../support/image-maker.ts';
import {
  type Fault,
  MemoryRegistry,
  type MemoryRegistryOptions,
  quickAccess,
  sendJson,
  times,
} from '../support/memory-registry.ts';
import { recordWaits } from '../support/record-waits.ts';
import { tarEntry, tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const place = temporaryFolder();
const entry = (name: string) => new URL(`../../src/entry/${name}.ts`, import.meta.url);

const big = layerOf(tarOf(tarEntry({ name: 'noise', size: 3_000_000 }, randomBytes(3_000_000))), 'gzip');
const image = makeImage([
  await makeLayer({ 'etc/os': 'linux' }),
  big,
  await makeLayer({ 'app/a': '1' }, 'zstd'),
]);

let registry: MemoryRegistry;
let access = quickAccess();
const opened = new AsyncDisposableStack();

beforeEach(async () => {
  access = quickAccess();
  await serve();
});

afterEach(async () => {
  await registry[Symbol.asyncDispose]();
});

async function serve(options: MemoryRegistryOptions = {}, put: MadeImage = image): Promise<void> {
  if (registry !== undefined) await registry[Symbol.asyncDispose]().catch(() => {});
  registry = opened.use(await MemoryRegistry.start(options));
  registry.put('v1', [put], [put.config, ...put.layers]);
}

interface Pulled {
  readonly image: SourceImage;
  readonly readings: readonly LayerReading[];
}

interface PullOptions {
  readonly signal?: AbortSignal;
  readonly known?: Partial<KnownDocuments>;
  readonly platform?: number;
}

/** Reads an image whole, as a snapshot does. */
async function pull(name = 'app:v1', options: PullOptions = {}): Promise<Pulled> {
  const { signal, platform = 0 } = options;
  const known = { manifest: async () => null, config: async () => null, ...options.known };
  await using registries = new Registries(access);
  await using reader = new ThreadedLayerReader({
    limits: DEFAULT_LIMITS,
    analyzers: ANALYZERS.layers,
    workerScript: entry('layer-worker'),
    inflateScript: entry('inflate-worker'),
    registries,
    ...(signal && { signal }),
  });
  const source = createRegistrySource(registries, { limits: DEFAULT_LIMITS, known });
  await using found = await createImageOpener([source], DEFAULT_LIMITS).open(
    `docker://${registry.host}/${name}`,
  );
  const pulled = await found.image(platform);
  const requests = pulled.layers.map(({ index, location, digest, size, diffId }) => ({
    index,
    location,
    expected: { digest, size, diffId },
    want: ANALYZERS.layers.map(callOf),
  }));
  const readings: LayerReading[] = [];
  for await (const reading of reader.read(requests)) readings.push(reading);
  return { image: pulled, readings: readings.toSorted((a, b) => a.index - b.index) };
}

async function expectWhole(name?: string): Promise<void> {
  const { readings } = await pull(name);
  expect(readings.map(({ digest, diffId }) => [digest, diffId])).toEqual(
    image.layers.map(({ digest, diffId }) => [digest, diffId]),
  );
}

/** The faults of requests for the big layer's blob. */
const atBig = (count: number, fault: (...args: Parameters<Fault>) => void): Fault =>
  times(count, new RegExp(`/blobs/${big.digest}`), fault);
const atManifest = (count: number, fault: (...args: Parameters<Fault>) => void): Fault =>
  times(count, /\/manifests\//, fault);

/** Sends the first bytes of the big layer from where it was asked for, and hangs up. */
const cutAfter =
  (bytes: number): ((...args: Parameters<Fault>) => void) =>
  ({ headers }, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    if (start > 0) {
      response.setHeader('Content-Range', `bytes ${start}-${big.bytes.length - 1}/${big.bytes.length}`);
    }
    response.writeHead(start > 0 ? 206 : 200, { 'Content-Length': big.bytes.length - start });
    response.write(big.bytes.subarray(start, start + bytes), () => response.destroy());
  };

const rangesOfBig = () =>
  registry.seen.filter(({ path }) => path.endsWith(big.digest)).map(({ range }) => range ?? 'all');

describe('an image in a registry', () => {
  it('is read by tag and by digest', async () => {
    await expectWhole();
    await expectWhole(`app@${image.digest}`);
    expect((await pull()).image.manifest?.digest).toBe(image.digest);
  });

  it('is read from an index by its platform, without looking at the others', async () => {
    const arm = makeImage([await makeLayer({ arm: '64' })], {
      platform: { os: 'linux', architecture: 'arm64' },
    });
    const attestation = makeAttestation(image.digest);
    const index = makeIndex([
      { ...image.descriptor, platform: { os: 'linux', architecture: 'amd64' } },
      { ...arm.descriptor, platform: { os: 'linux', architecture: 'arm64' } },
      attestation.descriptor,
    ]);
    registry.put('multi', [image, arm, index], [arm.config, ...arm.layers]);
    const { readings } = await pull('app:multi', { platform: 1 });
    expect(readings.map(({ diffId }) => diffId)).toEqual(arm.layers.map(({ diffId }) => diffId));
    const asked = registry.seen.filter(({ path }) => path.includes('/manifests/')).map(({ path }) => path);
    expect(asked).toEqual(['/v2/app/manifests/multi', `/v2/app/manifests/${arm.digest}`]);
  });

  it('gives what is attached to it, read only when that is asked for', async () => {
    const attestation = makeAttestation(image.digest);
    const index = makeIndex([image.descriptor, attestation.descriptor]);
    const [manifest, ...documents] = attestation.blobs;
    if (manifest === undefined) throw new Error('there is a manifest');
    registry.put('attested', [image, manifest, index], documents);
    await using registries = new Registries(access);
    const known = { manifest: async () => null, config: async () => null };
    const source = createRegistrySource(registries, { limits: DEFAULT_LIMITS, known });
    await using found = await createImageOpener([source], DEFAULT_LIMITS).open(
      `docker://${registry.host}/app:attested`,
    );
    expect(found.digest).toBe(index.digest);
    expect(found.attachments).toMatchObject([{ kind: 'attestation', digest: manifest.digest }]);
    expect(registry.seen.filter(({ path }) => path.endsWith(manifest.digest))).toEqual([]);
    for (const { descriptor, bytes } of attestation.blobs) {
      const read = await found.readDocument({ ...descriptor, mediaType: String(descriptor.mediaType) });
      expect(read && Buffer.from(read)).toEqual(bytes);
    }
    const [statement] = documents.slice(-1);
    if (statement === undefined) throw new Error('there is a statement');
    const wrong = { ...statement.descriptor, mediaType: 'application/vnd.in-toto+json', digest: big.digest };
    await expect(found.readDocument(wrong)).rejects.toMatchObject({ kind: 'bytes' });
    registry.dropBlob(statement.digest);
    await using again = await createImageOpener([source], DEFAULT_LIMITS).open(
      `docker://${registry.host}/app:attested`,
    );
    const gone = { ...statement.descriptor, mediaType: 'application/vnd.in-toto+json' };
    expect(await again.readDocument(gone)).toBeNull();
  });

  it('has its config fetched only when that is not known', async () => {
    const asked: string[] = [];
    const { image: pulled } = await pull('app:v1', {
      known: {
        config: async (digest) => {
          asked.push(digest);
          return image.config.bytes;
        },
      },
    });
    expect(asked).toEqual([image.config.digest]);
    expect(pulled.config.bytes).toEqual(image.config.bytes);
    expect(registry.blobReads()).not.toContain(`/v2/app/blobs/${image.config.digest}`);
  });

  it('is found out when what is known as its config is something else', async () => {
    await expect(pull('app:v1', { known: { config: async () => Buffer.from('{}') } })).rejects.toMatchObject({
      kind: 'bytes',
    });
  });

  it.each([
    ['a tag', 'app:v9'],
    ['a digest', `app@sha256:${'0'.repeat(64)}`],
  ])('that is not there by %s is said not to be', async (_, name) => {
    await expect(pull(name)).rejects.toMatchObject({ code: 'image-not-found' });
  });

  it('that lacks a blob says which', async () => {
    registry.dropBlob(big.digest);
    await expect(pull()).rejects.toMatchObject({
      code: 'blob-missing',
      message: expect.stringContaining(big.digest),
    });
  });

  it.each<[string, MadeBlob, string]>([
    [
      'of the first schema',
      makeJson({ schemaVersion: 1, name: 'app' }, 'application/vnd.docker.distribution.manifest.v1+json'),
      'unsupported',
    ],
    ['that is a web page', { ...makeJson('<html>', 'text/html') }, 'unsupported'],
    ['that is no JSON', { ...makeJson('x', 'application/vnd.oci.image.manifest.v1+json') }, 'malformed'],
  ])('with a manifest %s is refused', async (_, manifest, code) => {
    registry.put('odd', [manifest], []);
    await expect(pull('app:odd')).rejects.toMatchObject({ code });
  });
});

describe('a registry that wants to know who asks', () => {
  const login = { username: 'ann', password: 'p:ß' };

  function logIn(password = login.password): void {
    const file = place('config.json');
    mkdirSync(dirname(file), { recursive: true });
    const auth = Buffer.from(`${login.username}:${password}`).toString('base64');
    writeFileSync(file, JSON.stringify({ auths: { [registry.host]: { auth } } }));
    access = quickAccess({ credentialsFile: file });
  }

  it('gives tokens to everyone', async () => {
    await serve({ auth: { kind: 'bearer' } });
    await expectWhole();
  });

  it.each(['basic', 'bearer'] as const)('is told by %s', async (kind) => {
    await serve({ auth: { kind, login } });
    logIn();
    await expectWhole();
  });

  it.each(['basic', 'bearer'] as const)(
    'refuses by %s who is not known, or has a wrong password',
    async (kind) => {
      await serve({ auth: { kind, login } });
      await expect(pull()).rejects.toMatchObject({
        code: 'denied',
        hint: expect.stringContaining('docker login'),
      });
      logIn('wrong');
      const refused = await pull().catch((fault: unknown) => fault);
      expect(refused).toMatchObject({ code: 'denied' });
      expect(String((refused as Error).message)).not.toContain('wrong');
    },
  );

  it.each(['basic', 'bearer'] as const)('does not have repeated what it is told by %s', async (kind) => {
    await serve({ auth: { kind, login } });
    logIn();
    const proofs = new Set<string>();
    registry.faults.push(({ headers: { authorization }, url }, response) => {
      if (authorization === undefined || !url?.startsWith('/v2/')) return false;
      proofs.add(authorization.replace(/^\w+ /, ''));
      sendJson(response, 403, { errors: [{ code: 'DENIED', message: `you sent ${authorization}` }] });
      return true;
    });
    const refused = await pull().catch((fault: unknown) => fault);
    expect(refused).toMatchObject({ code: 'denied', message: expect.stringContaining('you sent') });
    expect(proofs.size).toBe(1);
    for (const proof of proofs) expect(String(refused)).not.toContain(proof);
  });

  it('whose tokens run out in the midst of a pull gives new ones', async () => {
    await serve({ auth: { kind: 'bearer', login, tokenUses: 2 } });
    logIn();
    registry.faults.push(atBig(1, cutAfter(1_000_000)));
    await expectWhole();
    expect(registry.seen.filter(({ path }) => path.startsWith('/token')).length).toBeGreaterThan(1);
  });

  it('that sends one for tokens to what is no server is not followed', async () => {
    await serve({ auth: { kind: 'bearer', login, realm: 'file:///etc/passwd' } });
    logIn();
    await expect(pull()).rejects.toMatchObject({ code: 'denied' });
  });
});

describe('a registry with passing trouble', () => {
  it('is asked again', async () => {
    registry.faults.push(
      atManifest(2, (_, response) => sendJson(response, 503, {})),
      atBig(1, (_, response) => response.destroy()),
      times(1, /\/blobs\//, (_, response) => {
        response.setHeader('Retry-After', '0');
        sendJson(response, 429, {});
      }),
    );
    await expectWhole();
  });

  it('is waited for as long as it asks', async () => {
    registry.faults.push(
      atManifest(1, (_, response) => {
        response.setHeader('Retry-After', '1');
        sendJson(response, 429, {});
      }),
    );
    const waits = recordWaits();
    await expectWhole();
    expect(waits).toEqual([1000]);
  });

  it('is not waited for without end', async () => {
    registry.faults.push(
      atManifest(99, (_, response) => {
        response.setHeader('Retry-After', '86400');
        sendJson(response, 429, { errors: [{ code: 'TOOMANYREQUESTS', message: 'slow down' }] });
      }),
    );
    await expect(pull()).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('slow down'),
    });
    expect(registry.seen.filter(({ path }) => path.includes('/manifests/'))).toHaveLength(1);
  });

  it('that lasts is given up', async () => {
    registry.faults.push(atManifest(99, (_, response) => sendJson(response, 500, {})));
    await expect(pull()).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('that cuts off blobs is asked for the rest', async () => {
    registry.faults.push(atBig(2, cutAfter(1_200_000)));
    await expectWhole();
    expect(rangesOfBig()).toEqual(['all', 'bytes=1200000-', 'bytes=2400000-']);
  });

  it('that knows no ranges sends all again', async () => {
    registry.faults.push(
      atBig(1, cutAfter(1_200_000)),
      atBig(1, (_, response) => response.writeHead(200).end(big.bytes)),
    );
    await expectWhole();
  });

  it('that gives another part than was asked for is found out', async () => {
    registry.faults.push(
      atBig(1, cutAfter(1_200_000)),
      atBig(1, (_, response) =>
        response.writeHead(206, { 'Content-Range': 'bytes 7-99/100' }).end(big.bytes.subarray(7, 100)),
      ),
    );
    await expect(pull()).rejects.toMatchObject({ code: 'malformed' });
  });

  it('that never gets further is given up', async () => {
    registry.faults.push(atBig(99, cutAfter(0)));
    await expect(pull()).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('is not waited for when it does not end what it says to a greeting', async () => {
    const patience = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValueOnce(patience.signal);
    registry.faults.push(
      times(1, /\/v2\/$/, (_, response) => {
        response.writeHead(200).write(' ', () => patience.abort(new DOMException('', 'TimeoutError')));
      }),
    );
    await expectWhole();
    expect(timeout).toHaveBeenCalledWith(access.patience.headers);
    timeout.mockRestore();
  });

  it.each([
    ['before an answer', () => {}],
    [
      'in the midst of a blob',
      (...[, response]: Parameters<Fault>) => void response.writeHead(200).write('x'),
    ],
  ])('that falls silent %s is given up', async (_, fault) => {
    access = quickAccess({
      patience: { ...access.patience, headers: 200, idle: 200, attempts: 1 },
    });
    registry.faults.push(atBig(99, fault));
    await expect(pull()).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('is left at once when the reading is broken off', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    registry.faults.push(
      atBig(1, (_, response) => {
        response.writeHead(200).write(big.bytes.subarray(0, 1000), () => stop.abort(reason));
      }),
    );
    await expect(pull('app:v1', { signal: stop.signal })).rejects.toBe(reason);
  });
});

describe('a registry that is not to be trusted', () => {
  it.each<[string, (bytes: Buffer) => Buffer, string]>([
    [
      'other bytes',
      (bytes) => Buffer.concat([bytes.subarray(0, 1000), randomBytes(bytes.length - 1000)]),
      'digest-mismatch',
    ],
    ['more bytes', (bytes) => Buffer.concat([bytes, Buffer.from('more')]), 'size-mismatch'],
  ])('that gives %s for a blob is found out', async (_, change, code) => {
    registry.faults.push(atBig(99, (_request, response) => response.writeHead(200).end(change(big.bytes))));
    await expect(pull()).rejects.toMatchObject({ code, message: expect.stringContaining('layer 1') });
  });

  it.each([8e13, 2 ** 50, Number.MAX_SAFE_INTEGER])(
    'that claims %d bytes of a blob is found out',
    async (size) => {
      const [first] = image.layers;
      const body = JSON.parse(image.bytes.toString('utf8'));
      body.layers[0].size = size;
      registry.put('forged', [makeJson(body, String(image.descriptor.mediaType))], first ? [first] : []);
      await expect(pull('app:forged')).rejects.toMatchObject({ kind: 'bytes' });
    },
  );

  it('that gives another manifest for a digest is found out', async () => {
    registry.faults.push(
      atManifest(99, (_, response) =>
        response.writeHead(200, { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json' }).end('{}'),
      ),
    );
    await expect(pull(`app@${image.digest}`)).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it('that calls a manifest by a wrong digest is found out', async () => {
    registry.faults.push(
      atManifest(99, (_, response) => {
        response.setHeader('Docker-Content-Digest', `sha256:${'1'.repeat(64)}`);
        response.writeHead(200, { 'Content-Type': String(image.descriptor.mediaType) }).end(image.bytes);
      }),
    );
    await expect(pull()).rejects.toMatchObject({ code: 'digest-mismatch' });
  });

  it.each<[string, (...args: Parameters<Fault>) => void]>([
    [
      'is said to be too large',
      (_, response) => response.writeHead(200, { 'Content-Length': 2 ** 40 }).write('{'),
    ],
    [
      'does not end',
      (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024, ' ')));
        };
        response.writeHead(200).on('drain', more);
        more();
      },
    ],
  ])('whose manifest %s is not read to its end', async (_, fault) => {
    registry.faults.push(atManifest(99, fault));
    await expect(pull()).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('that sends one in a circle is left', async () => {
    registry.faults.push(
      atManifest(99, (request, response) => response.writeHead(307, { Location: request.url }).end()),
    );
    await expect(pull()).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('redirected'),
    });
  });

  it('that sends one to a file is not followed', async () => {
    registry.faults.push(
      atManifest(99, (_, response) => response.writeHead(302, { Location: 'file:///etc/passwd' }).end()),
    );
    await expect(pull()).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('that sends one elsewhere does not make credentials go there', async () => {
    await serve({ auth: { kind: 'bearer' } });
    await using other = await MemoryRegistry.start();
    other.put('v1', [image], [image.config, ...image.layers]);
    registry.faults.push(
      times(99, /\/blobs\//, (request, response) =>
        response.writeHead(307, { Location: `${other.origin}${request.url}?signature=x` }).end(),
      ),
    );
    await expectWhole();
    expect(other.seen.length).toBeGreaterThanOrEqual(3);
    expect(other.seen.every(({ authorization }) => authorization === undefined)).toBe(true);
    expect(registry.seen.some(({ authorization }) => authorization !== undefined)).toBe(true);
  });

  it('that sends one elsewhere does not have the secret of the address shown', async () => {
    registry.faults.push(
      atBig(99, (_, response) =>
        response.writeHead(307, { Location: 'http://127.0.0.1:9/blob?signature=secret' }).end(),
      ),
    );
    const fault = await pull().catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ code: 'unreachable' });
    expect(JSON.stringify([String(fault), (fault as { hint?: string }).hint])).not.toContain('secret');
  });
});
