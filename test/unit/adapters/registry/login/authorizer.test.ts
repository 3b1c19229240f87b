import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpTransport } from '../../../../../src/adapters/registry/http/http-transport.ts';
import { Authorizer } from '../../../../../src/adapters/registry/login/authorizer.ts';
import { MemoryRegistry, quickAccess, sendJson } from '../../../../support/memory-registry.ts';

let server: MemoryRegistry;
let registry: URL;
let answer: unknown;
let now: number;
let transport: HttpTransport;
let authorizer: Authorizer;

beforeEach(async () => {
  server = await MemoryRegistry.start();
  registry = new URL(server.origin);
  now = 0;
  server.faults.push((_, response) => {
    sendJson(response, 200, answer);
    return true;
  });
  transport = new HttpTransport(quickAccess());
  authorizer = new Authorizer({
    transport,
    host: server.host,
    scope: 'repository:app:pull',
    credentialsFile: null,
    now: () => now,
  });
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
    expect(await authorizer.renew(null, challenge(), registry)).toBe(true);
    expect(await authorizer.header(registry)).toBe(header);
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
    await expect(authorizer.renew(null, challenge(), registry)).rejects.toMatchObject({ code: 'malformed' });
    expect(await authorizer.header(registry)).toBeNull();
  });

  it.each([
    [{ token: 'a', expires_in: 300 }, 270],
    [{ token: 'a' }, 54],
  ])('%j is used for %d seconds, and fetched once however many ask', async (given, seconds) => {
    answer = given;
    await Promise.all([1, 2, 3].map(() => authorizer.renew(null, challenge(), registry)));
    now = seconds * 1000 - 1;
    await authorizer.header(registry);
    expect(server.seen).toHaveLength(1);
    now += 1;
    answer = { token: 'new' };
    expect(await Promise.all([1, 2, 3].map(() => authorizer.header(registry)))).toEqual(
      Array(3).fill('Bearer new'),
    );
    expect(server.seen).toHaveLength(2);
  });
});

describe('a server for tokens', () => {
  it.each([
    ['not encrypted, for a registry that is', 'http://localhost:9/token', 'https://registry.example'],
    ['no web address', 'file:///etc/passwd', 'http://localhost'],
    ['nowhere', '', 'http://localhost'],
  ])('that is %s is not asked', async (_, realm, home) => {
    await expect(authorizer.renew(null, challenge(realm), new URL(home))).rejects.toMatchObject({
      code: 'denied',
    });
  });

  it('is not told what its address has of a user', async () => {
    answer = { token: 'a' };
    const realm = `${server.origin.replace('//', '//ann:secret@')}/token`;
    expect(await authorizer.renew(null, challenge(realm), registry)).toBe(true);
    expect(server.seen[0]?.authorization).toBeUndefined();
  });
});

it('what asks for no known proof gets none', async () => {
  expect(await authorizer.renew(null, ['Negotiate', 'Digest realm="x"'], registry)).toBe(false);
  expect(await authorizer.renew(null, ['Basic realm="x"'], registry)).toBe(false);
  expect(server.seen).toEqual([]);
});
