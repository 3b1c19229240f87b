import * as v from 'valibot';
import { readAtOnce } from '../../base/read-file.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
import { type CacheScope, OPEN_SCOPE } from '../../core/cache/cache-scope.ts';
import type { SoughtPullRequest } from '../../core/history/pull-requests.ts';
import type { Revision } from '../../core/history/revision.ts';
import type { Environment } from './host.ts';
import type { RunDescription } from './run-description.ts';
import type { WorkflowRun } from './workflow-run.ts';

const PullRequestSchema = v.object({
  number: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  base: v.object({ sha: v.string(), ref: v.string() }),
  head: v.exactOptional(
    v.object({
      sha: v.string(),
      ref: v.exactOptional(v.string()),
      // Null once a fork is gone.
      repo: v.nullish(v.object({ full_name: v.exactOptional(v.string()) })),
    }),
  ),
});

/** What an event does not have, or has in another form, is null. */
const part = <const T extends v.GenericSchema>(schema: T) => v.fallback(v.nullish(schema, null), null);

const EventSchema = v.object({
  pull_request: part(
    v.object({
      ...PullRequestSchema.entries,
      merged: v.nullish(v.boolean()),
      updated_at: part(v.string()),
    }),
  ),
  merge_group: part(v.object({ base_sha: v.string(), base_ref: v.string() })),
  /** Of a comment; it stands under an issue or under a pull request. */
  issue: part(v.object({ number: PullRequestSchema.entries.number, pull_request: v.object({}) })),
  workflow_run: part(
    v.object({
      id: v.exactOptional(v.pipe(v.number(), v.safeInteger())),
      name: v.nullish(v.string()),
      run_attempt: v.exactOptional(v.pipe(v.number(), v.safeInteger())),
      event: v.string(),
      head_sha: v.string(),
      head_branch: v.nullable(v.string()),
      head_repository: v.object({ full_name: v.string() }),
      created_at: part(v.string()),
      pull_requests: v.array(PullRequestSchema),
    }),
  ),
  repository: part(v.object({ default_branch: v.string() })),
});

type Event = v.InferOutput<typeof EventSchema>;

type PullRequestRevision = Extract<Revision, { kind: 'pull-request' }>;

/** The commit, branch or pull request that a run is for, without what identifies the run. */
type Subject = Pick<RunDescription, 'commit' | 'branch' | 'pullRequest' | 'revision'>;

/**
 * The run as the environment of a GitHub workflow tells it.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/variables
 */
export function describeGitHubRun(environment: Environment): RunDescription {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = environment;
  const event = readEvent(environment.GITHUB_EVENT_PATH);
  const subject = subjectOf(event, environment);
  return {
    scanId: `github-${run}-${environment.GITHUB_RUN_ATTEMPT}`,
    url: `${server}/${repository}/actions/runs/${run}`,
    defaultBranch: defaultBranchOf(event),
    cacheScope: cacheScopeOf(subject, event, environment),
    ...subject,
  };
}

/** The run that a workflow's run follows. */
export interface TriggeringRun extends WorkflowRun {
  /** Null where it is not of a pull request. */
  readonly sought: SoughtPullRequest | null;
}

/** Null where the workflow's run follows none. */
export function readTriggeringRun(environment: Environment): TriggeringRun | null {
  const before = readEvent(environment.GITHUB_EVENT_PATH).workflow_run;
  if (before === null) return null;
  const { id = 0, name, run_attempt: attempt = 0, head_sha: head } = before;
  const repository = environment.GITHUB_REPOSITORY ?? null;
  const sought = before.event.startsWith('pull_request') ? headOf(before) : null;
  return { name: name ?? '', run: id, attempt, head, repository, job: null, sought };
}

/** When what a run is of came to be: before, nobody can have read what it says. Null where the event does not tell. */
export function readEventTime({ GITHUB_EVENT_PATH: path }: Environment): string | null {
  const { workflow_run: before, pull_request: request } = readEvent(path);
  return before?.created_at ?? request?.updated_at ?? null;
}

