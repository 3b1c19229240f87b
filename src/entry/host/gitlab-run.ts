import { OPEN_SCOPE } from '../../core/cache/cache-scope.ts';
import type { Environment } from './host.ts';
import type { RunDescription } from './run-description.ts';

/**
 * The run as the environment of a GitLab pipeline tells it.
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function describeGitLabRun(environment: Environment): RunDescription {
  const said = (name: string): string | null => environment[name] || null;
  const commit = said('CI_COMMIT_SHA');
  const defaultBranch = said('CI_DEFAULT_BRANCH');
  const run = {
    scanId: `gitlab-${said('CI_PIPELINE_ID')}-${said('CI_JOB_ID')}`,
    commit,
    defaultBranch,
    url: said('CI_JOB_URL'),
    cacheScope: OPEN_SCOPE,
  };
  // Of a project that GitLab builds for another server, the pull requests there.
  const isExternal = said('CI_EXTERNAL_PULL_REQUEST_IID') !== null;
  const request = Number(said(isExternal ? 'CI_EXTERNAL_PULL_REQUEST_IID' : 'CI_MERGE_REQUEST_IID'));
  if (!Number.isSafeInteger(request) || request < 1) {
    const branch = said('CI_COMMIT_BRANCH');
    const tag = said('CI_COMMIT_TAG');
    const isScheduled = said('CI_PIPELINE_SOURCE') === 'schedule';
    const how = tag !== null ? { tag } : isScheduled ? ({ again: true } as const) : {};
    const revision = { kind: 'branch', commit, branch: branch ?? defaultBranch, ...how } as const;
    return { ...run, branch, pullRequest: null, revision };
  }
  if (isExternal) {
    return {
      ...run,
      branch: said('CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME'),
      pullRequest: request,
      revision: {
        kind: 'pull-request',
        commit,
        merged: false,
        headCommit: commit,
        baseCommit: said('CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA'),
        baseBranch: said('CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME'),
        defaultBranch,
      },
    };
  }
  // Told only where the pipeline is of the merge with the target branch.
  const mergedHead = said('CI_MERGE_REQUEST_SOURCE_BRANCH_SHA');
  return {
    ...run,
    branch: said('CI_MERGE_REQUEST_SOURCE_BRANCH_NAME'),
    pullRequest: request,
    revision: {
      kind: 'pull-request',
      commit,
      merged: mergedHead !== null,
      headCommit: mergedHead ?? commit,
      baseCommit: said('CI_MERGE_REQUEST_DIFF_BASE_SHA'),
      baseBranch: said('CI_MERGE_REQUEST_TARGET_BRANCH_NAME'),
      defaultBranch,
    },
  };
}
