import { randomUUID } from 'node:crypto';
import { OPEN_SCOPE } from '../../core/cache/cache-scope.ts';
import type { OwnRun, Situation } from '../../core/history/choose-baseline.ts';
import { type RevisionTools, traceRevision } from '../../flows/baseline/trace-revision.ts';
import { describeGitHubRun } from './github-run.ts';
import { describeGitLabRun } from './gitlab-run.ts';
import type { Environment, Host } from './host.ts';
import { isOfPullRequest } from './pull-request.ts';
import type { RunDescription, RunIdentity } from './run-description.ts';

/** What is known of the run and of the commit that was built. */
export interface RunContext extends RunIdentity {
  readonly situation: Situation;
  readonly own: OwnRun;
  /** Whether it is known what the run is of: else its snapshot could pass for one of a branch, and is not kept. */
  readonly isKnown: boolean;
  /** What would let more ancestors be found; null when nothing is missing. */
  readonly horizon: string | null;
  /** What went wrong when commits were looked up. */
  readonly notes: readonly string[];
  /** Whether what is checked out is of the author of a pull request. */
  readonly ofPullRequest: boolean;
  /** The newest commit of the pull request that the run is of; null when it is not known or of none. */
  readonly headCommit: string | null;
}

const UNKNOWN =
  'the pull request of this run is not known, so its snapshot is not kept for later runs; give a github-token with pull-requests: read';

/** What the settings say of the commit; it wins. */
export interface GivenCommit {
  readonly commit?: string | undefined;
  readonly branch?: string | undefined;
}

/**
 * The run as the environment of a GitHub workflow or a GitLab pipeline tells it, or a run of its own elsewhere; and
 * what checkout and server know of its commits. Trouble with them is noted.
 */
export async function readRunContext(
  environment: Environment,
  given: GivenCommit,
  tools: RevisionTools,
): Promise<RunContext> {
  const described = describeRun(environment, given);
  const { revision, ...run } = described;
  const { situation, built, pullRequest: facts, horizon, notes } = await traceRevision(revision, tools);
  // A second attempt of a push is not compared with the first: both built the same commit.
  const pushed = revision.kind === 'branch' && revision.again !== true;
  const own = { scanId: run.scanId, commit: pushed ? revision.commit : null };
  const ofPullRequest = isOfPullRequest(described, environment);
  const headCommit =
    revision.kind === 'pull-request' ? (revision.headCommit ?? facts?.headCommit ?? null) : null;
  const known = { ...run, situation, own, isKnown: true, horizon, notes, ofPullRequest, headCommit };
  switch (revision.kind) {
    case 'branch':
      return known;
    case 'checked-out':
      return { ...known, commit: built?.commit ?? null, branch: built?.branch ?? null };
    case 'pull-request': {
      const commit = run.commit ?? facts?.headCommit ?? null;
      const pullRequest = run.pullRequest ?? facts?.number ?? null;
      const isKnown = pullRequest !== null || run.cacheScope.readers === 'merge-queue';
      return { ...known, commit, pullRequest, isKnown, notes: isKnown ? notes : [...notes, UNKNOWN] };
    }
  }
}

/** Whether it is a job of a pull request, so that its author chose what is checked out. */
export function isInPullRequest({
  inWorkflow,
  environment,
}: Pick<Host, 'inWorkflow' | 'environment'>): boolean {
  return inWorkflow && isOfPullRequest(describeRun(environment), environment);
}

/** The run as its environment tells it. */
export function describeRun(environment: Environment, given: GivenCommit = {}): RunDescription {
  if (environment.GITHUB_ACTIONS === 'true') return withGiven(describeGitHubRun(environment), given);
  if (environment.GITLAB_CI === 'true') return withGiven(describeGitLabRun(environment), given);
  const { commit = null, branch = null } = given;
  const revision = { kind: 'checked-out', commit, branch } as const;
  return {
    scanId: randomUUID(),
    commit,
    branch,
    pullRequest: null,
    defaultBranch: null,
    url: null,
    cacheScope: OPEN_SCOPE,
    revision,
  };
}

function withGiven(run: RunDescription, { commit, branch }: GivenCommit): RunDescription {
  if (commit === undefined && branch === undefined) return run;
  const { revision } = run;
  return {
    ...run,
    commit: commit ?? run.commit,
    branch: branch ?? run.branch,
    // A pull request stays one: its base does not depend on what its own commit is called.
    revision:
      revision.kind === 'branch'
        ? { ...revision, commit: commit ?? revision.commit, branch: branch ?? revision.branch }
        : revision,
  };
}
