import { beforeAll, describe, expect, it } from 'vitest';
import { CacheService } from '../support/cache-service.ts';
import { CachedWorkflow } from '../support/cached-workflow.ts';
import { GitHubApi, lineOf, sha } from '../support/github-api.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const images: Record<'one' | 'two' | 'three', string> = { one: '', two: '', three: '' };
let api: GitHubApi;

beforeAll(async () => {
  api = await GitHubApi.start();
  const base = await makeLayer({ 'etc/os-release': 'ID=test' });
  for (const name of ['one', 'two', 'three'] as const) {
    const image = makeImage([base, await makeLayer({ 'app/version': name })]);
    images[name] = `oci:${writeFolder(newPath(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
});

describe('the nearest ancestor that has an entry', () => {
  it('is found however many commits have none', async () => {
    await using service = await CacheService.start();
    api.graph = lineOf(400);
    api.caches = service.entries;
    const workflow = new CachedWorkflow(service, newPath);
    const asking = { inputs: { 'github-token': 'secret-token' }, env: { GITHUB_API_URL: api.url } };
    await workflow.push(images.one, sha(5), asking);
    await workflow.push(images.two, sha(8), asking);
    const newest = await workflow.push(images.three, sha(398), asking);
    expect(newest.pointer.baseline).toMatchObject({ found: 'ancestor', commit: sha(8), distance: 390 });

    const pulled = await workflow.pull(images.two, 7, sha(500), sha(397), { api: api.url });
    expect(pulled.pointer.baseline).toMatchObject({ found: 'ancestor', commit: sha(8), distance: 389 });
    expect(pulled.outputs).toMatchObject({ changed: 'false', 'baseline-found': 'true' });
    expect(pulled.warnings).toEqual([]);
  });

  it('is found behind what its own branch has of commits before, where it was rebased', async () => {
    await using service = await CacheService.start();
    const rebased = Array.from({ length: 20 }, (_, at): [string, string[]] => [
      sha(320 - at),
      [at === 19 ? sha(60) : sha(319 - at)],
    ]);
    api.graph = new Map([...rebased, [sha(201), [sha(10)]], ...lineOf(60)]);
    const workflow = new CachedWorkflow(service, newPath);
    const asking = { inputs: { 'github-token': 'secret-token' }, env: { GITHUB_API_URL: api.url } };
    await workflow.push(images.one, sha(10), asking);
    await workflow.push(images.one, sha(201), { ...asking, branch: 'fix' });
    await workflow.push(images.two, sha(60), asking);
    const pushed = await workflow.push(images.three, sha(320), { ...asking, branch: 'fix' });
    expect(pushed.pointer.baseline).toMatchObject({ commit: sha(60), branch: 'main', distance: 20 });
  });

  it('is found where its own branch has one of a commit before', async () => {
    await using service = await CacheService.start();
    api.graph = lineOf(60);
    const workflow = new CachedWorkflow(service, newPath);
    const asking = { inputs: { 'github-token': 'secret-token' }, env: { GITHUB_API_URL: api.url } };
    await workflow.push(images.one, sha(20), { ...asking, branch: 'release' });
    await workflow.push(images.two, sha(24), asking);
    const pushed = await workflow.push(images.three, sha(25), { ...asking, branch: 'release' });
    expect(pushed.pointer.baseline).toMatchObject({ commit: sha(24), branch: 'main', distance: 1 });
  });

  it('is left for the next one where its entry is damaged, which is said once', async () => {
    await using service = await CacheService.start();
    api.graph = lineOf(60);
    api.caches = service.entries;
    const workflow = new CachedWorkflow(service, newPath);
    const asking = { inputs: { 'github-token': 'secret-token' }, env: { GITHUB_API_URL: api.url } };
    await workflow.push(images.one, sha(20), asking);
    await workflow.push(images.two, sha(21), asking);
    await workflow.push(images.three, sha(22), asking);
    const [, damaged] = service.entries;
    if (damaged !== undefined) damaged.bytes = Buffer.from('no archive');
    const pulled = await workflow.pull(images.two, 7, sha(50), sha(21), { api: api.url });
    expect(pulled.pointer.baseline).toMatchObject({ found: 'ancestor', commit: sha(20) });
    expect(pulled.outputs.changed).toBe('true');
    expect(pulled.warnings).toEqual([expect.stringContaining(`${damaged?.key} cannot be unpacked`)]);
  });

  it('is left for the next one where its entry has gone', async () => {
    await using service = await CacheService.start();
    api.graph = lineOf(100);
    const workflow = new CachedWorkflow(service, newPath);
    const asking = { inputs: { 'github-token': 'secret-token' }, env: { GITHUB_API_URL: api.url } };
    await workflow.push(images.one, sha(5), asking);
    await workflow.push(images.two, sha(8), asking);
    await workflow.push(images.three, sha(98), asking);
    service.entries.splice(1, 1);
    const branch = await workflow.push(images.two, sha(97), { ...asking, branch: 'fix' });
    expect(branch.pointer.baseline).toMatchObject({ found: 'ancestor', commit: sha(5), distance: 92 });
  });
});

describe('a list of places', () => {
  it('is compared with the first that has something, and the report says which', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const inputs = { baseline: `cache\n${images.one}` };
    const first = await workflow.push(images.two, sha(1), { inputs });
    expect(first.pointer.baseline).toMatchObject({ found: 'image', place: images.one });
    expect(first.summary).toContain(`compared with \`${images.one}\``);
    expect(first.outputs).toMatchObject({ changed: 'true', 'baseline-saved': 'true' });
    expect(first.warnings).toEqual([]);

    const second = await workflow.push(images.two, sha(2), { inputs });
    expect(second.pointer.baseline).toMatchObject({ place: 'cache', commit: sha(1) });
    expect(second.summary).toMatch(/compared with commit `0+` on `main` from `cache`/);
    expect(second.outputs).toMatchObject({ changed: 'false', 'layers-reused': '2' });
  });

  it('goes on to the next place where one cannot be used, without calling it a first run', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const inputs = { baseline: `oci://127.0.0.1:1/varve\n${images.one}` };
    const { pointer, warnings, summary } = await workflow.push(images.two, sha(1), { inputs });
    expect(pointer.baseline).toMatchObject({ found: 'image', place: images.one });
    expect(warnings.join('\n')).toMatch(/the baseline in oci:\S+ cannot be used \(/);
    expect(`${warnings.join('\n')}${summary}`).not.toContain('first run');
  });

  it('keeps the snapshot in each of its stores', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const history = `dir:${newPath('history')}`;
    await workflow.push(images.one, sha(1), { inputs: { baseline: `cache\n${history}` } });
    expect(service.entries).toHaveLength(1);
    service.entries.splice(0);
    const next = await workflow.push(images.one, sha(2), { inputs: { baseline: `cache\n${history}` } });
    expect(next.pointer.baseline).toMatchObject({ place: history, commit: sha(1) });
  });

  it('makes a first run where none has anything, and says what was skipped', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const nothing = newPath('nothing');
    const outcome = await workflow.push(images.one, sha(1), {
      inputs: { baseline: `cache\noci:${nothing}` },
    });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'true' });
    expect(outcome.warnings.join('\n')).toContain(`a baseline was skipped: `);
    expect(outcome.warnings.join('\n')).toContain(nothing);
  });

  it('holds no "none"', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const outcome = await workflow.attempt(images.one, sha(1), { inputs: { baseline: 'cache\nnone' } });
    expect(outcome.status).toBe(2);
    expect(outcome.stdout).toContain('"none" cannot be combined with other baselines');
  });
});

it('save: false only reads, be it the folder that the run writes to', async () => {
  await using service = await CacheService.start();
  const workflow = new CachedWorkflow(service, newPath);
  const folder = newPath('history');
  const inputs = { baseline: `dir:${folder}`, 'cas-root': folder };
  const unsaved = await workflow.push(images.one, sha(1), { inputs, save: false });
  expect(unsaved.outputs['baseline-saved']).toBe('false');
  const next = await workflow.push(images.one, sha(2), { inputs });
  expect(next.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'true' });
});
