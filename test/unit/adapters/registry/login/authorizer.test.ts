import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpTransport } from '../../../../../src/adapters/http/http-transport.ts';
import type { Service } from '../../../../../src/adapters/http/service.ts';
import { Authorizer } from '../../../../../src/adapters/registry/login/authorizer.ts';
import { registryAt } from '../../../../../src/adapters/registry/registry-service.ts';
import { MemoryRegistry, quickAccess, sendJson } from '../../../../support/memory-registry.ts';

let server: MemoryRegistry;
let registry: Service;
let answer: unknown;
let now: number;
let transport: HttpTransport;
let authorizer: Authorizer;

beforeEach(async () => {
  server = await MemoryRegistry.start();
  registry = registryAt(new URL(server.origin));
  now = 0;
  server.faults.push((_, response) => {
    sendJson(response, 200, answer);
    return true;
  });
  transport = new HttpTransport(quickAccess());
  authorizer = authorizerOf(registry);
});

const authorizerOf = (registry: Service): Authorizer =>
  new Authorizer({
    transport,
    registry,
    host: server.host,
    scope: 'repository:app:pull',
    credentialsFile: null,
    now: () => now,
  });

afterEach(async () => {
  await transport.destroy();
  await server[Symbol.asyncDispose]();
});

const challenge = (realm = `${server.origin}/token`) => [`Bearer realm="${realm}",service="s"`];

describe('a token', () => {
  it.each([
    [{ token: 'a' }, 'Bearer a'],
    [{ access_token: 'b' }, 'Bearer b'],
    [{ token: '', access_token: 'c' }, 'Bearer c'],
  ])('is what is said to be one: %j', async (given, header) => {
    answer = given;
    expect(await authorizer.renew(null, challenge())).toBe(true);
    expect(await authorizer.header()).toBe(header);
    expect(server.seen.map(({ path }) => path)).toEqual(['/token?service=s&scope=repository%3Aapp%3Apull']);
  });

  it.each([
    ['breaks out of a header', { token: 'a\r\nx: y' }],
    ['is empty', { token: '' }],
    ['is none', {}],
    ['is of another kind', { token: 1 }],
    ['comes with a life before its time', { token: 'a', expires_in: -1 }],
  ])('that %s is refused', async (_, given) => {
    answer = given;
    await expect(authorizer.renew(null, challenge())).rejects.toMatchObject({ code: 'malformed' });
    expect(await authorizer.header()).toBeNull();
  });

  it.each([
    [{ token: 'a', expires_in: 300 }, 270],
    [{ token: 'a' }, 54],
  ])('%j is used for %d seconds, and fetched once however many ask', async (given, seconds) => {
    answer = given;
    await Promise.all([1, 2, 3].map(() => authorizer.renew(null, challenge())));
    now = seconds * 1000 - 1;
    await authorizer.header();
    expect(server.seen).toHaveLength(1);
    now += 1;
    answer = { token: 'new' };
    expect(await Promise.all([1, 2, 3].map(() => authorizer.header()))).toEqual(Array(3).fill('Bearer new'));
    expect(server.seen).toHaveLength(2);
  });
});

describe('a server for tokens', () => {
  it.each([
    ['not encrypted, for a registry that is', 'http://localhost:9/token', 'https://registry.example'],
    ['no web address', 'file:///etc/passwd', 'http://localhost'],
    ['nowhere', '', 'http://localhost'],
  ])('that is %s is not asked', async (_, realm, home) => {
    const asked = authorizerOf(registryAt(new URL(home)));
    await expect(asked.renew(null, challenge(realm))).rejects.toMatchObject({ code: 'denied' });
  });

  it.each([
    [500, {}, 'the token server of the registry fails: try again later'],
    [429, {}, 'the token server of the registry limits how often it is asked: log in, or wait and try again'],
  ])('that answers with %i is what the error speaks of', async (status, body, hint) => {
    server.faults.unshift((_, response) => {
      response.setHeader('Retry-After', '86400');
      sendJson(response, status, body);
      return true;
    });
    await expect(authorizer.renew(null, challenge())).rejects.toMatchObject({
      code: 'unreachable',
      object: `${server.origin}/token`,
      hint,
    });
  });

  it('that is not there is what the error speaks of', async () => {
    await expect(authorizer.renew(null, challenge('http://127.0.0.1:1/token'))).rejects.toMatchObject({
      object: 'http://127.0.0.1:1/token',
      hint: expect.stringContaining('whether the token server of the registry runs'),
    });
  });

  it('is not told what its address has of a user', async () => {
    answer = { token: 'a' };
    const realm = `${server.origin.replace('//', '//ann:secret@')}/token`;
    expect(await authorizer.renew(null, challenge(realm))).toBe(true);
    expect(server.seen[0]?.authorization).toBeUndefined();
  });
});

it('what asks for no known proof gets none', async () => {
  expect(await authorizer.renew(null, ['Negotiate', 'Digest realm="x"'])).toBe(false);
  expect(await authorizer.renew(null, ['Basic realm="x"'])).toBe(false);
  expect(server.seen).toEqual([]);
});
