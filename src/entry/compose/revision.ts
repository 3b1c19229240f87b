import { GitCheckout } from '../../adapters/git/git-checkout.ts';
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
  const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_ACTIONS: onGitHub } = environment;
  const access = onGitHub === 'true' && api && repository && token ? { api, repository, token } : null;
  const server = access && (await openGitHubCommits(access, settings, host, signal));
  return {
    checkout: new GitCheckout(process.cwd(), environment, signal),
    server,
    deepening: describeDeepening(environment, server !== null),
    [Symbol.asyncDispose]: async () => server?.[Symbol.asyncDispose](),
  };
}

async function openGitHubCommits(
  access: { readonly api: string; readonly repository: string; readonly token: string },
  settings: NetworkSettings,
  host: Host,
  signal: AbortSignal | undefined,
) {
  const { GitHubCommits } = await import('../../adapters/github/github-commits.ts');
  return new GitHubCommits(access, readRegistryAccess(settings, host), signal);
}

/** What a user changes to have more history, where the run is. */
function describeDeepening({ GITHUB_ACTIONS, GITLAB_CI }: Environment, asking: boolean): string {
  if (GITHUB_ACTIONS === 'true') return asking ? 'fetch-depth: 50' : 'fetch-depth: 50, or a github-token,';
  return GITLAB_CI === 'true' ? 'GIT_DEPTH: 50' : 'git fetch --deepen=50';
}
