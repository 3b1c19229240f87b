import * as v from 'valibot';
import { VarveError } from '../../base/errors.ts';
import type { EntryScopes } from '../../core/cache/cache-scope.ts';
import type { NetworkOptions } from '../http/network-options.ts';
import { type GitHubAccess, GitHubApi, type GitHubSubject } from './github-api.ts';

/** Entries of one answer: the most that the server gives. A key is asked for whole, so there are mostly one or none. */
const PAGE = 100;

const CACHES: GitHubSubject = { name: 'the caches', permission: 'actions: read' };

const CacheListSchema = v.object({
  actions_caches: v.array(v.object({ ref: v.string(), key: v.string() })),
});

/**
 * The entries of a repository's cache, as GitHub's API lists them.
 * @see https://docs.github.com/en/rest/actions/cache#list-github-actions-caches-for-a-repository
 */
export class GitHubCaches implements EntryScopes, AsyncDisposable {
  readonly #api: GitHubApi;
  /** A server that did not answer once is not asked again. */
  #fault: unknown = null;

  /** @param signal ends every request and every wait, with its reason. */
  constructor(access: GitHubAccess, network: NetworkOptions, signal?: AbortSignal) {
    this.#api = new GitHubApi(access, network, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#api[Symbol.asyncDispose]();
  }

  async keysUnder(ref: string, prefix: string): Promise<readonly string[]> {
    if (this.#fault !== null) throw this.#fault;
    const query = new URLSearchParams({ ref, key: prefix, per_page: String(PAGE) });
    try {
      const list = await this.#api.get(`actions/caches?${query}`, CacheListSchema, CACHES);
      if (list === null) throw hidden(this.#api.repository);
      return list.actions_caches
        .filter((entry) => entry.ref === ref && entry.key.startsWith(prefix))
        .map(({ key }) => key);
    } catch (fault) {
      this.#fault = fault;
      throw fault;
    }
  }
}

/** GitHub hides what a token may not see. */
function hidden(repository: string): VarveError {
  return new VarveError('denied', `GitHub does not show the caches of ${repository} to this token`, {
    object: repository,
    hint: `the token needs the permission ${CACHES.permission}`,
  });
}
