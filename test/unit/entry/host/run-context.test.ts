import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GitCheckout } from '../../../../src/adapters/git/git-checkout.ts';
import { describeRun, readRunContext } from '../../../../src/entry/host/run-context.ts';
import { GIT_ENVIRONMENT, GitRepository } from '../../../support/git-repository.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
const nothing = { commit: undefined, branch: undefined };
const SHA = 'a'.repeat(40);
const HEAD = 'b'.repeat(40);
const BASE = 'c'.repeat(40);

/** What the runner sets in every workflow run. */
function onGitHub(variables: Record<string, string>, event: unknown = {}): Record<string, string> {
  const path = newPath('event.json');
  writeFileSync(path, typeof event === 'string' ? event : JSON.stringify(event));
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_SHA: SHA,
    GITHUB_RUN_ID: '7',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_REPOSITORY: 'octocat/shop',
    GITHUB_HEAD_REF: '',
    GITHUB_BASE_REF: '',
    GITHUB_EVENT_PATH: path,
    ...variables,
  };
}

const onBranch = (name: string) => ({
  GITHUB_REF: `refs/heads/${name}`,
  GITHUB_REF_TYPE: 'branch',
  GITHUB_REF_NAME: name,
});
const REPOSITORY = { id: 1296269, full_name: 'octocat/shop', default_branch: 'main', fork: false };
const PULL_REQUEST = {
  number: 12,
  state: 'open',
  merged: false,
  merge_commit_sha: null,
  head: { label: 'octocat:feature', ref: 'feature', sha: HEAD, repo: REPOSITORY },
  base: { label: 'octocat:release', ref: 'release', sha: BASE, repo: REPOSITORY },
};
const OF_PULL_REQUEST = {
  GITHUB_EVENT_NAME: 'pull_request',
  GITHUB_REF: 'refs/pull/12/merge',
  GITHUB_REF_NAME: '12/merge',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_HEAD_REF: 'feature',
  GITHUB_BASE_REF: 'release',
};
const EVENT = { action: 'synchronize', number: 12, pull_request: PULL_REQUEST, repository: REPOSITORY };

const OPEN = { strangeRefs: [], readers: null };
const QUEUE = 'gh-readonly-queue/main/pr-12-0123';

const of = (variables: Record<string, string>, event?: unknown) => {
  const { revision, commit, branch, pullRequest } = describeRun(onGitHub(variables, event), nothing);
  return { revision, commit, branch, pullRequest };
};

