import * as v from 'valibot';
import type { EntryScopes } from '../../core/cache/cache-scope.ts';
import type { ApiSubject, JsonApi } from '../http/json-api.ts';

/** Entries of one answer: the most that the server gives. A key is asked for whole, so there is usually one or none. */
const PAGE = 100;

const CACHES: ApiSubject = { name: 'the caches', permission: 'actions: read' };

const CacheListSchema = v.object({
  actions_caches: v.array(v.object({ ref: v.string(), key: v.string() })),
});

/**
 * The entries of a repository's cache, as GitHub's API lists them.
 * @see https://docs.github.com/en/rest/actions/cache#list-github-actions-caches-for-a-repository
 */
export class GitHubCaches implements EntryScopes {
  readonly #api: JsonApi;

  constructor(api: JsonApi) {
    this.#api = api;
  }

  async keysUnder(ref: string, prefix: string): Promise<readonly string[]> {
    const query = new URLSearchParams({ ref, key: prefix, per_page: String(PAGE) });
    const list = await this.#api.get(`actions/caches?${query}`, CacheListSchema, CACHES);
    if (list === null) throw this.#api.hidden(CACHES);
    // The cache may find a key in another letter case, as its own client reckons with.
    const isSought = (key: string): boolean => key.toLowerCase().startsWith(prefix.toLowerCase());
    return list.actions_caches
      .filter((entry) => entry.ref === ref && isSought(entry.key))
      .map(({ key }) => key);
  }
}
