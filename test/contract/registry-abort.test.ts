import type * as Dns from 'node:dns';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { Registries } from '../../src/adapters/registry/registries.ts';
import type { RegistryAccess } from '../../src/adapters/registry/registry-access.ts';
import type { Repository } from '../../src/adapters/registry/repository.ts';
import { digestOf } from '../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../src/base/limits.ts';
import { sourceOfBytes } from '../../src/base/range-source.ts';
import { OCI_MANIFEST } from '../../src/core/image/media-type.ts';
import { makeImage, makeJson } from '../support/image-maker.ts';
import {
  type Fault,
  MemoryRegistry,
  type MemoryRegistryOptions,
  quickAccess,
  sendJson,
} from '../support/memory-registry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Which of the two ways to look a name up gives no answer. */
let silence: 'addresses' | 'connection' | null;

vi.mock('node:dns', async (importOriginal) => {
  const original = await importOriginal<typeof Dns>();
  const lookup = (...args: unknown[]) =>
    silence === 'connection' ? run.abort(reason) : Reflect.apply(original.lookup, original, args);
  return { ...original, lookup };
});

vi.mock('node:dns/promises', async (importOriginal) => {
  const lookup = async () => {
    if (silence !== 'addresses') return [{ address: '192.0.2.1', family: 4 }];
    run.abort(reason);
    return new Promise(() => {});
  };
  return { ...(await importOriginal<typeof Dns.promises>()), lookup };
});

const reason = new Error('the run is broken off');
const place = temporaryFolder();
const blob = Buffer.alloc(3_000_000, 'varve');
const image = makeImage([]);
const HOUR = 3_600_000;

let run: AbortController;
let server: MemoryRegistry;
let registries: Registries;

beforeEach(async () => {
  silence = null;
  run = new AbortController();
  await serve();
});

afterEach(close);

async function close(): Promise<void> {
  await registries?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]().catch(() => {});
}

/** Nothing ends in time but by being broken off. */
async function serve(
  change: Partial<RegistryAccess> = {},
  options: MemoryRegistryOptions = {},
): Promise<void> {
  await close();
  server = await MemoryRegistry.start(options);
  server.put('v1', [image], []);
  server.keep('', digestOf(blob), blob);
  reach(change);
}

function reach(change: Partial<RegistryAccess>): void {
  const patience = {
    connect: HOUR,
    headers: HOUR,
    idle: HOUR,
    attempts: 2,
    backOff: HOUR,
    longestWait: HOUR,
    total: HOUR,
    slowest: 1,
  };
  registries = new Registries(quickAccess({ patience, ...change }), run.signal);
}

const open = (): Promise<Repository> => registries.find(server.host, 'app');
const fetchManifest = async () => (await open()).fetchManifest('v1', DEFAULT_LIMITS);

/** Breaks the run off at requests of a path. @param respond what else becomes of them: nothing if left out. */
function abortAt(path: RegExp, respond: (...args: Parameters<Fault>) => void = () => {}): void {
  server.faults.push((request, response, body) => {
    if (!path.test(request.url ?? '')) return false;
    respond(request, response, body);
    if (response.headersSent) setTimeout(() => run.abort(reason), 20);
    else run.abort(reason);
    return true;
  });
}

/** Holds that work ends within a second after the signal. */
async function expectEnd(work: Promise<unknown>, signal = run.signal): Promise<void> {
  const outcome = work.then(
    () => 'it came to its end',
    (fault: unknown) => fault,
  );
  if (!signal.aborted) await Promise.race([outcome, once(signal, 'abort')]);
  const late = sleep(1000, 'a second is over', { ref: false });
  expect(await Promise.race([outcome, late])).toBe(reason);
}

it('a registry is not looked for any more', async () => {
  abortAt(/^\/v2\/$/);
  await expectEnd(open());
});

it('nothing more is asked', async () => {
  const repository = await open();
  const asked = server.seen.length;
  run.abort(reason);
  await expectEnd(repository.fetchManifest('v1', DEFAULT_LIMITS));
  await expectEnd(repository.pushBlob(digestOf(blob), sourceOfBytes(blob)));
  await expectEnd(repository.listTags(DEFAULT_LIMITS));
  await expectEnd(open());
  expect(server.seen).toHaveLength(asked);
});

it('an answer is not waited for', async () => {
  abortAt(/manifests/);
  await expectEnd(fetchManifest());
});

it('the rest of an answer is not waited for', async () => {
  abortAt(/manifests/, (_, response) => response.writeHead(200, { 'Content-Length': 100 }).write('{'));
  await expectEnd(fetchManifest());
});

it.each<[string, Record<string, string>]>([
  ['of its own accord', {}],
  ['where it is asked to', { 'Retry-After': '60' }],
])('nothing is waited for before the next attempt, be it %s', async (_, headers) => {
  abortAt(/manifests/, (_, response) => response.writeHead(503, headers).end());
  await expectEnd(fetchManifest());
  expect(server.seen.filter(({ path }) => path.includes('manifests'))).toHaveLength(1);
});