describe('a run on GitHub', () => {
  it.each(['push', 'workflow_run', 'release'])('of a branch, by %s', (name) => {
    const run = describeRun(
      onGitHub({ GITHUB_EVENT_NAME: name, ...onBranch('main') }, { repository: REPOSITORY }),
      nothing,
    );
    expect(run).toEqual({
      scanId: 'github-7-2',
      url: 'https://github.example/octocat/shop/actions/runs/7',
      commit: SHA,
      branch: 'main',
      pullRequest: null,
      defaultBranch: 'main',
      cacheScope: OPEN,
      revision: { kind: 'branch', commit: SHA, branch: 'main' },
    });
  });

  it.each(['schedule', 'workflow_dispatch', 'repository_dispatch'])(
    'by %s builds again what was built before, in each of its attempts',
    (name) => {
      for (const attempt of ['1', '2']) {
        const run = { GITHUB_EVENT_NAME: name, GITHUB_RUN_ATTEMPT: attempt, ...onBranch('main') };
        expect(of(run).revision).toEqual({ kind: 'branch', commit: SHA, branch: 'main', again: true });
      }
    },
  );

  it('of a tag is on no branch, and falls back to the default branch', () => {
    const variables = { GITHUB_REF: 'refs/tags/v1', GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' };
    expect(of(variables, { repository: REPOSITORY })).toEqual({
      commit: SHA,
      branch: null,
      pullRequest: null,
      revision: { kind: 'branch', commit: SHA, branch: 'main', tag: 'v1' },
    });
  });

  it.each(['pull_request', 'pull_request_review'])('of a pull request is of its merge, by %s', (name) => {
    expect(of({ ...OF_PULL_REQUEST, GITHUB_EVENT_NAME: name }, EVENT)).toEqual({
      commit: SHA,
      branch: 'feature',
      pullRequest: 12,
      revision: {
        kind: 'pull-request',
        commit: SHA,
        merged: true,
        headCommit: HEAD,
        baseCommit: BASE,
        baseBranch: 'release',
        defaultBranch: 'main',
      },
    });
  });

  it('of a pull request, on behalf of its target, is of its head', () => {
    const variables = { GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_HEAD_REF: 'feature' };
    expect(of({ ...variables, ...onBranch('release') }, EVENT)).toMatchObject({
      commit: HEAD,
      branch: 'feature',
      pullRequest: 12,
      revision: { commit: HEAD, merged: false, headCommit: HEAD, baseCommit: SHA, baseBranch: 'release' },
    });
    expect(of({ ...variables, ...onBranch('main') }, EVENT).revision).toMatchObject({ baseCommit: BASE });
  });

  it('of a pull request that was merged is of the branch that has it now', () => {
    const event = { ...EVENT, action: 'closed', pull_request: { ...PULL_REQUEST, merged: true } };
    expect(of({ ...OF_PULL_REQUEST, ...onBranch('release') }, event)).toEqual({
      commit: SHA,
      branch: 'release',
      pullRequest: null,
      revision: { kind: 'branch', commit: SHA, branch: 'release' },
    });
  });

  it('of a merge queue is compared with what it is to be merged into', () => {
    const name = 'gh-readonly-queue/main/pr-12-0123';
    const merge_group = {
      head_sha: SHA,
      head_ref: `refs/heads/${name}`,
      base_sha: BASE,
      base_ref: 'refs/heads/main',
    };
    expect(
      of({ GITHUB_EVENT_NAME: 'merge_group', ...onBranch(name) }, { merge_group, repository: REPOSITORY }),
    ).toEqual({
      commit: SHA,
      branch: name,
      pullRequest: null,
      revision: {
        kind: 'pull-request',
        commit: SHA,
        merged: false,
        headCommit: null,
        baseCommit: BASE,
        baseBranch: 'main',
        defaultBranch: 'main',
      },
    });
  });

  it('of a comment under a pull request is the pull request’s, and no commit of the default branch', () => {
    const issue = { number: 12, title: 'x', pull_request: { url: 'https://api.github.example' } };
    const variables = { GITHUB_EVENT_NAME: 'issue_comment', ...onBranch('main') };
    expect(of(variables, { issue, repository: REPOSITORY })).toMatchObject({
      commit: null,
      branch: null,
      pullRequest: 12,
      revision: { kind: 'pull-request', baseCommit: null, defaultBranch: 'main' },
    });
    const plain = { issue: { number: 12, title: 'x' }, repository: REPOSITORY };
    expect(of(variables, plain)).toMatchObject({ commit: SHA, branch: 'main', pullRequest: null });
  });

  it('that follows another one is of what that was of', () => {
    const variables = { GITHUB_EVENT_NAME: 'workflow_run', ...onBranch('main') };
    const workflow_run = {
      event: 'push',
      head_sha: HEAD,
      head_branch: 'feature',
      head_repository: { full_name: 'octocat/shop' },
      pull_requests: [],
    };
    expect(of(variables, { workflow_run, repository: REPOSITORY })).toMatchObject({
      commit: HEAD,
      branch: 'feature',
      pullRequest: null,
      revision: { kind: 'branch', commit: HEAD, branch: 'feature' },
    });
    const fork = {
      ...workflow_run,
      event: 'pull_request',
      head_branch: 'main',
      head_repository: { full_name: 'stranger/shop' },
    };
    expect(of(variables, { workflow_run: fork, repository: REPOSITORY })).toMatchObject({
      branch: 'stranger/shop:main',
      revision: { kind: 'pull-request', headCommit: HEAD, baseCommit: null, defaultBranch: 'main' },
    });
    const own = { ...workflow_run, event: 'pull_request', pull_requests: [PULL_REQUEST] };
    expect(of(variables, { workflow_run: own, repository: REPOSITORY })).toMatchObject({
      branch: 'feature',
      pullRequest: 12,
      revision: { kind: 'pull-request', baseCommit: BASE, baseBranch: 'release' },
    });
  });

  it.each([
    ['not JSON'],
    ['null'],
    [{ pull_request: { ...PULL_REQUEST, number: 'x' } }],
    [{ pull_request: { ...PULL_REQUEST, number: 0 } }],
    [{ pull_request: null, repository: null }],
    [{ issue: [], workflow_run: 7 }],
  ])('is of its branch after the event %j', (event) => {
    expect(of(onBranch('main'), event)).toMatchObject({ commit: SHA, branch: 'main', pullRequest: null });
  });

  it('says nothing of a pull request without an event', () => {
    const run = describeRun({ ...onGitHub(onBranch('main')), GITHUB_EVENT_PATH: undefined }, nothing);
    expect(run).toMatchObject({ branch: 'main', pullRequest: null });
  });

  it('is of what the settings say, yet still of its pull request', () => {
    const given = { commit: 'mine', branch: 'ours' };
    expect(describeRun(onGitHub(onBranch('main')), given)).toMatchObject({
      ...given,
      revision: { kind: 'branch', ...given },
    });
    expect(describeRun(onGitHub(OF_PULL_REQUEST, EVENT), given)).toMatchObject({
      ...given,
      pullRequest: 12,
      revision: { kind: 'pull-request', commit: SHA, baseCommit: BASE },
    });
  });
});

describe('the cache of a run on GitHub', () => {
  const scopeOf = (variables: Record<string, string>, event: unknown) =>
    describeRun(onGitHub(variables, event), nothing).cacheScope;
  const from = (head: unknown, base = PULL_REQUEST.base) => ({
    ...EVENT,
    pull_request: { ...PULL_REQUEST, head, base },
  });
  const PULL_REFS = ['refs/pull/12/merge', 'refs/pull/12/head'];

  it.each([
    ['its merge, head and branch', EVENT, [...PULL_REFS, 'refs/heads/feature']],
    [
      'not a branch of a fork, which may be called as one of ours is',
      from({ ...PULL_REQUEST.head, ref: 'release', repo: { full_name: 'stranger/shop' } }),
      PULL_REFS,
    ],
    ['not a branch of a fork that is gone', from({ ...PULL_REQUEST.head, repo: null }), PULL_REFS],
    ['not the default branch', from({ ...PULL_REQUEST.head, ref: 'main' }), PULL_REFS],
    ['what its ref says, where the event says nothing', {}, ['refs/pull/12/merge']],
  ])("of a pull request is its author's under %s", (_, event, strangeRefs) => {
    expect(scopeOf(OF_PULL_REQUEST, event)).toMatchObject({ strangeRefs });
  });

  it("of a pull request is somebody's whom the event does not tell of, where the token reads more", () => {
    const ac = JSON.stringify(
      ['refs/pull/12/merge', 'refs/heads/other', 'refs/heads/main'].map((Scope) => ({ Scope })),
    );
    const claims = Buffer.from(JSON.stringify({ ac })).toString('base64url');
    const told = { ...OF_PULL_REQUEST, ACTIONS_RUNTIME_TOKEN: `x.${claims}.x` };
    const own = [...PULL_REFS, 'refs/heads/feature'];
    expect(scopeOf(told, EVENT)).toMatchObject({ strangeRefs: [...own, 'refs/heads/other'] });
    for (const token of ['', 'x', 'x.y.z', `x.${Buffer.from('{"ac":"{}"}').toString('base64url')}`]) {
      const odd = { ...OF_PULL_REQUEST, ACTIONS_RUNTIME_TOKEN: token };
      expect(scopeOf(odd, EVENT)).toMatchObject({ strangeRefs: own });
    }
  });

  it.each([
    ['a pull request', OF_PULL_REQUEST, EVENT, 'pull-request'],
    ['a tag', { GITHUB_REF: 'refs/tags/v1', GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' }, {}, 'tag'],
    [
      'a merge queue',
      onBranch(QUEUE),
      { merge_group: { base_sha: BASE, base_ref: 'refs/heads/main' } },
      'merge-queue',
    ],
    [
      'a comment on a pull request',
      onBranch('main'),
      { issue: { number: 12, pull_request: {} } },
      'pull-request',
    ],
    ['a branch', onBranch('main'), {}, null],
  ])('of %s is read by few, unless it is a branch', (_, variables, event, readers) => {
    expect(scopeOf(variables, event)).toMatchObject({ readers });
  });

  it.each([
    ['the target of a pull request', onBranch('release'), EVENT, []],
    ['a comment on one', onBranch('main'), { issue: { number: 12, pull_request: {} } }, []],
    [
      'a merge queue',
      onBranch(QUEUE),
      { merge_group: { base_sha: BASE, base_ref: 'refs/heads/main' } },
      [`refs/heads/${QUEUE}`],
    ],
  ])('on behalf of %s', (_, variables, event, strangeRefs) => {
    expect(scopeOf(variables, event)).toMatchObject({ strangeRefs });
  });
});

describe('a pipeline on GitLab', () => {
  const pipeline = {
    GITLAB_CI: 'true',
    CI_PIPELINE_ID: '8',
    CI_JOB_ID: '99',
    CI_JOB_URL: 'https://gitlab.example/j/99',
    CI_COMMIT_SHA: SHA,
    CI_DEFAULT_BRANCH: 'main',
  };
  const request = {
    ...pipeline,
    CI_MERGE_REQUEST_IID: '5',
    CI_MERGE_REQUEST_DIFF_BASE_SHA: BASE,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'release',
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature',
    CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: '',
  };

  it('is of a branch or a tag', () => {
    expect(describeRun({ ...pipeline, CI_COMMIT_BRANCH: 'dev' }, nothing)).toEqual({
      scanId: 'gitlab-8-99',
      url: 'https://gitlab.example/j/99',
      commit: SHA,
      branch: 'dev',
      pullRequest: null,
      defaultBranch: 'main',
      cacheScope: OPEN,
      revision: { kind: 'branch', commit: SHA, branch: 'dev' },
    });
    const scheduled = { ...pipeline, CI_COMMIT_BRANCH: 'dev', CI_PIPELINE_SOURCE: 'schedule' };
    expect(describeRun(scheduled, nothing)).toMatchObject({ revision: { branch: 'dev', again: true } });
    expect(describeRun({ ...pipeline, CI_COMMIT_TAG: 'v1' }, nothing)).toMatchObject({
      branch: null,
      revision: { branch: 'main' },
    });
  });

  it('is of a merge request, or of its merge', () => {
    const common = {
      kind: 'pull-request',
      commit: SHA,
      baseCommit: BASE,
      baseBranch: 'release',
      defaultBranch: 'main',
    };
    expect(describeRun(request, nothing)).toMatchObject({
      branch: 'feature',
      pullRequest: 5,
      revision: { ...common, merged: false, headCommit: SHA },
    });
    expect(describeRun({ ...request, CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: HEAD }, nothing)).toMatchObject({
      revision: { ...common, merged: true, headCommit: HEAD },
    });
  });
});

describe('a run elsewhere', () => {
  const outside = {
    checkout: new GitCheckout('/nonexistent', GIT_ENVIRONMENT),
    server: null,
    deepening: 'fetch-depth: 50',
  };

  it('is unversioned where nothing is known, with an id of its own', async () => {
    const [one, other] = await Promise.all([
      readRunContext({}, nothing, outside),
      readRunContext({}, nothing, outside),
    ]);
    expect(one).toMatchObject({ commit: null, branch: null, pullRequest: null, horizon: null, notes: [] });
    expect(one.situation).toEqual({ kind: 'unversioned' });
    expect(one.scanId).not.toBe(other.scanId);
  });

  it('is of what is checked out, unless the settings say otherwise', async () => {
    const folder = newPath('repository');
    mkdirSync(folder);
    const repository = GitRepository.create(folder);
    const [first = '', second = ''] = repository.commits(2);
    const tools = {
      checkout: new GitCheckout(folder, GIT_ENVIRONMENT),
      server: null,
      deepening: 'fetch-depth: 50',
    };
    expect(await readRunContext({}, nothing, tools)).toMatchObject({
      commit: second,
      branch: 'main',
      situation: { kind: 'branch', ancestors: [first], branch: 'main' },
      horizon: null,
    });
    const given = await readRunContext({}, { commit: first, branch: 'old' }, tools);
    expect(given).toMatchObject({
      commit: first,
      branch: 'old',
      situation: { ancestors: [], branch: 'old' },
    });
  });
});

it('the base of a pull request is read from the merge that was checked out, although the event says another', async () => {
  const origin = GitRepository.create(newPath('origin'));
  const [root = '', base = ''] = origin.commits(2);
  const head = origin.commit(root);
  const merge = origin.commit(base, head);
  origin.git('update-ref', 'refs/pull/12/merge', merge);
  origin.commit();
  const clone = GitRepository.create(newPath('clone'));
  clone.git(
    'fetch',
    '--quiet',
    '--depth=1',
    `file://${origin.folder}`,
    `+${merge}:refs/remotes/pull/12/merge`,
  );
  clone.git('checkout', '--quiet', '--detach', merge);
  const context = await readRunContext(onGitHub({ ...OF_PULL_REQUEST, GITHUB_SHA: merge }, EVENT), nothing, {
    checkout: new GitCheckout(clone.folder, GIT_ENVIRONMENT),
    server: null,
    deepening: 'fetch-depth: 50',
  });
  expect(context).toMatchObject({
    commit: merge,
    branch: 'feature',
    situation: { kind: 'pull-request', baseCommit: base, ancestors: [], baseBranch: 'release' },
    horizon: expect.stringContaining('the checkout has 1 commit: fetch-depth: 50'),
  });
});
