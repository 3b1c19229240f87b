import { setTimeout as sleep } from 'node:timers/promises';
import { VarveError } from '../../base/errors.ts';
import type { PullRequestComments } from '../../core/comment/pull-request-comments.ts';
import type { Host } from '../host/host.ts';
import { readNetworkOptions, type ServiceSettings } from './network.ts';
import { openGitHub } from './revision.ts';

/** The comments of a pull request, with the connections that they are reached by. */
export interface OpenComments extends AsyncDisposable {
  readonly port: PullRequestComments;
}

/** Whose comments are meant, and how they are reached. */
export interface CommentAccess {
  readonly settings: ServiceSettings;
  /** Those that settings give; else the environment's count. */
  readonly tokens: { readonly gitHub: string | undefined; readonly gitLab?: string | undefined };
  readonly host: Host;
  /** Of the pull request or merge request. */
  readonly number: number;
  readonly signal: AbortSignal;
}

/**
 * The comments of a pull request on GitHub, or of a merge request on GitLab; null without a token.
 */
export async function openComments(access: CommentAccess): Promise<OpenComments | null> {
  return isOnGitLab(access.host) ? openNotes(access) : openGitHubComments(access);
}

/** Why there is no comment where `openComments` gives null. */
export function lacksToken(host: Host): VarveError {
  const hint = isOnGitLab(host)
    ? 'set the variable GITLAB_TOKEN to a project access token with the scope api'
    : 'give a github-token that has pull-requests: write';
  return new VarveError('denied', 'there is no token to write a comment with', {
    hint: `${hint}, or set comment: never`,
  });
}

/** Lets about so many milliseconds pass: jobs that run at once shall not meet again. */
export async function pauseAbout(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds * (0.5 + Math.random()), undefined, { signal });
}

const isOnGitLab = ({ environment }: Host): boolean => environment.GITLAB_CI === 'true';

async function openGitHubComments({
  settings,
  tokens,
  host,
  number,
  signal,
}: CommentAccess): Promise<OpenComments | null> {
  const { GITHUB_TOKEN, GITHUB_API_URL: rest = '', GITHUB_GRAPHQL_URL: graphQl } = host.environment;
  const token = tokens.gitHub ?? GITHUB_TOKEN;
  const { PATIENCE_TO_WRITE } = await import('../../adapters/http/json-api.ts');
  const api = await openGitHub(settings, host, token, signal, PATIENCE_TO_WRITE);
  if (api === null) return null;
  const { GitHubComments } = await import('../../adapters/github/github-comments.ts');
  const addresses = { rest, graphQl: graphQl || `${rest}/graphql` };
  return {
    port: new GitHubComments(api, number, addresses),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

/** @see https://docs.gitlab.com/ci/variables/predefined_variables/ */
async function openNotes({
  settings,
  tokens,
  host,
  number,
  signal,
}: CommentAccess): Promise<OpenComments | null> {
  const { environment } = host;
  const { CI_API_V4_URL: rest, CI_MERGE_REQUEST_PROJECT_ID: project, GITLAB_TOKEN } = environment;
  const token = tokens.gitLab ?? GITLAB_TOKEN;
  if (!rest || !project || !token) return null;
  const { JsonApi, PATIENCE_TO_WRITE } = await import('../../adapters/http/json-api.ts');
  const { GITLAB, GitLabNotes } = await import('../../adapters/gitlab/gitlab-notes.ts');
  const access = {
    base: `${rest.replace(/\/+$/, '')}/projects/${encodeURIComponent(project)}`,
    owner: environment.CI_MERGE_REQUEST_PROJECT_PATH || project,
    token,
    server: GITLAB,
  };
  const api = new JsonApi(access, readNetworkOptions(settings, host), signal, PATIENCE_TO_WRITE);
  const page = `${environment.CI_MERGE_REQUEST_PROJECT_URL ?? ''}/-/merge_requests/${number}`;
  return {
    port: new GitLabNotes(api, number, { rest, page }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}
