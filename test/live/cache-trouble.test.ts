import { accessSync, chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CacheService } from '../support/cache-service.ts';
import { CachedWorkflow } from '../support/cached-workflow.ts';
import { GitHubApi, send } from '../support/github-api.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const commit = (letter: string): string => letter.repeat(40);
const RESTORE = '/twirp/github.actions.results.api.v1.CacheService/GetCacheEntryDownloadURL';
const SAVE = '/twirp/github.actions.results.api.v1.CacheService/CreateCacheEntry';
/** Pauses between two attempts take no time; a service that is silent is waited for a fifth as long. */
const WAITS = { pauses: 'below=5000&by=100', all: 'below=60000&by=5&clock=5' };

let image = '';

beforeAll(async () => {
  const made = makeImage([await makeLayer({ 'app/version': 'one' })]);
  image = `oci:${writeFolder(newPath('image'), layoutFiles([made.descriptor], made.blobs))}`;
});

/** Runs twice against a service that does to some paths what it should not. */
async function runTwice(isMeant: (path: string) => boolean, answer: (response: ServerResponse) => void) {
  const waits = answer === silence || answer === tardy ? WAITS.all : WAITS.pauses;
  const preload = new URL(`../support/shortened-waits.ts?${waits}`, import.meta.url);
  await using service = await CacheService.start();
  const workflow = new CachedWorkflow(service, newPath);
  await workflow.push(image, commit('a'));
  service.seen.length = 0;
  service.faults.push((path, response) => {
    if (!isMeant(path)) return false;
    answer(response);
    return true;
  });
  const outcome = await workflow.push(image, commit('b'), {
    env: { NODE_OPTIONS: `--import=${preload}` },
  });
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  return { outcome, seen: [...service.seen] };
}

const silence = (): void => undefined;
/** Answers that there is nothing, four and a half seconds later as the other side counts. */
const tardy = (response: ServerResponse): void => {
  const body = JSON.stringify({ ok: false, matched_key: '', signed_upload_url: '' });
  setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(body), 900);
};
const say = (status: number, msg: string) => (response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ msg }));
};

describe('a cache service', () => {
  it.each([
    ['is silent', silence, 1, 'no answer came within 5 seconds'],
    ['fails', say(503, 'busy'), 2, 'Failed request: (503) Service Unavailable: busy'],
    ['refuses', say(403, 'cache read denied: no scope'), 1, '(403) Forbidden: cache read denied: no scope'],
  ])('that %s is left soon, and nothing is saved there', async (_, answer, requests, reason) => {
    const { outcome, seen } = await runTwice((path) => path === RESTORE, answer);
    expect(seen).toEqual(Array.from({ length: requests }, () => `POST ${RESTORE}`));
    expect(outcome.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'false' });
    expect(outcome.warnings).toEqual([
      expect.stringContaining(`nothing was restored from cache: `),
      expect.stringContaining('the snapshot was not saved in cache either'),
    ]);
    expect(outcome.warnings[0]).toContain(reason);
  });

  it.each([
    ['is silent', silence, 'no answer came within 5 seconds'],
    ['fails', say(500, 'full'), 'Failed request: (500) Internal Server Error: full'],
    ['refuses', say(400, 'no such plan'), '(400) Bad Request: no such plan'],
  ])('that %s only when it is to save is reported with its own reason', async (_, answer, reason) => {
    const { outcome } = await runTwice((path) => path === SAVE, answer);
    expect(outcome.outputs).toMatchObject({ 'baseline-found': 'true', 'baseline-saved': 'false' });
    const [warning = ''] = outcome.warnings.filter((each) => each.includes('not saved'));
    expect(warning).toContain('the snapshot was not saved in cache: ');
    expect(warning).toContain(reason);
    expect(warning).not.toContain('another job');
  });

  it('that answers each question in the nick of time is left within nine seconds in all', async () => {
    const { outcome, seen } = await runTwice((path) => path === RESTORE || path === SAVE, tardy);
    expect(seen).toHaveLength(2);
    expect(outcome.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'false' });
    expect(outcome.warnings.join()).toMatch(/no answer came within (3\.\d|4) seconds/);
  });

  it('whose storage is silent is left soon too', async () => {
    const { outcome, seen } = await runTwice((path) => path.startsWith('/blobs/'), silence);
    expect(outcome.warnings[0]).toMatch(/nothing was restored|cannot be unpacked/);
    expect(outcome.warnings[0]).toContain('no answer came within 8 seconds');
    expect(seen.filter((each) => each.endsWith(SAVE))).toEqual([]);
  });
});

