import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Registries } from '../../src/adapters/registry/registries.ts';
import type { Repository } from '../../src/adapters/registry/repository.ts';
import { type Digest, digestOf } from '../../src/base/digest.ts';
import { type RangeSource, sourceOfBytes, sourceOfFile } from '../../src/base/range-source.ts';
import {
  type Fault,
  MemoryRegistry,
  type MemoryRegistryOptions,
  quickAccess,
  sendJson,
} from '../support/memory-registry.ts';
import { recordWaits } from '../support/record-waits.ts';
import { losesReplies, timesOf } from '../support/registry-faults.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MiB = 1024 * 1024;
const place = temporaryFolder();
const blob = noise(9 * MiB + 5);
const digest = digestOf(blob);
const small = Buffer.from('a small blob');

let access = quickAccess();
let registry: MemoryRegistry;
let registries: Registries;

/** Bytes that look random, and are the same each time. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0, state = 1; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

beforeEach(async () => {
  access = quickAccess();
  await serve();
});

afterEach(close);

async function serve(options: MemoryRegistryOptions = {}): Promise<void> {
  await close();
  registry = await MemoryRegistry.start(options);
  registries = new Registries(access);
}

async function close(): Promise<void> {
  await registries?.[Symbol.asyncDispose]();
  await registry?.[Symbol.asyncDispose]().catch(() => {});
}

const open = (name = 'app'): Promise<Repository> => registries.find(registry.host, name);

async function push(bytes: Buffer = blob, source: RangeSource = sourceOfBytes(bytes)) {
  return (await open()).pushBlob(digestOf(bytes), source);
}

const expectStored = (bytes: Buffer = blob): void =>
  expect(registry.find('app', digestOf(bytes))?.equals(bytes)).toBe(true);

/** The requests so far, without the search for the registry. */
const requests = (): string[] =>
  registry.seen
    .filter(({ path }) => path.startsWith('/v2/app/'))
    .map(
      ({ method, path }) =>
        `${method} ${path.replace(/(?<=uploads\/)[\da-f-]{36}/, 'ID').replace(/\?.*/, '')}`,
    );

const count = (method: string): number => requests().filter((request) => request.startsWith(method)).length;

const parts = (): string[] =>
  registry.seen.flatMap(({ method, contentRange }) => (method === 'PATCH' ? [contentRange ?? 'none'] : []));

const answers =
  (status: number, headers: Record<string, string> = {}): ((...args: Parameters<Fault>) => void) =>
  (_, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    sendJson(response, status, { errors: [{ code: 'FAULT', message: 'on command' }] });
  };

const UPLOADS = /\/uploads\//;

