import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type CallOptions, compare, history, openStore, snapshot } from '../../src/entry/library/exports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const image = `oci:${join(import.meta.dirname, '../../__fixtures__/app-v1')}:shop:v1`;

type Waiting = (host: string, options: CallOptions) => Promise<unknown>;

const ENGINE = (host: string, { environment, ...options }: CallOptions): CallOptions => ({
  ...options,
  environment: { ...environment, DOCKER_HOST: `tcp://${host}` },
});

/** Calls that wait for a server, by what they wait for. */
const WAITING: readonly (readonly [what: string, call: Waiting])[] = [
  ['a registry', (host, options) => compare(image, `docker://${host}/x`, {}, options)],
  ['an engine', (host, options) => compare(image, 'docker-daemon:x', {}, ENGINE(host, options))],
  ['a database', (host, options) => history('x', { baseline: `postgres://ci:x@${host}/x` }, options)],
  ['a store in a registry', (host, options) => openStore(`oci://${host}/x`, {}, options)],
  ['a baseline', (host, options) => snapshot(image, { name: 'x', baseline: `oci://${host}/x` }, options)],
  [
    'commits',
    (host, { environment, ...options }) =>
      snapshot(
        image,
        { name: 'x', baseline: `dir:${newPath('store')}`, 'github-token': 'x' },
        {
          ...options,
          environment: {
            ...environment,
            ...{ GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/web', GITHUB_API_URL: `http://${host}` },
            ...{ GITHUB_SHA: 'c'.repeat(40), GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' },
          },
        },
      ),
  ],
  [
    'a cache',
    (host, { environment, ...options }) =>
      snapshot(
        image,
        { name: 'x', baseline: 'cache' },
        {
          ...options,
          environment: {
            ...environment,
            ...{ PATH: process.env.PATH, GITHUB_SERVER_URL: 'https://github.com' },
            ...{ ACTIONS_CACHE_SERVICE_V2: '1', ACTIONS_RESULTS_URL: `http://${host}/` },
            ACTIONS_RUNTIME_TOKEN: `a.${Buffer.from('{"ac":"[]"}').toString('base64url')}.`,
          },
        },
      ),
  ],
];

it.each(WAITING)('a call that waits for %s ends with the reason that it is given', async (_, call) => {
  const home = newPath('home');
  mkdirSync(home);
  // It takes connections, and never says a word.
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const controller = new AbortController();
  const reason = new Error('enough');
  server.once('connection', () => controller.abort(reason));
  const environment = { HOME: home, GIT_DIR: '/nonexistent' };
  const options = { signal: controller.signal, environment };
  await expect(call(`127.0.0.1:${(server.address() as AddressInfo).port}`, options)).rejects.toBe(reason);
  server.close();
});
