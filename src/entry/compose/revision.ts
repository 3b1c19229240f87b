import { GitCheckout } from '../../adapters/git/git-checkout.ts';
import type { GitHubAccess } from '../../adapters/github/github-api.ts';
import type { GitHubCommits } from '../../adapters/github/github-commits.ts';
import type { EntryScopes } from '../../core/cache/cache-scope.ts';
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
  const server = await openGitHub(settings, host, token, signal);
  return {
    checkout: new GitCheckout(process.cwd(), environment, signal),
    server: server?.commits ?? null,
    pullRequests: server?.pullRequests ?? null,
    deepening: describeDeepening(environment, server !== null),
    [Symbol.asyncDispose]: async () => server?.[Symbol.asyncDispose](),
  };
}

/** Opens the list of the repository's caches; null where GitHub is not to be asked. */
export async function openEntryScopes(
  settings: NetworkSettings,
  host: Host,
  token: string | undefined,
  signal?: AbortSignal,
): Promise<(EntryScopes & AsyncDisposable) | null> {
  const access = gitHubAccess(host.environment, token);
  if (access === null) return null;
  const { GitHubCaches } = await import('../../adapters/github/github-caches.ts');
  return new GitHubCaches(access, readRegistryAccess(settings, host), signal);
}

function gitHubAccess(environment: Environment, token: string | undefined): GitHubAccess | null {
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_ACTIONS: onGitHub } = environment;
  return onGitHub === 'true' && api && repository && token ? { api, repository, token } : null;
}

async function openGitHub(
  settings: NetworkSettings,
  host: Host,
  token: string | undefined,
  signal: AbortSignal | undefined,
) {
  const access = gitHubAccess(host.environment, token);
  if (access === null) return null;
  const { GitHubCommits } = await import('../../adapters/github/github-commits.ts');
  const { GitHubPullRequests } = await import('../../adapters/github/github-pull-requests.ts');
  const resources = new AsyncDisposableStack();
  const network = readRegistryAccess(settings, host);
  return {
    commits: resources.use(new GitHubCommits(access, network, signal)),
    pullRequests: resources.use(new GitHubPullRequests(access, network, signal)),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** GitHub as a place of commits; null outside of its workflows, and where it is not to be asked. */
export async function openGitHubCommits(
  settings: NetworkSettings,
  host: Host,
  token: string | undefined,
  signal: AbortSignal | undefined,
): Promise<GitHubCommits | null> {
  const access = gitHubAccess(host.environment, token);
  if (access === null) return null;
  const { GitHubCommits } = await import('../../adapters/github/github-commits.ts');
  return new GitHubCommits(access, readRegistryAccess(settings, host), signal);
}

/** What a user changes to have more history, where the run is. */
function describeDeepening({ GITHUB_ACTIONS, GITLAB_CI }: Environment, asking: boolean): string {
  if (GITHUB_ACTIONS === 'true') return asking ? 'fetch-depth: 50' : 'fetch-depth: 50, or a github-token,';
  return GITLAB_CI === 'true' ? 'GIT_DEPTH: 50' : 'git fetch --deepen=50';
}
