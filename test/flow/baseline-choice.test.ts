import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Pointer } from '../../src/core/run/pointer.ts';
import type { ActionOutcome } from '../support/action-runner.ts';
import { callAction } from '../support/call-action.ts';
import { GitRepository } from '../support/git-repository.ts';
import { GitHubApi } from '../support/github-api.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
const V1 = `oci:${join(ROOT, '__fixtures__/app-v1')}:shop:v1`;
const V2 = `oci:${join(ROOT, '__fixtures__/app-v2')}:shop:v2`;
const newPath = temporaryFolder();

let api: GitHubApi;
beforeAll(async () => {
  api = await GitHubApi.start();
});

/** A project at its forge, and the folder that its workflows keep snapshots in. */
class Project {
  readonly origin = GitRepository.create(newPath('origin'));
  readonly store = newPath('store');
  #runs = 0;

  /** A workflow run on main, of what `commit` names. */
  push(
    commit: string,
    image: string,
    inputs: Record<string, string> = {},
    env: Record<string, string> = {},
  ): Promise<ActionOutcome> {
    const ref = { GITHUB_REF: 'refs/heads/main', GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' };
    return this.#run(this.#checkOut(commit, 1), image, { ...ref, GITHUB_SHA: commit, ...env }, inputs);
  }

  /** A workflow run of pull request 7 into main. @param said the base as the event says, which may be another one. */
  propose(
    { base, head, said = base, depth = 1 }: { base: string; head: string; said?: string; depth?: number },
    image: string,
    inputs: Record<string, string> = {},
  ): Promise<ActionOutcome> {
    const merge = this.origin.commit(base, head);
    const variables = {
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_REF_TYPE: 'branch',
      GITHUB_REF_NAME: '7/merge',
      GITHUB_HEAD_REF: 'feature',
      GITHUB_SHA: merge,
    };
    const event = {
      pull_request: { number: 7, base: { sha: said, ref: 'main' }, head: { sha: head } },
      repository: { default_branch: 'main' },
    };
    return this.#run(this.#checkOut(merge, depth), image, variables, inputs, event);
  }

  /** The commits of the whole project, as the API lists them. */
  graph(): Map<string, readonly string[]> {
    const lines = this.origin.git('rev-list', '--parents', '--topo-order', '--all').split('\n');
    return new Map(lines.map((line) => line.split(' ')).map(([sha = '', ...parents]) => [sha, parents]));
  }

  #checkOut(commit: string, depth: number): string {
    const clone = GitRepository.create(newPath('workspace'));
    this.origin.git('update-ref', 'refs/built', commit);
    clone.git('fetch', '--quiet', `--depth=${depth}`, `file://${this.origin.folder}`, 'refs/built');
    clone.git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
    return clone.folder;
  }

