import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runAction } from '../support/action-runner.ts';
import { type CachedEntry, CacheService } from '../support/cache-service.ts';
import { CachedWorkflow, type PullOptions, type WorkflowOutcome } from '../support/cached-workflow.ts';
import { GitHubApi } from '../support/github-api.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const commit = (letter: string): string => letter.repeat(40);
const MAIN = 'refs/heads/main';
const PULL = 'refs/pull/7/merge';
const BASE = commit('a');

/** What main has, and what a pull request brings. */
const images: Record<'honest' | 'evil', string> = { honest: '', evil: '' };
/** What a run of main at the base commit left. */
let honest: CachedEntry;
let api: GitHubApi;
/** The lowest layer of both, as an image. */
let lowest: string;

beforeAll(async () => {
  api = await GitHubApi.start();
  api.files = new Map([[BASE, {}]]);
  const base = await makeLayer({ 'etc/os-release': 'ID=test' });
  const layers = {
    honest: await makeLayer({ 'app/run': 'honest' }),
    evil: await makeLayer({ 'app/run': 'evil' }),
  };
  for (const name of ['honest', 'evil'] as const) {
    const image = makeImage([base, layers[name]]);
    images[name] = `oci:${writeFolder(newPath(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
  const below = makeImage([base]);
  lowest = `oci:${writeFolder(newPath('lowest'), layoutFiles([below.descriptor], below.blobs))}`;
  await using service = await CacheService.start();
  await new CachedWorkflow(service, newPath).push(images.honest, BASE);
  const [entry] = service.entries;
  if (entry === undefined) throw new Error('nothing was saved');
  honest = entry;
});

/** The first push: its workflow, which is the author's own, saves what it likes under the key of the base commit. */
async function forge(
  service: CacheService,
  ref = PULL,
  inputs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const [run = ''] = /[0-9]+-1$/.exec(honest.key) ?? [];
  await new CachedWorkflow(service, newPath).push(images.evil, BASE, {
    ...{ scopes: [ref], inputs },
    env: { GITHUB_RUN_ID: run.replace(/-1$/, '') },
  });
  expect(service.entries.filter(({ key }) => key === honest.key).map(({ scope }) => scope)).toContain(ref);
}

/** A cache that main has filled, and an API that lists it. */
async function start(): Promise<CacheService> {
  const service = await CacheService.start();
  service.entries.push({ ...honest });
  api.caches = service.entries;
  api.interfere = () => false;
  return service;
}

/** The second push. */
function pull(service: CacheService, options: PullOptions = { api: api.url }, number = 7) {
  return new CachedWorkflow(service, newPath, 9).pull(images.evil, number, commit('e'), BASE, options);
}

/** The change against the honest base is shown. */
function expectChange(outcome: WorkflowOutcome): void {
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  expect(outcome.outputs).toMatchObject({
    changed: 'true',
    'baseline-found': 'true',
    'baseline-saved': 'false',
  });
  expect(outcome.pointer.baseline).toMatchObject({ found: 'base-commit', commit: BASE });
  expect(outcome.summary).toContain('app/run');
}

/** Nothing that could be read as "no change" or "known" is said. */
function expectDoubt(outcome: WorkflowOutcome, why: RegExp): void {
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  expect(outcome.outputs.changed).toBe('');
  expect(outcome.outputs.headline).toBe('baseline unverified: no change');
  expect(outcome.summary).toMatch(/^### ❓ .*baseline unverified: no difference found$/m);
  expect(outcome.summary).not.toContain('✅');
  expect(outcome.pointer).toMatchObject({ baseline: { unverified: true }, layers: { reused: 0, read: 2 } });
  expect(outcome.warnings.join('\n')).toMatch(why);
  expect(readComparison(outcome)).toMatchObject({ changed: null });
}

function readComparison({ workspace, outputs }: WorkflowOutcome): unknown {
  return JSON.parse(readFileSync(resolve(workspace, outputs['comparison-path'] ?? ''), 'utf8'));
}

describe('an entry that the author of a pull request has forged', () => {
  it.each<[string, string, PullOptions]>([
    ['in the scope of its merge', PULL, {}],
    ['in the scope of its branch', 'refs/heads/feature', { head: 'feature' }],
    ['in the scope of its base, the branch of another pull request', 'refs/heads/other', { base: 'other' }],
    ['in the scope of what its base is by now', 'refs/heads/other', { reads: 'other' }],
  ])('%s is refused, and named', async (_, ref, options) => {
    await using service = await start();
    await forge(service, ref);
    const outcome = await pull(service, { api: api.url, ...options });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.outputs).toMatchObject({
      changed: '',
      'baseline-found': 'false',
      'baseline-saved': 'false',
    });
    expect(outcome.pointer).toMatchObject({ baseline: null, layers: { reused: 0, read: 2 } });
    expect(outcome.warnings.join('\n')).toContain(`${ref} has an entry under this key`);
    expect(outcome.warnings.join('\n')).toContain(honest.key);
  });

  it('is refused where its key differs in letter case alone, which is one key to the cache', async () => {
    await using service = await start();
    await forge(service);
    api.caches = service.entries.map((entry) =>
      entry.scope === PULL ? { ...entry, key: entry.key.toUpperCase() } : entry,
    );
    api.ignoresCase = true;
    const outcome = await pull(service);
    api.ignoresCase = false;
    expect(outcome.outputs).toMatchObject({ changed: '', 'baseline-found': 'false' });
    expect(outcome.warnings.join('\n')).toContain(`${PULL} has an entry under this key`);
  });

  it('does not serve another pull request, nor keep it from its baseline', async () => {
    await using service = await start();
    await forge(service);
    expectChange(await pull(service, { api: api.url }, 8));
  });

  it('is not believed about the base image, unless the user trusts the cache', async () => {
    await using service = await start();
    await forge(service, PULL, { 'base-image': lowest });
    const unverified = await pull(service, {});
    expect(unverified.pointer.baseline).toMatchObject({ unverified: true });
    expect(unverified.pointer.baseImage).toBeUndefined();
    const trusted = await pull(service, { inputs: { 'trust-cache': 'true' } });
    const base = { layers: 1 };
    expect(trusted.pointer.baseImage).toMatchObject({ before: base, after: base });
  });

  it.each([
    ['no token', async () => ({}), /no token was given/],
    [
      'no permission',
      async () => {
        api.caches = null;
        return { api: api.url };
      },
      /403.*actions: read/,
    ],
    [
      'an API that hides it',
      async () => {
        api.interfere = (request, response) => {
          if (!request.url?.includes('/actions/caches')) return false;
          response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}');
          return true;
        };
        return { api: api.url };
      },
      /actions: read/,
    ],
    ['a dead API', async () => ({ api: 'http://127.0.0.1:1' }), /127\.0\.0\.1/],
    [
      'an API that does not know it, since it was deleted meanwhile',
      async () => {
        api.caches = [];
        return { api: api.url };
      },
      /none of its branches \(main\) has an entry under this key/,
    ],
  ])('is never a bare "no change" with %s', async (_, prepare, why) => {
    await using service = await start();
    await forge(service);
    expectDoubt(await pull(service, await prepare()), why);
  });

  it('stands back behind a place that no pull request writes to', async () => {
    await using service = await start();
    await forge(service);
    const outcome = await pull(service, { inputs: { baseline: `cache\n${images.honest}` } });
    expect(outcome.pointer.baseline).toMatchObject({ found: 'image', place: images.honest });
    expect(outcome.outputs).toMatchObject({ changed: 'true', 'baseline-found': 'true' });
  });

  it('is used where the risk is accepted', async () => {
    await using service = await start();
    await forge(service);
    const trusting = await pull(service, { inputs: { 'trust-cache': 'true' } });
    expect(trusting.outputs).toMatchObject({ changed: 'false', 'baseline-saved': 'true' });
  });
});

it('no file of a checkout accepts the risk', async () => {
  const bytes = Buffer.from('trust-cache: true\n');
  const workspace = writeFolder(newPath('checkout'), [{ name: 'varve.yml', bytes }]);
  const { status, stdout } = await runAction({ workspace, inputs: { image: images.evil, name: 'shop' } });
  expect(status).toBe(2);
  expect(stdout).toContain('trust-cache is not taken from the settings file of the checkout');
});

describe('the entry of the base', () => {
  it('is the baseline, and what it knows is not read again', async () => {
    await using service = await start();
    const outcome = await pull(service);
    expectChange(outcome);
    expect(outcome.pointer.layers).toMatchObject({ reused: 1, read: 1 });
    expect(outcome.warnings).toEqual([]);
  });

  it('is found by the pull request of a fork whose branch is called as the base is', async () => {
    await using service = await start();
    expectChange(await pull(service, { api: api.url, env: { GITHUB_HEAD_REF: 'main' } }));
  });

  it("stands apart from a pull request's own entries, which share nothing", async () => {
    await using service = await start();
    await pull(service, { inputs: { 'trust-cache': 'true' } });
    expect(service.entries.map(({ scope }) => scope)).toEqual([MAIN, PULL]);
    const next = await pull(service);
    expectChange(next);
    expect(next.pointer.layers).toMatchObject({ reused: 1, read: 1 });
  });
});
