import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineTls } from '../../../../src/adapters/engine/engine-certificates.ts';
import { EngineClient } from '../../../../src/adapters/engine/engine-client.ts';
import { type EngineFault, MemoryEngine } from '../../../support/memory-engine.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const place = temporaryFolder();
const id = `sha256:${'ab'.repeat(32)}`;
const patience = { answer: 60_000, export: 60_000, idle: 60_000 };
const impatience = { answer: 100, export: 100, idle: 100 };

let engine: MemoryEngine;

beforeEach(async () => {
  engine = await MemoryEngine.start(place('engine.sock'));
  engine.images.push({ names: ['app:1'], inspection: { Id: id }, archive: Buffer.alloc(100_000) });
});

afterEach(() => engine[Symbol.asyncDispose]());

const client = (waiting = patience): EngineClient => {
  const target = { kind: 'socket', path: engine.socket } as const;
  return new EngineClient({ address: `unix://${engine.socket}`, target }, waiting);
};

const on =
  (end: string, act: EngineFault): EngineFault =>
  (path, response) =>
    path.endsWith(end) && act(path, response);

describe('an engine is spoken to in a language that it knows', () => {
  it.each([
    ['1.24', undefined],
    ['1.41', undefined],
    ['1.48', '?manifests=1'],
    ['1.99', '?manifests=1'],
  ])('%s', async (version, query = '') => {
    engine.greeting = { 'Api-Version': version };
    expect(await client().inspect('app:1')).toMatchObject({ Id: id, RepoTags: ['app:1'] });
    expect(engine.asked).toEqual(['/_ping', `/images/app:1/json${query}`]);
  });
});

describe('an engine that says nothing', () => {
  const silent: EngineFault = () => true;
  const stalling: EngineFault = (_, response) => {
    response.writeHead(200).write('{');
    return true;
  };

  it.each([
    ['to a greeting', on('/_ping', silent)],
    ['to a question', on('/json', silent)],
    ['more in the midst of an answer', on('/json', stalling)],
  ])('%s is given up', async (_, fault) => {
    engine.fault = fault;
    await expect(client(impatience).inspect('app:1')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/does not answer|says nothing any more|comes too slowly/),
    });
  });

  it('in the end, however often it says a little, is given up', async () => {
    engine.fault = on('/json', (_, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
      return true;
    });
    await expect(client(impatience).inspect('app:1')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('its answer comes too slowly'),
    });
  });

  it('more in the midst of an export is given up', async () => {
    engine.fault = on('/get', stalling);
    const archive = await client({ ...impatience, export: 60_000 }).export(id, new AbortController().signal);
    await expect(archive.toArray()).rejects.toThrow('says nothing any more');
  });
});

describe('an export', () => {
  it('comes whole', async () => {
    const archive = await client().export(id, new AbortController().signal);
    expect(Buffer.concat(await archive.toArray())).toEqual(Buffer.alloc(100_000));
  });

  it('ends when it is called off', async () => {
    const abort = new AbortController();
    engine.fault = on('/get', () => {
      abort.abort(new Error('enough'));
      return true;
    });
    await expect(client().export(id, abort.signal)).rejects.toThrow('enough');
  });
});

describe('an engine that is spoken to over the network', () => {
  const PEM = 'no certificate';

  async function greet(answer: number, tls: EngineTls | null): Promise<unknown> {
    const server = createServer((_, response) =>
      response.writeHead(answer).end('Client sent an HTTP request'),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const target = { kind: 'tcp', host: '127.0.0.1', port, tls } as const;
    try {
      const asking = new EngineClient({ address: `tcp://127.0.0.1:${port}`, target }, patience).info();
      return await asking.catch((fault: unknown) => fault);
    } finally {
      server.close();
    }
  }

  it.each([400, 404])('may want TLS, or be none: %i', async (status) => {
    expect(await greet(status, null)).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('is not a container engine'),
      hint: expect.stringContaining('DOCKER_TLS_VERIFY'),
    });
  });

  it('may want no TLS', async () => {
    expect(await greet(400, { ca: null, cert: null, key: null, verify: true })).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/: wrong version number$/),
      hint: expect.stringContaining('DOCKER_TLS_VERIFY'),
    });
  });

  it('is not asked with certificates that are none', async () => {
    expect(await greet(200, { ca: PEM, cert: PEM, key: PEM, verify: true })).toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('DOCKER_CERT_PATH'),
    });
  });
});
