import type { PullRequestComments } from '../../core/comment/pull-request-comments.ts';
import type { Host } from '../host/host.ts';
import type { Settings } from '../settings/catalogue.ts';
import type { NetworkSettings } from './network.ts';
import { openGitHub } from './revision.ts';

/** The comments of a pull request, with the connections that they are reached by. */
export interface OpenComments extends AsyncDisposable {
  readonly port: PullRequestComments;
}

/** The comments of a pull request on GitHub; null outside of its workflows and without a token. */
export async function openComments(
  settings: NetworkSettings & Pick<Settings, 'github-token'>,
  host: Host,
  number: number,
  signal: AbortSignal,
): Promise<OpenComments | null> {
  const { GITHUB_TOKEN, GITHUB_API_URL: rest = '', GITHUB_GRAPHQL_URL: graphQl } = host.environment;
  const token = settings['github-token'] ?? GITHUB_TOKEN;
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
