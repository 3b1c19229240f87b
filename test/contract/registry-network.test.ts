import type * as Dns from 'node:dns';
import { writeFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDispatchers } from '../../src/adapters/http/dispatchers.ts';
import { HttpTransport } from '../../src/adapters/http/http-transport.ts';
import { RegistryClient } from '../../src/adapters/registry/registry-client.ts';
import { registryAt } from '../../src/adapters/registry/registry-service.ts';
import { DEFAULT_LIMITS } from '../../src/base/limits.ts';
import { type MadeImage, makeImage } from '../support/image-maker.ts';
import { MemoryRegistry, quickAccess } from '../support/memory-registry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A name in the open net that leads to this machine. */
const TRAP = 'trap.example';

vi.mock('node:dns', async (importOriginal) => {
  const original = await importOriginal<typeof Dns>();
  const lookup = (name: string, ...rest: unknown[]) => {
    const callback = rest.at(-1) as (fault: null, addresses: object[]) => void;
    if (name === 'two-faced.example') {
      callback(
        null,
        ['127.0.0.1', '192.0.2.1'].map((address) => ({ address, family: 4 })),
      );
      return;
    }
    Reflect.apply(original.lookup, original, [name === 'trap.example' ? '127.0.0.1' : name, ...rest]);
  };
  return { ...original, lookup };
});

vi.mock('node:dns/promises', () => {
  const addresses: Record<string, string[]> = {
    'mixed.example': ['192.0.2.1', '10.0.0.1'],
    'intranet.example': ['10.0.0.1', '10.0.0.2'],
    'two-faced.example': ['10.0.0.1'],
  };
  const lookup = async (name: string) =>
    (addresses[name] ?? ['192.0.2.1']).map((address) => ({ address, family: 4 }));
  return { lookup, default: { lookup } };
});

const image: MadeImage = makeImage([]);
let server: MemoryRegistry;

beforeEach(async () => {
  server = await MemoryRegistry.start();
  server.put('v1', [image], []);
});

afterEach(() => server[Symbol.asyncDispose]());

describe('a registry of the open net', () => {
  const home = registryAt(new URL('https://192.0.2.1'));

  async function ask(url: string, asker = home): Promise<number> {
    const transport = new HttpTransport(quickAccess());
    try {
      return (await transport.send({ url: new URL(url), authorization: 'Basic secret' }, asker)).status;
    } finally {
      await transport.destroy();
    }
  }

  it.each([
    ['this machine', 'localhost'],
    ['a private address', '127.0.0.1'],
    ['one written as IPv6', '[::ffff:127.0.0.1]'],
    ['one behind a translation to IPv4', '[64:ff9b::7f00:1]'],
    ['a name that leads to one', TRAP],
  ])('sends nobody to %s', async (_, host) => {
    await expect(ask(`http://${host}:${server.port}/token`)).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('private network'),
    });
    expect(server.seen).toEqual([]);
  });

  it('is told from one of a private network by all addresses of its name', async () => {
    const url = `http://127.0.0.1:${server.port}/v2/`;
    expect(await ask(url, registryAt(new URL('https://intranet.example')))).toBe(200);
    await expect(ask(url, registryAt(new URL('https://mixed.example')))).rejects.toMatchObject({
      code: 'denied',
    });
  });

  it('is told by what requests found, not by what another lookup finds', async () => {
    server.faults.push((request, response) => {
      if (request.headers.host?.startsWith('two-faced') !== true) return false;
      response.writeHead(307, { Location: `http://127.0.0.1:${server.port}/v2/` }).end();
      return true;
    });
    const url = `http://two-faced.example:${server.port}/v2/`;
    await expect(ask(url, registryAt(new URL(url)))).rejects.toMatchObject({ code: 'denied' });
  });

  it.each(['https://192.0.2.1', 'https://intranet.example', 'http://localhost:1', 'http://169.254.169.254'])(
    'and one of any other, here %s, sends nobody to the local link',
    async (asker) => {
      for (const host of ['169.254.169.254', '[fe80::1]', '[::ffff:169.254.169.254]'])
        await expect(ask(`http://${host}/latest/`, registryAt(new URL(asker)))).rejects.toMatchObject({
          code: 'denied',
        });
    },
  );

  it('is told from one of this machine, which may', async () => {
    expect(await ask(`http://127.0.0.1:${server.port}/v2/`, registryAt(new URL('http://localhost:1')))).toBe(
      200,
    );
  });
});

