import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { Situation } from '../../core/history/choose-baseline.ts';

/** What is known of the run and of the commit that was built. */
export interface RunContext {
  /** Names the run in everything that it stores. */
  readonly scanId: string;
  readonly commit: string | null;
  readonly branch: string | null;
  readonly pullRequest: number | null;
  readonly defaultBranch: string | null;
  /** A page that shows the run. */
  readonly url: string | null;
  readonly situation: Situation;
}

type Environment = Readonly<Record<string, string | undefined>>;

const EventSchema = v.object({
  pull_request: v.exactOptional(
    v.object({
      number: v.number(),
      base: v.object({ sha: v.string(), ref: v.string() }),
    }),
  ),
  repository: v.exactOptional(v.object({ default_branch: v.exactOptional(v.string()) })),
});

type Event = v.InferOutput<typeof EventSchema>;

/**
 * The run as the environment of a GitHub workflow tells it, or a run of its own elsewhere.
 * @param given what the settings say of the commit; it wins.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 */
export function readRunContext(
  environment: Environment,
  given: { readonly commit: string | undefined; readonly branch: string | undefined },
): RunContext {
  const onGitHub = environment.GITHUB_ACTIONS === 'true';
  const event = onGitHub ? readEvent(environment.GITHUB_EVENT_PATH) : {};
  const commit = given.commit ?? (onGitHub ? environment.GITHUB_SHA : undefined) ?? null;
  const branch = given.branch ?? (onGitHub ? branchOf(environment) : undefined) ?? null;
  return {
    scanId: onGitHub ? `github-${environment.GITHUB_RUN_ID}-${environment.GITHUB_RUN_ATTEMPT}` : randomUUID(),
    commit,
    branch,
    pullRequest: event.pull_request?.number ?? null,
    defaultBranch: event.repository?.default_branch ?? null,
    url: onGitHub ? runUrl(environment) : null,
    situation: describeSituation(event, commit, branch),
  };
}

function describeSituation(event: Event, commit: string | null, branch: string | null): Situation {
  const { pull_request: pullRequest, repository } = event;
  if (pullRequest !== undefined) {
    return {
      kind: 'pull-request',
      baseCommit: pullRequest.base.sha,
      ancestors: [],
      baseBranch: pullRequest.base.ref,
      defaultBranch: repository?.default_branch ?? null,
    };
  }
  return commit === null && branch === null
    ? { kind: 'unversioned' }
    : { kind: 'branch', ancestors: [], branch };
}

/** The branch that the work is on; null for a tag. */
function branchOf(environment: Environment): string | undefined {
  if (environment.GITHUB_HEAD_REF) return environment.GITHUB_HEAD_REF;
  return environment.GITHUB_REF_TYPE === 'branch' ? environment.GITHUB_REF_NAME : undefined;
}

function runUrl(environment: Environment): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = environment;
  return `${server}/${repository}/actions/runs/${run}`;
}

/** The event that started the workflow; one that cannot be read says nothing. */
function readEvent(path: string | undefined): Event {
  if (path === undefined) return {};
  try {
    const parsed = v.safeParse(EventSchema, JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.output : {};
  } catch {
    return {};
  }
}
