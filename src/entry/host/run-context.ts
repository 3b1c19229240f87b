import { randomUUID } from 'node:crypto';
import type { Situation } from '../../core/history/choose-baseline.ts';
import { type RevisionTools, traceRevision } from '../../flows/baseline/trace-revision.ts';
import { describeGitHubRun } from './github-run.ts';
import { describeGitLabRun } from './gitlab-run.ts';
import type { Environment, Host } from './host.ts';
import { isOfPullRequest } from './pull-request.ts';
import type { RunDescription, RunIdentity } from './run-description.ts';

/** What is known of the run and of the commit that was built. */
export interface RunContext extends RunIdentity {
  readonly situation: Situation;
  /** What would let more ancestors be found; null when nothing is missing. */
  readonly horizon: string | null;
  /** What went wrong when commits were looked up. */
  readonly notes: readonly string[];
  /** Whether what is checked out is of the author of a pull request. */
  readonly ofPullRequest: boolean;
}

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
  const ofPullRequest = isOfPullRequest(described, environment);
  const { situation, built, horizon, notes } = await traceRevision(revision, tools);
  if (revision.kind !== 'checked-out') return { ...run, situation, horizon, notes, ofPullRequest };
  const { commit = null, branch = null } = built ?? {};
  return { ...run, commit, branch, situation, horizon, notes, ofPullRequest };
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