  #run(
    workspace: string,
    image: string,
    env: Record<string, string>,
    inputs: Record<string, string>,
    event: unknown = { repository: { default_branch: 'main' } },
  ): Promise<ActionOutcome> {
    return callAction({
      workspace,
      inputs: {
        ...{ image, name: 'shop', baseline: `dir:${this.store}` },
        ...{ 'pointer-path': 'varve-pointer.json', ...inputs },
      },
      env: { GITHUB_API_URL: api.url, GITHUB_RUN_ID: String(++this.#runs), ...env },
      event,
    }).then((outcome) => {
      expect([outcome.status, outcome.stderr]).toEqual([0, '']);
      pointers.set(outcome, JSON.parse(readFileSync(join(workspace, 'varve-pointer.json'), 'utf8')));
      return outcome;
    });
  }
}

const pointers = new WeakMap<ActionOutcome, Pointer>();

/** What was compared with, and how many commits away. */
function baselineOf(outcome: ActionOutcome): unknown {
  const { found, commit, distance } = pointers.get(outcome)?.baseline ?? {};
  return { found, commit, distance };
}

describe('a pull request', () => {
  it('is compared with its base commit, although main has moved on, on each push', async () => {
    const project = new Project();
    const [old = '', base = ''] = project.origin.commits(2);
    const head = project.origin.commit(base);
    const [newer = ''] = project.origin.commits(1);
    await project.push(old, V2);
    await project.push(base, V1);
    await project.push(newer, V2);
    const first = await project.propose({ base, head, said: newer }, V2);
    expect(baselineOf(first)).toEqual({ found: 'base-commit', commit: base, distance: 0 });
    expect(first.outputs).toMatchObject({ changed: 'true', 'layers-rebuilt': '4' });
    expect(first.stdout).toContain(`compared with commit ${base.slice(0, 12)} on main`);
    expect(first.summary).toContain('(the base commit');

    const second = await project.propose({ base, head: project.origin.commit(head), said: newer }, V2);
    expect(baselineOf(second)).toEqual({ found: 'base-commit', commit: base, distance: 0 });
    expect(second.outputs).toMatchObject({ changed: 'true', 'layers-reused': '8' });
  });

  it('is compared with the nearest commit before its base that has a snapshot, as far as the checkout goes', async () => {
    const project = new Project();
    const [old = '', , , base = ''] = project.origin.commits(4);
    const head = project.origin.commit(base);
    const [newer = ''] = project.origin.commits(1);
    await project.push(old, V1);
    await project.push(newer, V2);
    const deep = await project.propose({ base, head, depth: 10 }, V2);
    expect(baselineOf(deep)).toEqual({ found: 'ancestor', commit: old, distance: 3 });
    expect(deep.summary).toContain('3 commits before the base');
    expect(deep.summary).not.toContain('fetch-depth');

    const shallow = await project.propose({ base, head, depth: 2 }, V2);
    expect(baselineOf(shallow)).toEqual({ found: 'base-branch', commit: newer, distance: null });
    expect(shallow.summary).toContain(
      'because neither the base commit nor a known ancestor of it has a snapshot',
    );
    expect(shallow.summary).toContain(
      'the checkout has 3 commits: fetch-depth: 50, or a github-token, would let',
    );
  });

  it('finds by the API what the checkout does not have', async () => {
    const project = new Project();
    const [old = '', , base = ''] = project.origin.commits(3);
    const head = project.origin.commit(base);
    const [newer = ''] = project.origin.commits(1);
    await project.push(old, V1);
    await project.push(newer, V2);
    api.graph = project.graph();
    const asked = await project.propose({ base, head }, V2, { 'github-token': 'secret-token' });
    expect(baselineOf(asked)).toEqual({ found: 'ancestor', commit: old, distance: 2 });
    expect(asked.summary).not.toContain('fetch-depth');

    const refused = await project.propose({ base, head }, V2, { 'github-token': 'wrong-token' });
    expect(baselineOf(refused)).toEqual({ found: 'base-branch', commit: newer, distance: null });
    expect(refused.summary).toContain('some commits are not known');
    expect(refused.summary).toContain('contents: read');
    expect(refused.stdout + refused.summary).not.toContain('wrong-token');
  });

  it('is a first run, without a word of what more history would give, where no snapshot is', async () => {
    const project = new Project();
    const [base = ''] = project.origin.commits(1);
    const first = await project.propose({ base, head: project.origin.commit(base) }, V2);
    expect(first.outputs['baseline-found']).toBe('false');
    expect(first.summary).not.toContain('nearer baselines');
  });
});

describe('a push', () => {
  it('is compared with the commit before, of which one commit of history tells', async () => {
    const project = new Project();
    const [first = '', second = '', third = ''] = project.origin.commits(3);
    await project.push(first, V2);
    await project.push(second, V1);
    const outcome = await project.push(third, V2);
    expect(baselineOf(outcome)).toEqual({ found: 'ancestor', commit: second, distance: 1 });
    const again = await project.push(second, V1);
    expect(baselineOf(again)).toEqual({ found: 'ancestor', commit: first, distance: 1 });
  });
});

describe('a schedule', () => {
  it('is compared with what was last built of the same commit', async () => {
    const project = new Project();
    const [first = '', second = ''] = project.origin.commits(2);
    await project.push(first, V1);
    await project.push(second, V1);
    const nightly = (image: string) => project.push(second, image, {}, { GITHUB_EVENT_NAME: 'schedule' });
    const rebased = await nightly(V2);
    expect(baselineOf(rebased)).toEqual({ found: 'ancestor', commit: second, distance: 0 });
    expect(rebased.outputs.changed).toBe('true');
    expect(rebased.summary).toContain('the same commit');
    expect((await nightly(V2)).outputs.changed).toBe('false');
  });
});

describe('a store that is baseline alone', () => {
  const gone = 'postgres://nobody@127.0.0.1:1/varve';

  it('and cannot be reached makes a first run, and is said', async () => {
    const project = new Project();
    const [commit = ''] = project.origin.commits(1);
    const outcome = await project.push(commit, V1, { baseline: gone, 'cas-root': newPath('root') });
    expect(outcome.outputs).toMatchObject({ 'baseline-found': 'false', 'baseline-saved': 'false' });
    expect(outcome.summary).toContain('cannot be used (');
    expect(outcome.summary).toContain('the snapshot was not saved in');
    expect(outcome.summary).toContain('check host and port, and whether the server runs');
    const reading = await project.push(commit, V1, { baseline: gone, save: 'false' });
    expect(reading.summary).toContain('cannot be used (');
    expect(reading.summary).not.toContain('the snapshot was not saved in');
  });

  it('is named as it was given, though it is a registry that does not answer', async () => {
    const project = new Project();
    const [commit = ''] = project.origin.commits(1);
    const inputs = { baseline: 'oci://127.0.0.1:1/team/gone', 'cas-root': newPath('root') };
    const { stdout } = await project.push(commit, V1, inputs);
    expect(stdout).toMatch(
      /the baseline in oci:\/\/127\.0\.0\.1:1\/team\/gone cannot be used .*whether the registry runs/,
    );
    expect(stdout).toContain('was not saved in oci://127.0.0.1:1/team/gone');
  });
});
