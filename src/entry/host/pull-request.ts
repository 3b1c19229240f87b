import type { Environment } from './host.ts';
import type { RunDescription } from './run-description.ts';

/**
 * Whether a run is of a pull request or merge request, so that what is checked out was chosen by its author. What a
 * merge queue tries out has been approved.
 */
export function isOfPullRequest(
  { pullRequest, revision }: Pick<RunDescription, 'pullRequest' | 'revision'>,
  { GITHUB_EVENT_NAME: event, GITHUB_REF: ref = '', CI_EXTERNAL_PULL_REQUEST_IID: external }: Environment,
): boolean {
  if (event === 'merge_group') return false;
  if (ref.startsWith('refs/pull/') || external) return true;
  return pullRequest !== null || revision.kind === 'pull-request';
}

/** Where the rules of a pull request stand, the best place first: what it is to be merged into. */
export interface RuleBase {
  readonly commits: readonly string[];
  readonly branches: readonly string[];
}

/** What a pull request is to be merged into, as its surroundings tell it. Its author chooses none of it but the branch. */
export function findRuleBase(
  { revision, defaultBranch }: Pick<RunDescription, 'revision' | 'defaultBranch'>,
  environment: Environment,
): RuleBase {
  const request = revision.kind === 'pull-request' ? revision : null;
  const { CI_MERGE_REQUEST_TARGET_BRANCH_SHA, CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA } = environment;
  // GitLab's own base is where the branch was left, which may be long ago; the tip of its target counts where it is known.
  const tips = [CI_MERGE_REQUEST_TARGET_BRANCH_SHA, CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA];
  const isSaid = (text: string | null | undefined): text is string => Boolean(text);
  return {
    commits: [...tips, request?.baseCommit].filter(isSaid),
    branches: [request?.baseBranch, request?.defaultBranch, defaultBranch].filter(isSaid).slice(0, 1),
  };
}
