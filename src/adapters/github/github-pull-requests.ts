import * as v from 'valibot';
import type { PullRequestFacts, PullRequests, SoughtPullRequest } from '../../core/history/pull-requests.ts';
import type { ApiSubject, JsonApi } from '../http/json-api.ts';

const PULL_REQUESTS: ApiSubject = { name: 'the pull requests', permission: 'pull-requests: read' };

const PullRequestSchema = v.object({
  number: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  state: v.string(),
  head: v.object({ sha: v.string() }),
  base: v.object({ sha: v.string(), ref: v.string() }),
});

type PullRequest = v.InferOutput<typeof PullRequestSchema>;

/**
 * The pull requests of a repository, as GitHub's API tells them.
 * @see https://docs.github.com/en/rest/pulls/pulls
 */
export class GitHubPullRequests implements PullRequests {
  readonly #api: JsonApi;

  constructor(api: JsonApi) {
    this.#api = api;
  }

  async find(sought: SoughtPullRequest): Promise<PullRequestFacts | null> {
    const found = 'number' in sought ? await this.#get(sought.number) : await this.#search(sought);
    if (found === null) return null;
    const { number, head, base } = found;
    return { number, headCommit: head.sha, baseCommit: base.sha, baseBranch: base.ref };
  }

  #get(number: number): Promise<PullRequest | null> {
    return this.#api.get(`pulls/${number}`, PullRequestSchema, PULL_REQUESTS);
  }

  /** Several may come from one branch: the open one counts, and of several none, since nothing tells which is meant. */
  async #search({ owner, branch, headCommit }: Exclude<SoughtPullRequest, { number: number }>) {
    const query = new URLSearchParams({ state: 'all', head: `${owner}:${branch}`, per_page: '100' });
    const listed = await this.#api.get(`pulls?${query}`, v.array(PullRequestSchema), PULL_REQUESTS);
    const found = (listed ?? []).filter(({ head }) => head.sha === headCommit);
    const open = found.filter(({ state }) => state === 'open');
    const [only, ...others] = open.length > 0 ? open : found;
    return others.length === 0 ? (only ?? null) : null;
  }
}