/**
 * The part of the cache that a run has, which depends on its ref. A workflow that runs on behalf of the base, such as by
 * `pull_request_target`, has the base's: a pull request saves nothing there.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching#restrictions-for-accessing-a-cache
 */
function cacheScopeOf(
  { pullRequest, revision }: Subject,
  event: Event,
  environment: Environment,
): CacheScope {
  const ref = environment.GITHUB_REF ?? '';
  // Whatever the event says: a ref of a pull request has a pull request's cache.
  if (revision.kind !== 'pull-request' && !ref.startsWith('refs/pull/')) {
    return ref.startsWith('refs/tags/') ? { strangeRefs: [], readers: 'tag' } : OPEN_SCOPE;
  }
  if (event.merge_group) return { strangeRefs: [ref], readers: 'merge-queue' };
  if (ref.startsWith('refs/heads/')) return { strangeRefs: [], readers: 'pull-request' };
  const { head, base } = event.pull_request ?? {};
  const ofRepository = head?.repo?.full_name === environment.GITHUB_REPOSITORY;
  const trusted = [base?.ref ?? null, defaultBranchOf(event)].flatMap((branch) =>
    branch === null ? [] : [`refs/heads/${branch}`],
  );
  const refs = [
    ...(ref === '' ? [] : [ref]),
    ...(pullRequest === null ? [] : [`refs/pull/${pullRequest}/merge`, `refs/pull/${pullRequest}/head`]),
    // The branch of a fork has no caches here, whatever it is called.
    ...(head?.ref !== undefined && ofRepository ? [`refs/heads/${head.ref}`] : []),
    // Its base may be another one by now than the event says.
    ...(base === undefined ? [] : refsOfToken(environment)),
  ];
  return {
    strangeRefs: [...new Set(refs)].filter((each) => !trusted.includes(each)),
    readers: 'pull-request',
  };
}

