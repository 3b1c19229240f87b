import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRunContext } from '../../../../src/entry/settings/run-context.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
const nothing = { commit: undefined, branch: undefined };

function onGitHub(variables: Record<string, string>, event: unknown = {}): Record<string, string> {
  const path = newPath('event.json');
  writeFileSync(path, typeof event === 'string' ? event : JSON.stringify(event));
  return {
    GITHUB_ACTIONS: 'true',
    GITHUB_SHA: 'abc',
    GITHUB_RUN_ID: '7',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_EVENT_PATH: path,
    ...variables,
  };
}

describe('the context of a run', () => {
  it('is unversioned where nothing is known, with an id of its own', () => {
    const [one, other] = [readRunContext({}, nothing), readRunContext({}, nothing)];
    expect(one).toMatchObject({ commit: null, branch: null, pullRequest: null });
    expect(one.situation).toEqual({ kind: 'unversioned' });
    expect(one.scanId).not.toBe(other.scanId);
  });

  it('takes what the settings say', () => {
    const context = readRunContext({}, { commit: 'c1', branch: 'main' });
    expect(context).toMatchObject({ commit: 'c1', branch: 'main' });
    expect(context.situation).toEqual({ kind: 'branch', ancestors: [], branch: 'main' });
  });

  it('knows the branch of a push, and none of a tag', () => {
    const push = readRunContext(onGitHub({ GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' }), nothing);
    expect(push).toMatchObject({ scanId: 'github-7-2', commit: 'abc', branch: 'main' });
    expect(
      readRunContext(onGitHub({ GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v1' }), nothing).branch,
    ).toBeNull();
  });

  it('knows the base of a pull request', () => {
    const event = {
      pull_request: { number: 12, base: { sha: 'base', ref: 'release' }, head: { sha: 'head' } },
      repository: { default_branch: 'main' },
    };
    const context = readRunContext(onGitHub({ GITHUB_HEAD_REF: 'feature' }, event), nothing);
    expect(context).toMatchObject({ branch: 'feature', pullRequest: 12 });
    expect(context.situation).toEqual({
      kind: 'pull-request',
      baseCommit: 'base',
      ancestors: [],
      baseBranch: 'release',
      defaultBranch: 'main',
    });
  });

  it.each([['not JSON'], [{ pull_request: { number: 'x' } }], [{ pull_request: null }]])(
    'says nothing of a pull request after the event %j',
    (event) => {
      expect(readRunContext(onGitHub({}, event), nothing).pullRequest).toBeNull();
    },
  );
});
