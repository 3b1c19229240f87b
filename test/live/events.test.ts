import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CacheService } from '../support/cache-service.ts';
import { CachedWorkflow } from '../support/cached-workflow.ts';
import { GitHubApi, lineOf, sha } from '../support/github-api.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const MAIN = 'refs/heads/main';
const images: Record<'one' | 'two' | 'three', string> = { one: '', two: '', three: '' };
const ASKING = { 'github-token': 'secret-token' };
let api: GitHubApi;

beforeAll(async () => {
  api = await GitHubApi.start();
  api.graph = lineOf(60);
  api.branches = { main: sha(20) };
  const base = await makeLayer({ 'etc/os-release': 'ID=test' });
  for (const name of ['one', 'two', 'three'] as const) {
    const image = makeImage([base, await makeLayer({ 'app/version': name })]);
    images[name] = `oci:${writeFolder(newPath(name), layoutFiles([image.descriptor], image.blobs))}`;
  }
});

beforeEach(() => {
  api.tags = new Map();
  api.pullRequests = [];
});

const asking = (env: Record<string, string> = {}) => ({
  inputs: ASKING,
  env: { GITHUB_API_URL: api.url, ...env },
});

describe('a tag', () => {
  const tagged = (tag: string) => ({
    ...asking({ GITHUB_REF: `refs/tags/${tag}`, GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: tag }),
    scopes: [`refs/tags/${tag}`, MAIN],
  });

  it('is compared with the release before it, and its snapshot is not said to be saved', async () => {
    await using service = await CacheService.start();
    api.tags = new Map([
      ['v1.0.0', sha(10)],
      ['v1.1.0-rc.1', sha(30)],
      ['other-v3', sha(35)],
    ]);
    const workflow = new CachedWorkflow(service, newPath);
    for (const [image, commit] of [
      [images.one, 10],
      [images.two, 30],
      [images.three, 40],
    ] as const)
      await workflow.push(image, sha(commit), asking());
    const release = await workflow.push(images.three, sha(40), tagged('v1.1.0'));
    expect(release.pointer.baseline).toMatchObject({
      found: 'previous-release',
      commit: sha(10),
      distance: 30,
    });
    expect(release.summary).toContain('the previous release');
    expect(release.outputs).toMatchObject({ changed: 'true', 'baseline-saved': 'false' });
    expect(release.warnings).toEqual([]);
    expect(release.stdout).toMatch(/::notice title=Varve::.*only runs of the same tag can read its cache/);
    expect(service.entries).toHaveLength(3);
  });

  it('is compared with what stands for that release, where it has no snapshot itself', async () => {
    await using service = await CacheService.start();
    api.tags = new Map([['v1.0.0', sha(10)]]);
    const workflow = new CachedWorkflow(service, newPath);
    await workflow.push(images.one, sha(9), asking());
    await workflow.push(images.two, sha(12), asking());
    const release = await workflow.push(images.three, sha(40), tagged('v1.1.0'));
    expect(release.pointer.baseline).toMatchObject({ found: 'ancestor', commit: sha(9), distance: 31 });
  });

  it('without a release before it is compared as a push', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    await workflow.push(images.one, sha(10), asking());
    await workflow.push(images.two, sha(40), asking());
    const release = await workflow.push(images.two, sha(40), tagged('v1.0.0'));
    expect(release.pointer.baseline).toMatchObject({ found: 'ancestor', commit: sha(10) });
  });
});

describe('a merge queue', () => {
  it('is compared with what it is to be merged into, and its snapshot is not said to be saved', async () => {
    await using service = await CacheService.start();
    api.caches = service.entries;
    const workflow = new CachedWorkflow(service, newPath);
    await workflow.push(images.one, sha(10), asking());
    const branch = 'gh-readonly-queue/main/pr-7-0123';
    const group = await workflow.push(images.two, sha(50), {
      ...asking({ GITHUB_REF: `refs/heads/${branch}` }),
      branch,
      event: { merge_group: { base_sha: sha(10), base_ref: MAIN } },
    });
    expect(group.pointer.baseline).toMatchObject({ found: 'base-commit', commit: sha(10) });
    expect(group.outputs).toMatchObject({ changed: 'true', 'baseline-saved': 'false' });
    expect(group.stdout).toMatch(/::notice title=Varve::.*no other run can read.*merge queue/);
    expect(group.warnings).toEqual([]);
  });
});

