import { GitCheckout } from '../../adapters/git/git-checkout.ts';
import type { GitHubCommits } from '../../adapters/github/github-commits.ts';
import type { RevisionTools } from '../../flows/baseline/trace-revision.ts';
import type { Environment, Host } from '../host/host.ts';
import { type NetworkSettings, readRegistryAccess } from './network.ts';

/**
 * Where commits are looked up: the checkout that the process stands in, and GitHub.
 * @param token undefined where GitHub is not to be asked.
 */
export async function composeRevisionTools(
  settings: NetworkSettings,
  host: Host,
  token: string | undefined,
  signal?: AbortSignal,
): Promise<RevisionTools & AsyncDisposable> {
  const { environment } = host;
  const server = await openGitHubCommits(settings, host, token, signal);
  return {
    checkout: new GitCheckout(process.cwd(), environment, signal),
    server,
    deepening: describeDeepening(environment, server !== null),
    [Symbol.asyncDispose]: async () => server?.[Symbol.asyncDispose](),
  };
}

/** GitHub as a place of commits; null outside of its workflows, and where it is not to be asked. */
export async function openGitHubCommits(
  settings: NetworkSettings,
  host: Host,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<GitHubCommits | null> {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_ACTIONS: onGitHub } = host.environment;
  if (onGitHub !== 'true' || !api || !repository || !token) return null;
  const { GitHubCommits } = await import('../../adapters/github/github-commits.ts');
  const access = { api, repository, token };
  return new GitHubCommits(access, readRegistryAccess(settings, host), signal);
}

/** What a user changes to have more history, where the run is. */
function describeDeepening({ GITHUB_ACTIONS, GITLAB_CI }: Environment, asking: boolean): string {
  if (GITHUB_ACTIONS === 'true') return asking ? 'fetch-depth: 50' : 'fetch-depth: 50, or a github-token,';
  return GITLAB_CI === 'true' ? 'GIT_DEPTH: 50' : 'git fetch --deepen=50';
}