describe('a registry behind a proxy', () => {
  const proxies = { http: '', https: '', none: '' };

  async function fetch(host: string, change: Partial<typeof proxies>): Promise<unknown> {
    const access = quickAccess({ plainHttp: true, proxies: { ...proxies, ...change } });
    await using client = new RegistryClient(access);
    const repository = await client.find(host, 'app');
    return (await repository.fetchManifest('v1', DEFAULT_LIMITS))?.digest;
  }

  it.each([
    ['', ''],
    ['with a scheme', 'http://'],
    ['with a password', 'http://ann:secret@'],
  ])('is asked through it, be its address written %s', async (_, prefix) => {
    const http = `${prefix}localhost:${server.port}`;
    expect(await fetch('registry.example', { http })).toBe(image.digest);
    expect(server.seen.map(({ path }) => path)).toEqual(['http://registry.example/v2/app/manifests/v1']);
  });

  it('is asked itself where it is on this machine', async () => {
    expect(await fetch(server.host, { http: 'http://127.0.0.1:9' })).toBe(image.digest);
  });

  it('is asked itself where it is an exception', async () => {
    const change = { http: 'http://127.0.0.1:9', none: 'other.example,0.0.0.0' };
    expect(await fetch(`0.0.0.0:${server.port}`, change)).toBe(image.digest);
  });

  it('is asked through a tunnel where it speaks TLS', async () => {
    const https = `http://localhost:${server.port}`;
    await using client = new RegistryClient(quickAccess({ proxies: { ...proxies, https } }));
    const repository = await client.find('registry.example', 'app');
    await expect(repository.fetchManifest('v1', DEFAULT_LIMITS)).rejects.toMatchObject({
      code: 'unreachable',
    });
    expect(server.seen[0]).toMatchObject({ method: 'CONNECT', path: 'registry.example:443' });
  });

  it('may send one on to what only the proxy finds', async () => {
    server.faults.push((request, response) => {
      if (request.url !== 'http://registry.example/v2/app/manifests/v1') return false;
      response.writeHead(307, { Location: 'http://storage.example/v2/app/manifests/v1' }).end();
      return true;
    });
    expect(await fetch('registry.example', { http: `localhost:${server.port}` })).toBe(image.digest);
  });

  it('sends nobody into a private network for a token', async () => {
    const realm = `http://127.0.0.1:${server.port}/token`;
    server.faults.push((request, response) => {
      if (request.url?.includes('/token')) return false;
      response.writeHead(401, { 'WWW-Authenticate': `Bearer realm="${realm}",service="x"` }).end();
      return true;
    });
    await expect(fetch('registry.example', { http: `localhost:${server.port}` })).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('private network'),
    });
    expect(server.seen.filter(({ path }) => path.includes('/token'))).toEqual([]);
  });

  it('is not asked with TLS through a proxy of what is plain', async () => {
    const dispatchers = await createDispatchers(
      quickAccess({ proxies: { ...proxies, http: 'http://127.0.0.1:9' } }),
    );
    const direct = dispatchers.find(new URL('https://localhost'), false);
    expect(dispatchers.find(new URL('https://registry.example'), false)).toBe(direct);
    expect(dispatchers.find(new URL('http://registry.example'), false)).not.toBe(direct);
    await dispatchers.destroy();
  });

  it.each(['ftp://ann:secret@proxy.example', 'http://', 'ann:secret@:x'])(
    'whose address is %s is an error that says so',
    async (http) => {
      const refused = fetch('registry.example', { http });
      await expect(refused).rejects.toMatchObject({
        code: 'bad-option',
        message: expect.stringContaining('HTTP_PROXY'),
      });
      await expect(refused).rejects.toThrow(expect.not.stringContaining('secret'));
    },
  );
});

describe('a server that a registry points to', () => {
  /** What is said when it answers a request for a manifest with a status. */
  async function refusalOf(status: number): Promise<unknown> {
    await using storage = await MemoryRegistry.start();
    storage.faults.push((_, response) => {
      response.writeHead(status, { 'Retry-After': '3600' }).end();
      return true;
    });
    server.faults.push((request, response) => {
      if (!request.url?.includes('/manifests/')) return false;
      response.writeHead(307, { Location: `${storage.origin}/kept?signature=secret` }).end();
      return true;
    });
    await using client = new RegistryClient(quickAccess());
    const repository = await client.find(server.host, 'app');
    const fault = await repository.fetchManifest('v1', DEFAULT_LIMITS).catch((error: unknown) => error);
    expect(fault).toMatchObject({ object: `${storage.origin}/kept` });
    return fault;
  }

  const name = () => `the server that ${server.host} points to`;

  it.each([
    [503, 'unreachable', () => `${name()} fails: try again later`],
    [429, 'unreachable', () => `${name()} limits how often it is asked: wait and try again`],
    [403, 'denied', () => `${name()} refuses: try again later`],
  ])('is what an error speaks of when it answers with %i', async (status, code, hint) => {
    expect(await refusalOf(status)).toMatchObject({ code, hint: hint() });
  });
});

describe('authorities of a registry', () => {
  const place = temporaryFolder();
  const BEGIN = '-----BEGIN CERTIFICATE-----';
  const END = '-----END CERTIFICATE-----';

  it.each([
    ['empty', ''],
    ['cut', `${BEGIN}\nMIIB\n`],
    ['damaged', `${BEGIN}\nMIIB\n${END}\n`],
    ['cut after a good one', `${rootCertificates[0]}\n${BEGIN}\nMIIB\n`],
    ['damaged next to good ones', `${rootCertificates[0]}\n${BEGIN}\nMIIB\n${END}\n`],
  ])('in a file that is %s are an error', async (name, text) => {
    const caFile = place(name);
    writeFileSync(caFile, text);
    await expect(createDispatchers(quickAccess({ caFile }))).rejects.toMatchObject({
      code: 'bad-option',
      object: caFile,
    });
  });

  it('may be several in one file', async () => {
    const caFile = place('several');
    writeFileSync(caFile, rootCertificates.slice(0, 3).join('\n# and\n'));
    await (await createDispatchers(quickAccess({ caFile }))).destroy();
  });
});