describe('a run for a pull request that is not its own', () => {
  const event = {
    workflow_run: {
      event: 'pull_request',
      head_sha: sha(50),
      head_branch: 'main',
      head_repository: { full_name: 'stranger/shop' },
      pull_requests: [],
    },
  };
  const PULL = { number: 7, from: 'stranger:main', headCommit: sha(50), baseCommit: sha(10) };

  it('after a workflow of a fork is of that pull request', async () => {
    await using service = await CacheService.start();
    api.pullRequests = [{ ...PULL, number: 6, headCommit: sha(49) }, PULL];
    const workflow = new CachedWorkflow(service, newPath);
    await workflow.push(images.one, sha(10), asking());
    await workflow.push(images.three, sha(20), asking());
    const run = await workflow.push(images.two, sha(20), { ...asking({ GITHUB_REF: MAIN }), event });
    expect(run.pointer.run).toMatchObject({ pullRequest: 7, commit: sha(50), branch: 'stranger/shop:main' });
    expect(run.pointer.baseline).toMatchObject({ found: 'base-commit', commit: sha(10) });
    expect(run.outputs['baseline-saved']).toBe('false');
    expect(run.warnings).toEqual([]);
  });

  it('by a comment is of that pull request', async () => {
    await using service = await CacheService.start();
    api.pullRequests = [PULL];
    const workflow = new CachedWorkflow(service, newPath);
    await workflow.push(images.one, sha(10), asking());
    await workflow.push(images.three, sha(20), asking());
    const run = await workflow.push(images.two, sha(20), {
      ...asking({ GITHUB_REF: MAIN }),
      event: { issue: { number: 7, pull_request: {} } },
    });
    expect(run.pointer.run).toMatchObject({ pullRequest: 7, commit: sha(50) });
    expect(run.pointer.baseline).toMatchObject({ found: 'base-commit', commit: sha(10) });
    expect(run.outputs['baseline-saved']).toBe('false');
  });

  it.each([
    ['in a folder of its own', false],
    ['in the folder that the run writes to', true],
  ])(
    'is never kept as if it were of a branch, where it cannot be told which one it is: %s',
    async (_, same) => {
      await using service = await CacheService.start();
      const workflow = new CachedWorkflow(service, newPath);
      const folder = newPath('history');
      const inputs = { baseline: `dir:${folder}`, ...(same && { 'cas-root': folder }), ...ASKING };
      const env = { GITHUB_API_URL: api.url };
      const run = await workflow.push(images.two, sha(20), {
        inputs,
        env: { ...env, GITHUB_REF: MAIN },
        event,
      });
      expect(run.pointer.run.pullRequest).toBeNull();
      expect(run.outputs['baseline-saved']).toBe('false');
      expect(run.warnings.join('\n')).toMatch(
        /the pull request of this run is not known.*pull-requests: read/,
      );
      const merged = await workflow.push(images.two, sha(51), { inputs, env });
      expect(merged.outputs['baseline-found']).toBe('false');
    },
  );

  it.each(['issue_comment', 'workflow_run'])('after a run by %s may be of one', async (name) => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    const before = { ...event.workflow_run, event: name, head_repository: { full_name: 'octocat/shop' } };
    const run = await workflow.push(images.two, sha(20), {
      ...asking({ GITHUB_REF: MAIN }),
      event: { workflow_run: before },
    });
    expect(run.outputs['baseline-saved']).toBe('false');
    expect(run.warnings.join('\n')).toContain('the pull request of this run is not known');
    expect(service.entries).toEqual([]);
  });

  it('by pull_request_target is compared with its base, though the workflow is of the default branch', async () => {
    await using service = await CacheService.start();
    const workflow = new CachedWorkflow(service, newPath);
    await workflow.push(images.one, sha(10), asking());
    await workflow.push(images.two, sha(20), asking());
    const base = { sha: sha(10), ref: 'release' };
    const run = await workflow.push(images.two, sha(20), {
      ...asking({ GITHUB_REF: MAIN, GITHUB_EVENT_NAME: 'pull_request_target' }),
      event: { pull_request: { number: 7, base, head: { sha: sha(50), ref: 'fix' } } },
    });
    expect(run.pointer.baseline).toMatchObject({ found: 'base-commit', commit: sha(10) });
    expect(run.outputs.changed).toBe('true');
  });
});