it('an API that gives no answer is asked once for the rules and once for all else', async () => {
  await using service = await CacheService.start();
  const workflow = new CachedWorkflow(service, newPath);
  await workflow.push(image, commit('a'));
  const api = await GitHubApi.start();
  api.interfere = (_, response) => {
    response.destroy();
    return true;
  };
  const outcome = await workflow.pull(image, 7, commit('e'), commit('a'), { api: api.url });
  const asked = new Set(api.requests.map((path) => path.replace(/^\/repos\/octocat\/shop\/|[/?].*$/g, '')));
  expect([...asked]).toEqual(['git', 'compare']);
  expect(outcome).toMatchObject({ status: 0, stderr: '', outputs: { changed: '' } });
  expect(outcome.outputs.headline).toBe('baseline unverified: no change');
});

it('an API that answers each question in the nick of time is left within ten seconds in all', async () => {
  await using service = await CacheService.start();
  const workflow = new CachedWorkflow(service, newPath);
  await workflow.push(image, commit('a'));
  const api = await GitHubApi.start();
  api.interfere = (_, response) => {
    setTimeout(() => send(response, 404, { message: 'Not Found' }), 1100);
    return true;
  };
  const preload = new URL('../support/shortened-waits.ts?clock=5', import.meta.url);
  const outcome = await workflow.pull(image, 7, commit('e'), commit('a'), {
    api: api.url,
    env: { NODE_OPTIONS: `--import=${preload}` },
  });
  expect(outcome).toMatchObject({ status: 0, stderr: '', outputs: { changed: '' } });
  expect(outcome.outputs.headline).toBe('baseline unverified: no change');
  expect(outcome.warnings.join()).toContain('took 10 seconds in all for its answers');
});

it('a service that repeats the token that it was sent does not have it shown', async () => {
  await using service = await CacheService.start();
  const { ACTIONS_RUNTIME_TOKEN: token = '' } = service.environment({ scopes: ['refs/heads/main'] });
  service.faults.push((path, response) => {
    if (path !== RESTORE) return false;
    say(403, `not with ${token}`)(response);
    return true;
  });
  const outcome = await new CachedWorkflow(service, newPath).push(image, commit('a'));
  expect(outcome.warnings[0]).toContain('not with …');
  expect(outcome.stdout + outcome.summary).not.toContain(token);
});

/** A folder that has only some programs, so that others are not found. */
function onlyPrograms(...names: readonly string[]): string {
  const folder = newPath('programs');
  mkdirSync(folder);
  for (const name of names) {
    const places = (process.env.PATH ?? '').split(delimiter).map((place) => join(place, name));
    symlinkSync(places.find(isThere) ?? name, join(folder, name));
  }
  return folder;
}

function isThere(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}

/** A folder with programs that compress as zstd does, and are not ours. */
function otherZstd(): string {
  const folder = newPath('zstd');
  mkdirSync(folder);
  const node = (make: string) =>
    `exec '${process.execPath}' -e "process.stdin.pipe(require('zlib').${make}()).pipe(process.stdout)"`;
  const programs = {
    zstd: "echo '*** Zstandard CLI (64-bit) v1.5.4 ***'",
    zstdmt: node('createZstdCompress'),
    unzstd: node('createZstdDecompress'),
  };
  for (const [name, line] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
  return folder;
}

describe('the programs of a machine', () => {
  const WITHOUT_ZSTD = () => ({ PATH: onlyPrograms('tar', 'sh') });

  it('make no difference to what is found: entries are the same with zstd and without', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const withZstd = { PATH: `${otherZstd()}${delimiter}${process.env.PATH}` };
    await workflow.push(image, commit('a'), { env: withZstd });
    const inContainer = await workflow.push(image, commit('b'), { env: WITHOUT_ZSTD() });
    expect(inContainer.outputs).toMatchObject({ 'baseline-found': 'true', 'baseline-saved': 'true' });
    const outside = await workflow.push(image, commit('c'), { env: withZstd });
    expect(outside.pointer.baseline).toMatchObject({ commit: commit('b') });
    expect(new Set(service.entries.map(({ version }) => version)).size).toBe(1);
  });

  it.each([
    [
      'a tar of BusyBox',
      'echo "tar (busybox) 1.36.1"',
      /the tar here is not GNU tar \(busybox\), which the cache needs.*apk add tar/,
    ],
    ['a tar of BSD', 'echo "bsdtar 3.7.2"', /is not GNU tar \(bsdtar\)/],
  ])('with %s are named once', async (_, script, said) => {
    await using service = await CacheService.start();
    const folder = onlyPrograms('sh');
    writeFileSync(join(folder, 'tar'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'tar'), 0o755);
    const outcome = await new CachedWorkflow(service, newPath).push(image, commit('a'), {
      env: { PATH: folder },
    });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.warnings).toEqual([
      expect.stringMatching(said),
      expect.stringContaining('the snapshot was not saved in cache either'),
    ]);
    expect(service.seen).toEqual([]);
  });

  it('without tar are named', async () => {
    await using service = await CacheService.start();
    const outcome = await new CachedWorkflow(service, newPath).push(image, commit('a'), {
      env: { PATH: onlyPrograms('sh') },
    });
    expect(outcome.warnings[0]).toContain('there is no tar here, which the cache needs');
  });
});