describe('a blob', () => {
  it('is pushed whole, and not again', async () => {
    expect(await push()).toBe('uploaded');
    expectStored();
    expect(requests()).toEqual([
      `HEAD /v2/app/blobs/${digest}`,
      'POST /v2/app/blobs/uploads/',
      'PUT /v2/app/blobs/uploads/ID',
    ]);
    expect(await (await open()).hasBlob(digest)).toBe(true);
    expect(await push()).toBe('present');
    expect([count('POST'), count('PUT')]).toEqual([1, 1]);
  });

  it('may be empty', async () => {
    expect(await push(Buffer.alloc(0))).toBe('uploaded');
    expectStored(Buffer.alloc(0));
  });

  it('is one of several on few connections', async () => {
    const repository = await open();
    const before = registry.connections;
    for (let number = 0; number < 8; number++) {
      const bytes = Buffer.from(`number ${number}`);
      await repository.pushBlob(digestOf(bytes), sourceOfBytes(bytes));
    }
    expect(count('PUT')).toBe(8);
    expect(registry.connections - before).toBeLessThanOrEqual(4);
  });

  it('is one of several at once, whatever happens to them', async () => {
    const repository = await open();
    const blobs = Array.from({ length: 12 }, (_, number) => blob.subarray(number, 200_000 + number * 1000));
    registry.cuts.push(...[1, 70_000, 150_000].map((bytes) => ({ bytes, kept: true })));
    registry.faults.push(
      timesOf('PUT', 3, UPLOADS, answers(503)),
      timesOf('POST', 2, UPLOADS, answers(429, { 'Retry-After': '0' })),
      losesReplies('PUT', 2, UPLOADS),
    );
    await Promise.all(blobs.map((bytes) => repository.pushBlob(digestOf(bytes), sourceOfBytes(bytes))));
    for (const bytes of blobs) expectStored(bytes);
  });

  it('is read from a file', async () => {
    const file = place('blob');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, blob);
    registry.cuts.push({ bytes: 5 * MiB, kept: true });
    expect(await push(blob, sourceOfFile(file, blob.length))).toBe('uploaded');
    expectStored();
  });

  it.each(['relative', 'query'] as const)('goes to an address that is %s', async (location) => {
    registry.uploads.manners.location = location;
    registry.cuts.push({ bytes: MiB, kept: true });
    await push();
    expectStored();
    expect(parts().length).toBeGreaterThan(0);
  });

  it('that another repository has is mounted', async () => {
    registry.keep('base', digest, blob);
    const repository = await open();
    expect(await repository.pushBlob(digest, sourceOfBytes(blob), { mountFrom: 'base' })).toBe('mounted');
    expectStored();
    expect(requests()).toEqual([`HEAD /v2/app/blobs/${digest}`, 'POST /v2/app/blobs/uploads/']);
    expect(registry.seen.at(-1)?.path).toMatch(/\?mount=sha256%3A[\da-f]{64}&from=base$/);
  });

  it('that cannot be mounted is sent to where the registry then says', async () => {
    registry.keep('base', digest, blob);
    registry.uploads.manners.mount = 'upload instead';
    const repository = await open();
    expect(await repository.pushBlob(digest, sourceOfBytes(blob), { mountFrom: 'base' })).toBe('uploaded');
    expectStored();
    expect(count('POST')).toBe(1);
  });

  it.each<[string, Fault]>([
    ['refused', timesOf('POST', 1, /mount=/, answers(400))],
    ['not allowed', timesOf('POST', 1, /mount=/, answers(403))],
    ['more than the registry can do', timesOf('POST', 1, /mount=/, answers(500))],
    ['broken off', timesOf('POST', 1, /mount=/, (_, response) => response.destroy())],
  ])('is sent when its mounting is %s', async (_, fault) => {
    registry.keep('base', digest, blob);
    registry.faults.push(fault);
    const repository = await open();
    expect(await repository.pushBlob(digest, sourceOfBytes(blob), { mountFrom: 'base' })).toBe('uploaded');
    expectStored();
    expect(registry.seen.filter(({ path }) => path.includes('mount='))).toHaveLength(1);
  });

  it('is not mounted from its own repository, nor from none', async () => {
    const repository = await open();
    await repository.pushBlob(digest, sourceOfBytes(blob), { mountFrom: 'app' });
    await push(small);
    expect(registry.seen.filter(({ path }) => path.includes('mount='))).toEqual([]);
  });
});