it('the rest of a blob is not waited for, and its connection ends', async () => {
  let closed: Promise<unknown> | null = null;
  abortAt(/blobs/, (_, response) => {
    closed = once(response, 'close');
    response.writeHead(200, { 'Content-Length': blob.length }).write(blob.subarray(0, 10));
  });
  const { address } = await open();
  const stream = registries.stream({ ...address, digest: digestOf(blob), length: blob.length });
  await expectEnd(Array.fromAsync(stream));
  await closed;
});

it.each<[string, boolean]>([
  ['that the registry takes no more of', true],
  ['whose next bytes do not come', false],
])('a blob %s is not sent any further', async (_, isStalled) => {
  server.stallUploads = isStalled;
  const sent = Buffer.alloc(9_000_000);
  async function* read(start: number, end: number): AsyncGenerator<Uint8Array> {
    yield sent.subarray(start, start + 1000);
    setTimeout(() => run.abort(reason), 20);
    if (!isStalled) await new Promise(() => {});
    yield sent.subarray(start + 1000, end);
  }
  const repository = await open();
  await expectEnd(repository.pushBlob(digestOf(sent), { size: sent.length, read }));
});

it('the list of referrers that was written is not watched any more', async () => {
  const { digest, bytes } = image;
  const manifest = { ...JSON.parse(bytes.toString('utf8')), subject: { ...image.descriptor, digest } };
  server.faults.push(({ method, url }, response) => {
    if (method !== 'PUT' || !url?.includes('/manifests/sha256-')) return false;
    response.once('finish', () => setTimeout(() => run.abort(reason), 20));
    return false;
  });
  const repository = await open();
  await expectEnd(
    repository.pushManifest({ bytes: makeJson(manifest, OCI_MANIFEST).bytes, mediaType: OCI_MANIFEST }),
  );
});

it('a token is not waited for', async () => {
  await serve({}, { auth: { kind: 'bearer' } });
  abortAt(/token/);
  await expectEnd(fetchManifest());
});

it('a token is not waited for by a request that is broken off, and serves the others', async () => {
  const one = new AbortController();
  const held = Promise.withResolvers<void>();
  server.faults.push(({ url, headers }, response) => {
    if (url?.startsWith('/token')) {
      one.abort(reason);
      void held.promise.then(() => sendJson(response, 200, { token: 'for-all' }));
    } else if (!url?.includes('/tags/')) return false;
    else if (headers.authorization === 'Bearer for-all') sendJson(response, 200, { tags: ['v1'] });
    else {
      response.setHeader('WWW-Authenticate', `Bearer realm="${server.origin}/token"`);
      sendJson(response, 401, {});
    }
    return true;
  });
  const repository = await open();
  const other = repository.listTags(DEFAULT_LIMITS);
  await expectEnd(repository.listTags(DEFAULT_LIMITS, one.signal), one.signal);
  held.resolve();
  expect(await other).toEqual(['v1']);
});

it('a program for credentials is not waited for, and ends', async () => {
  const config = place('config.json');
  const started = place('started');
  const program = join(place('bin'), 'docker-credential-slow');
  mkdirSync(dirname(program));
  writeFileSync(config, JSON.stringify({ credsStore: 'slow' }));
  writeFileSync(
    program,
    `#!/bin/sh\necho $$ > ${started}.new && mv ${started}.new ${started}\nexec sleep 60\n`,
  );
  chmodSync(program, 0o755);
  vi.stubEnv('PATH', `${dirname(program)}:${process.env.PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  await serve({ credentialsFile: config }, { auth: { kind: 'basic' } });
  const looking = setInterval(() => existsSync(started) && run.abort(reason), 5);
  await expectEnd(fetchManifest());
  clearInterval(looking);
  const child = Number(readFileSync(started, 'utf8'));
  await vi.waitFor(() => expect(() => process.kill(child, 0)).toThrow('ESRCH'));
});

it.each(['addresses', 'connection'] as const)('where a name leads is not waited for (%s)', async (silent) => {
  silence = silent;
  reach({ plainHttp: true, proxies: { http: server.origin, https: '', none: 'elsewhere.example' } });
  server.faults.push((_, response) => {
    response.writeHead(307, { Location: 'http://elsewhere.example/' }).end();
    return true;
  });
  const repository = await registries.find('registry.example', 'app');
  await expectEnd(repository.listTags(DEFAULT_LIMITS));
});

it('a connection that is still being made ends with the client', async () => {
  // It takes connections, and never says a word of TLS.
  const silent = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void silent.close());
  await once(silent, 'listening');
  const ended = once(silent, 'connection').then(([socket]: Socket[]) => {
    run.abort(reason);
    socket?.resume();
    return once(socket as Socket, 'close');
  });
  const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const address = { host, origin: `https://${host}`, repository: 'app' };
  const stream = registries.stream({ ...address, digest: digestOf(blob), length: 1 });
  await expectEnd(Array.fromAsync(stream));
  await registries[Symbol.asyncDispose]();
  const late = sleep(1000, 'a second is over', { ref: false });
  expect(await Promise.race([ended.then(() => 'ended'), late])).toBe('ended');
});
