import { GitCheckout } from '../../adapters/git/git-checkout.ts';
import type { GitHubApi } from '../../adapters/github/github-api.ts';
import type { ApiPatience } from '../../adapters/http/json-api.ts';
import type { EntryScopes } from '../../core/cache/cache-scope.ts';
import type { PullRequests } from '../../core/history/pull-requests.ts';
import type { RevisionTools } from '../../flows/baseline/trace-revision.ts';
import type { Environment, Host } from '../host/host.ts';
import { readNetworkOptions, type ServiceSettings } from './network.ts';

/**
 * Where commits are looked up: the checkout that the process stands in, and GitHub.
 * @param gitHub null where GitHub is not to be asked.
 */
export async function composeRevisionTools(
  { environment }: Host,
  gitHub: GitHubApi | null,
  signal?: AbortSignal,
): Promise<RevisionTools> {
  const checkout = new GitCheckout(process.cwd(), environment, signal);
  const deepening = describeDeepening(environment, gitHub !== null);
  if (gitHub === null) return { checkout, server: null, pullRequests: null, deepening };
  const { GitHubCommits } = await import('../../adapters/github/github-commits.ts');
  const server = new GitHubCommits(gitHub);
  return { checkout, server, pullRequests: await openPullRequests(gitHub), deepening };
}

/** The pull requests of the repository. */
export async function openPullRequests(gitHub: GitHubApi): Promise<PullRequests> {
  const { GitHubPullRequests } = await import('../../adapters/github/github-pull-requests.ts');
  return new GitHubPullRequests(gitHub);
}

/** The list of the repository's caches; null where GitHub is not to be asked. */
export async function openEntryScopes(gitHub: GitHubApi | null): Promise<EntryScopes | null> {
  if (gitHub === null) return null;
  const { GitHubCaches } = await import('../../adapters/github/github-caches.ts');
  return new GitHubCaches(gitHub);
}

/**
 * GitHub's API; null outside of its workflows, and where it is not to be asked.
 * @param token undefined where GitHub is not to be asked.
 */
export async function openGitHub(
  settings: ServiceSettings,
  host: Host,
  token: string | undefined,
  signal: AbortSignal | undefined,
  patience?: ApiPatience,
): Promise<GitHubApi | null> {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_ACTIONS: onGitHub } = host.environment;
  if (onGitHub !== 'true' || !api || !repository || !token) return null;
  const { GitHubApi } = await import('../../adapters/github/github-api.ts');
  return new GitHubApi({ api, repository, token }, readNetworkOptions(settings, host), signal, patience);
}

/** What a user changes to have more history, where the run is. */
function describeDeepening({ GITHUB_ACTIONS, GITLAB_CI }: Environment, asking: boolean): string {
  if (GITHUB_ACTIONS === 'true') return asking ? 'fetch-depth: 50' : 'fetch-depth: 50, or a github-token,';
  return GITLAB_CI === 'true' ? 'GIT_DEPTH: 50' : 'git fetch --deepen=50';
}