describe('an upload that is disturbed', () => {
  it('goes on where the registry says that it stands', async () => {
    registry.cuts.push({ bytes: 6 * MiB, kept: true }, { bytes: MiB, kept: true });
    await push();
    expectStored();
    expect(parts()).toEqual([`${6 * MiB}-${blob.length - 1}`, `${7 * MiB}-${blob.length - 1}`]);
    expect(count('POST')).toBe(1);
  });

  it('starts over where the registry forgot it', async () => {
    registry.cuts.push({ bytes: 6 * MiB, kept: false });
    registry.faults.push(timesOf('GET', 1, UPLOADS, answers(404)));
    await push();
    expectStored();
    expect([count('POST'), count('PUT'), count('PATCH')]).toEqual([2, 2, 0]);
  });

  it('starts over where the registry has none or one byte, which cannot be told apart', async () => {
    registry.cuts.push({ bytes: 1, kept: false });
    await push();
    expectStored();
    expect(count('POST')).toBe(2);
  });

  it('is not sent again when only the last answer was lost', async () => {
    registry.faults.push(losesReplies('PUT', 1, UPLOADS));
    await push();
    expectStored();
    expect(count('PUT')).toBe(1);
  });

  it('does not send a part again whose answer was lost', async () => {
    registry.cuts.push({ bytes: MiB, kept: true });
    registry.faults.push(losesReplies('PATCH', 1, UPLOADS));
    await push();
    expectStored();
    expect(parts()).toEqual([`${MiB}-${blob.length - 1}`]);
  });

  it('goes on from where the registry is when that is out of step', async () => {
    registry.cuts.push({ bytes: MiB, kept: true });
    registry.faults.push(
      timesOf('GET', 1, UPLOADS, (request, response) => {
        response.writeHead(204, { Location: request.url, Range: `0-${3 * MiB}` }).end();
      }),
    );
    await push();
    expectStored();
    expect(parts()).toEqual([`${3 * MiB + 1}-${blob.length - 1}`, `${MiB}-${blob.length - 1}`]);
  });

  it('goes on after what the registry took of a part', async () => {
    registry.cuts.push({ bytes: MiB, kept: true });
    registry.faults.push((request, response, body) => {
      if (request.method !== 'PATCH' || body.length !== blob.length - MiB) return false;
      const url = new URL(request.url ?? '', registry.origin);
      registry.uploads.keepCut(url, body.subarray(0, 3 * MiB));
      response.writeHead(202, { Range: `0-${4 * MiB - 1}` }).end();
      return true;
    });
    await push();
    expectStored();
    expect(parts()).toEqual([MiB, 4 * MiB].map((start) => `${start}-${blob.length - 1}`));
  });

  it('that the registry claims to have more of than was sent is given up', async () => {
    registry.cuts.push(...Array(5).fill({ bytes: MiB, kept: true }));
    registry.faults.push(
      timesOf('PATCH', 99, UPLOADS, (_, response) => response.writeHead(202, { Range: '0-99999999' }).end()),
    );
    await expect(push()).rejects.toMatchObject({ kind: 'bytes' });
  });

  it('is sent in parts that a server takes', async () => {
    registry.uploads.manners.largestBody = 5 * MiB;
    await push();
    expectStored();
    expect(parts().slice(-3)).toEqual([
      `0-${4 * MiB - 1}`,
      `${4 * MiB}-${8 * MiB - 1}`,
      `${8 * MiB}-${blob.length - 1}`,
    ]);
  });

  it('is sent in parts that are not smaller than a server wants them', async () => {
    registry.uploads.manners.largestBody = 7 * MiB;
    registry.uploads.manners.chunkMinimum = 6 * MiB;
    await push();
    expectStored();
    expect(parts().slice(-2)).toEqual([`0-${6 * MiB - 1}`, `${6 * MiB}-${blob.length - 1}`]);
  });

  it('that is too large in any part is given up', async () => {
    registry.uploads.manners.largestBody = 1000;
    await expect(push()).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('413'),
    });
  });

  it.each([
    ['HEAD', /\/blobs\//],
    ['POST', UPLOADS],
    ['PUT', UPLOADS],
  ])('by passing trouble at %s is done again', async (method, path) => {
    registry.faults.push(
      timesOf(method, 1, path, answers(503)),
      timesOf(method, 1, path, answers(429, { 'Retry-After': '0' })),
      timesOf(method, 1, path, (_, response) => response.destroy()),
    );
    await push();
    expectStored();
  });

  it('waits as long as it is asked to', async () => {
    registry.faults.push(timesOf('PUT', 1, UPLOADS, answers(429, { 'Retry-After': '1' })));
    const waits = recordWaits();
    await push(small);
    expect(waits).toEqual([1000]);
  });

  it('does not wait without end', async () => {
    registry.faults.push(timesOf('PUT', 9, UPLOADS, answers(429, { 'Retry-After': '86400' })));
    await expect(push(small)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('on command'),
    });
    expect(count('PUT')).toBe(1);
  });

  it('by lasting trouble is given up', async () => {
    registry.faults.push(timesOf('PUT', 99, UPLOADS, answers(500)));
    await expect(push(small)).rejects.toMatchObject({ code: 'unreachable' });
    expect(count('PUT')).toBe(access.patience.attempts);
  });

  it('by a server that takes no more of it is given up', async () => {
    access = quickAccess({
      patience: { ...access.patience, idle: 200, headers: 200, attempts: 1 },
    });
    await serve();
    registry.stallUploads = true;
    await expect(push(Buffer.concat(Array(5).fill(blob)))).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('is left at once when it is broken off', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    registry.faults.push(timesOf('PUT', 1, UPLOADS, () => stop.abort(reason)));
    const repository = await open();
    await expect(repository.pushBlob(digest, sourceOfBytes(blob), { signal: stop.signal })).rejects.toBe(
      reason,
    );
  });

  it('in whatever way ends well or with an error, and nothing wrong is stored', async () => {
    const fault = fc.oneof(
      fc.record({ bytes: fc.integer({ min: 1, max: 250_000 }), kept: fc.boolean() }),
      fc.record({
        method: fc.constantFrom('HEAD', 'GET', 'POST', 'PATCH', 'PUT'),
        status: fc.constantFrom(0, 400, 404, 416, 429, 500, 503),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fault, { maxLength: 6 }),
        fc.integer({ min: 1, max: 300_000 }),
        async (plan, size) => {
          const bytes = blob.subarray(0, size);
          registry.cuts.splice(0);
          registry.faults.splice(0);
          registry.forget();
          for (const step of plan) {
            if ('bytes' in step) registry.cuts.push(step);
            else if (step.status === 0) registry.faults.push(losesReplies(step.method, 1, /\/blobs\//));
            else registry.faults.push(timesOf(step.method, 1, /\/blobs\//, answers(step.status)));
          }
          const outcome = await push(bytes).catch((thrown: unknown) => thrown);
          if (typeof outcome === 'string') expectStored(bytes);
          else expect(outcome).toMatchObject({ name: 'VarveError', kind: 'outside' });
          const stored = registry.find('app', digestOf(bytes));
          expect(stored === undefined || stored.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('what is pushed', () => {
  it('is not sent whole when it has another digest', async () => {
    const changed = Buffer.concat([blob.subarray(0, blob.length - 1), Buffer.from('x')]);
    await expect(push(blob, sourceOfBytes(changed))).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: expect.stringContaining(digest),
    });
    expect(registry.find('app', digest)).toBeUndefined();
  });

  it.each<[string, (file: string) => void, string]>([
    ['was cut off', (file) => truncateSync(file, 100), 'truncated'],
    ['is gone', () => {}, 'unreachable'],
  ])('from a file that %s says so', async (_, change, code) => {
    const file = place('damaged');
    if (code === 'truncated') {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, blob);
    }
    change(file);
    await expect(push(blob, sourceOfFile(file, blob.length))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(file),
    });
  });

  it('and stored as something else is an error', async () => {
    const other = digestOf('other bytes') as Digest;
    registry.uploads.manners.storedAs = other;
    await expect(push()).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: expect.stringContaining(other),
    });
  });

  it('and arrives damaged is sent again, and given up if that stays', async () => {
    registry.faults.push(timesOf('PUT', 1, UPLOADS, answers(400)));
    await push();
    expectStored();
    registry.faults.push(timesOf('PUT', 99, UPLOADS, answers(400)));
    await expect(push(small)).rejects.toMatchObject({ message: expect.stringContaining('on command') });
  });
});

describe('a registry that says where to upload', () => {
  const sendsTo = (location: string | undefined): Fault =>
    timesOf('POST', 99, UPLOADS, (_, response) =>
      response.writeHead(202, location === undefined ? {} : { Location: location }).end(),
    );

  it('may name another server, which is not told who one is', async () => {
    await serve({ auth: { kind: 'bearer' } });
    await using other = await MemoryRegistry.start();
    const taken: Buffer[] = [];
    other.faults.push((_, response, body) => {
      taken.push(body);
      response.writeHead(201).end();
      return true;
    });
    registry.faults.push(sendsTo(`${other.origin}/take?signature=x%20y`));
    await push();
    expect(Buffer.concat(taken).equals(blob)).toBe(true);
    expect(other.seen).toEqual([
      expect.objectContaining({
        method: 'PUT',
        path: `/take?signature=x%20y&digest=${encodeURIComponent(digest)}`,
        authorization: undefined,
      }),
    ]);
    expect(registry.seen.some(({ authorization }) => authorization !== undefined)).toBe(true);
  });

  it('may send a part on to another server, which is not told either', async () => {
    await serve({ auth: { kind: 'bearer' } });
    await using other = await MemoryRegistry.start();
    other.faults.push((_, response) => {
      response.writeHead(201).end();
      return true;
    });
    registry.faults.push(
      timesOf('PUT', 1, UPLOADS, (_, response) =>
        response.writeHead(307, { Location: `${other.origin}/take` }).end(),
      ),
    );
    await push(small);
    expect(other.seen.map(({ method, authorization }) => [method, authorization])).toEqual([
      ['PUT', undefined],
    ]);
  });

  it.each([
    ['nothing', undefined, 'malformed'],
    ['a file', 'file:///etc/passwd', 'unreachable'],
    ['no address', 'http://[', 'unreachable'],
  ])('and names %s is not followed', async (_, location, code) => {
    registry.faults.push(sendsTo(location));
    await expect(push(small)).rejects.toMatchObject({ code });
  });

  it('does not have the secret of the address shown', async () => {
    registry.faults.push(sendsTo('http://127.0.0.1:9/take?signature=secret'));
    const fault = await push(small).catch((thrown: unknown) => thrown);
    expect(fault).toMatchObject({ code: 'unreachable' });
    expect(JSON.stringify([String(fault), (fault as { hint?: string }).hint])).not.toContain('secret');
  });
});

describe('a registry that wants to know who pushes', () => {
  const login = { username: 'ann', password: 'p:ß' };

  async function serveTo(
    kind: 'basic' | 'bearer',
    more: Partial<NonNullable<MemoryRegistryOptions['auth']>> = {},
    isKnown = true,
  ): Promise<void> {
    await serve({ auth: { kind, login, ...more } });
    if (!isKnown) return;
    const file = place('config.json');
    mkdirSync(dirname(file), { recursive: true });
    const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
    writeFileSync(file, JSON.stringify({ auths: { [registry.host]: { auth } } }));
    access = quickAccess({ credentialsFile: file });
    await registries[Symbol.asyncDispose]();
    registries = new Registries(access);
  }

  it.each(['basic', 'bearer'] as const)('is told by %s', async (kind) => {
    await serveTo(kind);
    await push();
    expectStored();
  });

  it('is asked for the right to push', async () => {
    await serveTo('bearer');
    await push();
    const asked = registry.seen.filter(({ path }) => path.startsWith('/token')).map(({ path }) => path);
    expect(asked).toEqual([expect.stringContaining(encodeURIComponent('repository:app:pull,push'))]);
  });

  it.each([1, 2, 3])(
    'whose tokens are good for %i requests gives new ones in mid-upload',
    async (tokenUses) => {
      await serveTo('bearer', { tokenUses });
      registry.cuts.push({ bytes: 2 * MiB, kept: true }, { bytes: MiB, kept: true });
      await push();
      expectStored();
    },
  );

  it('is asked for the right to mount', async () => {
    await serveTo('bearer');
    registry.keep('base', digest, blob);
    const repository = await open();
    expect(await repository.pushBlob(digest, sourceOfBytes(blob), { mountFrom: 'base' })).toBe('mounted');
  });

  it('may refuse the right to mount, and is then sent the blob', async () => {
    await serveTo('bearer');
    registry.keep('base', digest, blob);
    registry.faults.push(
      timesOf('POST', 1, /mount=/, (_, response) => {
        const scope = 'repository:app:pull,push repository:base:pull';
        response.setHeader('WWW-Authenticate', `Bearer realm="${registry.origin}/token",scope="${scope}"`);
        sendJson(response, 401, {});
      }),
      timesOf('GET', 1, /base/, answers(403)),
    );
    const repository = await open();
    expect(await repository.pushBlob(digest, sourceOfBytes(blob), { mountFrom: 'base' })).toBe('uploaded');
    expectStored();
  });

  it('may not have what was logged in with sent on to another server', async () => {
    await using other = await MemoryRegistry.start();
    await serve({ auth: { kind: 'bearer' } });
    const file = place('config.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ auths: { [registry.host]: { identitytoken: 'secret' } } }));
    access = quickAccess({ credentialsFile: file });
    await registries[Symbol.asyncDispose]();
    registries = new Registries(access);
    registry.faults.push(
      timesOf('POST', 1, /\/token/, (_, response) =>
        response.writeHead(307, { Location: `${other.origin}/token` }).end(),
      ),
    );
    await expect(push()).rejects.toMatchObject({ code: 'denied' });
    expect(registry.seen.at(-1)).toMatchObject({ method: 'POST', path: '/token' });
    expect(other.seen).toEqual([]);
  });

  it.each<[string, () => Promise<void>]>([
    ['is not known', () => serveTo('bearer', {}, false)],
    ['may only read', () => serveTo('bearer', { readOnly: true })],
    ['is not known by name', () => serveTo('basic', {}, false)],
  ])('refuses who %s', async (_, prepare) => {
    await prepare();
    await expect(push()).rejects.toMatchObject({
      code: 'denied',
      hint: expect.stringContaining(`docker login ${registry.host}`),
    });
    expect(registry.find('app', digest)).toBeUndefined();
  });
});
