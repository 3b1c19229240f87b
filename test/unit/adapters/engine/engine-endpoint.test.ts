import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { findEngineEndpoint } from '../../../../src/adapters/engine/engine-endpoint.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const place = temporaryFolder();
const servers = new AsyncDisposableStack();
let home: string;

beforeEach(() => {
  home = place();
});

afterAll(() => servers.disposeAsync());

const find = (environment: Record<string, string> = {}) =>
  findEngineEndpoint({ environment, home, dockerFolder: join(home, '.docker') });

function write(path: string, content: unknown): void {
  const file = join(home, '.docker', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');

function addContext(name: string, docker: unknown): void {
  write(`contexts/meta/${idOf(name)}/meta.json`, { Name: name, Endpoints: { docker } });
}

async function listen(path: string): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  const server = createServer();
  servers.defer(() => void server.close());
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return path;
}

describe('DOCKER_HOST', () => {
  it.each([
    ['unix:///run/engine.sock', { kind: 'socket', path: '/run/engine.sock' }],
    ['/run/engine.sock', { kind: 'socket', path: '/run/engine.sock' }],
    ['tcp://10.0.0.5:2375', { kind: 'tcp', host: '10.0.0.5', port: 2375, tls: null }],
    ['tcp://engine', { kind: 'tcp', host: 'engine', port: 2375, tls: null }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375, tls: null }],
    ['http://engine:80', { kind: 'tcp', host: 'engine', port: 80, tls: null }],
    ['tcp://engine:80', { kind: 'tcp', host: 'engine', port: 80, tls: null }],
  ])('%s', (host, target) => {
    expect(find({ DOCKER_HOST: host })?.target).toEqual(target);
  });

  it('https://engine is TLS that must be good', () => {
    expect(find({ DOCKER_HOST: 'https://engine' })?.target).toMatchObject({
      port: 2376,
      tls: { verify: true },
    });
  });

  it.each([
    [{ DOCKER_TLS_VERIFY: '1' }, true],
    [{ DOCKER_TLS: '1' }, false],
  ])('with %o takes the certificates of a folder', (more, verify) => {
    write('certificates/ca.pem', 'authority');
    write('certificates/key.pem', 'key');
    const DOCKER_CERT_PATH = join(home, '.docker/certificates');
    expect(find({ DOCKER_HOST: 'tcp://engine', DOCKER_CERT_PATH, ...more })?.target).toEqual({
      kind: 'tcp',
      host: 'engine',
      port: 2376,
      tls: { ca: 'authority', cert: null, key: 'key', verify },
    });
  });

  it.each([
    ['ssh://user@host', /ssh -L/],
    ['npipe:////./pipe/docker_engine', /unix:/],
    ['somewhere', /unix:/],
    ['tcp://', /unix:/],
    ['tcp://127.0.0.1:99999', /HOST:PORT/],
    ['unix://', /PATH/],
  ])('%s is refused with what to do', (host, hint) => {
    expect(() => find({ DOCKER_HOST: host })).toThrow(
      expect.objectContaining({ code: 'bad-option', hint: expect.stringMatching(hint) }),
    );
  });
});

it('what is no address is not said to be of a scheme that cannot be used', () => {
  expect(() => find({ DOCKER_HOST: 'tcp://engine:99999' })).toThrow(/it is not an address/);
});

describe('a context', () => {
  it('that is in use counts', () => {
    write('config.json', { currentContext: 'far' });
    addContext('far', { Host: 'tcp://far:2376', SkipTLSVerify: true });
    write(`contexts/tls/${idOf('far')}/docker/ca.pem`, 'authority');
    expect(find()?.target).toEqual({
      kind: 'tcp',
      host: 'far',
      port: 2376,
      tls: { ca: 'authority', cert: null, key: null, verify: false },
    });
  });

  it('that DOCKER_CONTEXT names counts more, and DOCKER_HOST most', () => {
    write('config.json', { currentContext: 'far' });
    addContext('near', { Host: 'unix:///near.sock' });
    expect(find({ DOCKER_CONTEXT: 'near' })?.address).toBe('unix:///near.sock');
    expect(find({ DOCKER_CONTEXT: 'near', DOCKER_HOST: 'unix:///other.sock' })?.address).toBe(
      'unix:///other.sock',
    );
  });

  it.each(['gone', '../../etc'])('%s that is not there is an error', (name) => {
    expect(() => find({ DOCKER_CONTEXT: name })).toThrow(
      expect.objectContaining({ code: 'bad-option', hint: expect.stringContaining('docker context ls') }),
    );
  });

  it('that is damaged is an error', () => {
    write('config.json', { currentContext: 'far' });
    write(`contexts/meta/${idOf('far')}/meta.json`, '{"Endpoints":');
    expect(() => find()).toThrow(expect.objectContaining({ code: 'bad-option' }));
  });
});

describe('where nobody says where the engine is', () => {
  it.each([
    ['docker.sock', 'docker.sock'],
    ['podman/podman.sock', 'podman/podman.sock'],
  ])('%s of the user is found', async (socket) => {
    const runtime = place('r');
    const path = await listen(join(runtime, socket));
    const found = find({ XDG_RUNTIME_DIR: runtime });
    // An engine of the machine itself comes first.
    expect([path, '/var/run/docker.sock', '/run/podman/podman.sock']).toContain(
      found?.address.slice('unix://'.length),
    );
  });

  it('CONTAINER_HOST counts, as for Podman', () => {
    expect(find({ CONTAINER_HOST: 'unix:///pod.sock' })?.address).toBe('unix:///pod.sock');
  });
});