/**
 * What an event is about.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
function subjectOf(event: Event, environment: Environment): Subject {
  const { pull_request: request, merge_group: group, issue, workflow_run: before } = event;
  const ref = environment.GITHUB_REF ?? '';
  // Once a pull request is merged, its last event is of the branch that it was merged into.
  if (request && !(request.merged && ref.startsWith('refs/heads/'))) {
    return ofPullRequest(request, event, environment);
  }
  if (group) return ofMergeGroup(group, event, environment);
  if (issue) return { ...ofStranger(event, { number: issue.number }), pullRequest: issue.number };
  if (before) return ofEarlierRun(before, event, environment);
  return ofRef(event, environment);
}

function ofPullRequest(
  { number, base, head }: v.InferOutput<typeof PullRequestSchema>,
  event: Event,
  environment: Environment,
): Subject {
  // Its own commit is the tip of the default branch, which the workflow is of, whatever the base is.
  // https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request_target
  const targeted = environment.GITHUB_EVENT_NAME === 'pull_request_target';
  const sha = environment.GITHUB_SHA ?? null;
  const isOfBase = targeted && environment.GITHUB_REF === `refs/heads/${base.ref}`;
  const headCommit = head?.sha ?? null;
  const commit = targeted ? headCommit : sha;
  const revision: Revision = {
    kind: 'pull-request',
    commit,
    merged: !targeted,
    headCommit,
    baseCommit: (isOfBase ? sha : null) ?? base.sha,
    baseBranch: base.ref,
    defaultBranch: defaultBranchOf(event),
  };
  return { commit, branch: environment.GITHUB_HEAD_REF || null, pullRequest: number, revision };
}

/** What a merge queue tries out is compared with what it is to be merged into. */
function ofMergeGroup(
  { base_sha: baseCommit, base_ref: baseRef }: NonNullable<Event['merge_group']>,
  event: Event,
  environment: Environment,
): Subject {
  const { commit, branch } = ofRef(event, environment);
  return {
    commit,
    branch,
    pullRequest: null,
    revision: {
      kind: 'pull-request',
      commit,
      merged: false,
      headCommit: null,
      baseCommit,
      baseBranch: baseRef.replace(/^refs\/heads\//, ''),
      defaultBranch: defaultBranchOf(event),
    },
  };
}

/** A run that follows another one is of the commit that the other was of. */
function ofEarlierRun(
  before: NonNullable<Event['workflow_run']>,
  event: Event,
  { GITHUB_REPOSITORY: repository }: Environment,
): Subject {
  const { head_sha: commit, head_branch: branch, head_repository: home, pull_requests: requests } = before;
  // What these were of is not told; it may be a pull request.
  if (['issue_comment', 'workflow_run'].includes(before.event)) return ofStranger(event);
  if (!before.event.startsWith('pull_request')) {
    return { commit, branch, pullRequest: null, revision: { kind: 'branch', commit, branch } };
  }
  const [request] = requests;
  // A branch of a fork may be called as one of ours is.
  const named = home.full_name === repository ? branch : `${home.full_name}:${branch}`;
  // GitHub does not name those that come from forks.
  const stranger = ofStranger(event, request === undefined ? (headOf(before) ?? undefined) : undefined);
  return {
    commit,
    branch: named,
    pullRequest: request?.number ?? null,
    revision: {
      ...stranger.revision,
      headCommit: commit,
      baseCommit: request?.base.sha ?? null,
      baseBranch: request?.base.ref ?? null,
    },
  };
}

/** Where the pull request of an earlier run comes from; null where its branch is gone. */
function headOf({
  head_sha: headCommit,
  head_branch: branch,
  head_repository: home,
}: NonNullable<Event['workflow_run']>): SoughtPullRequest | null {
  const [owner = ''] = home.full_name.split('/');
  return branch === null ? null : { owner, branch, headCommit };
}

/** A pull request that nothing more is known about. */
function ofStranger(
  event: Event,
  sought?: SoughtPullRequest,
): Subject & { readonly revision: PullRequestRevision } {
  return {
    commit: null,
    branch: null,
    pullRequest: null,
    revision: {
      kind: 'pull-request',
      commit: null,
      merged: false,
      headCommit: null,
      baseCommit: null,
      baseBranch: null,
      defaultBranch: defaultBranchOf(event),
      ...(sought && { sought }),
    },
  };
}

/** A push, a schedule, a call by hand: whatever is of a branch or a tag. */
function ofRef(event: Event, environment: Environment): Subject {
  const commit = environment.GITHUB_SHA ?? null;
  const branch = environment.GITHUB_REF_TYPE === 'branch' ? (environment.GITHUB_REF_NAME ?? null) : null;
  const fallback = branch ?? defaultBranchOf(event);
  const { GITHUB_REF_TYPE: type, GITHUB_REF_NAME: tag } = environment;
  const isAgain = BUILDING_AGAIN.includes(environment.GITHUB_EVENT_NAME ?? '');
  const how = type === 'tag' && tag ? { tag } : isAgain ? ({ again: true } as const) : {};
  const revision = { kind: 'branch', commit, branch: fallback, ...how } as const;
  return { commit, branch, pullRequest: null, revision };
}

/** Events of runs whose commit others were of before. */
const BUILDING_AGAIN = ['schedule', 'workflow_dispatch', 'repository_dispatch'];

const TokenSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ ac: v.pipe(v.string(), v.parseJson(), v.array(v.object({ Scope: v.string() }))) }),
);

/** The refs whose entries the token of the cache lets a run read; none where it does not say. */
function refsOfToken({ ACTIONS_RUNTIME_TOKEN: token = '' }: Environment): string[] {
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  const read = v.safeParse(TokenSchema, claims);
  return read.success ? read.output.ac.map(({ Scope }) => Scope) : [];
}

const defaultBranchOf = ({ repository }: Event): string | null => repository?.default_branch ?? null;

/** Bytes of an event: GitHub sends none of more than 25 MB. */
const LARGEST_EVENT = 32 * 1024 * 1024;

/** The event that started the workflow; one that cannot be read says nothing. */
function readEvent(path: string | undefined): Event {
  try {
    return v.parse(EventSchema, parseShallowJson(readAtOnce(path ?? '', LARGEST_EVENT).toString('utf8')));
  } catch {
    return v.parse(EventSchema, {});
  }
}
