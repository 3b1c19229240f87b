import * as v from 'valibot';
import { type CommitHistory, type CommitLine, isCommitId } from '../../core/history/commit-history.ts';
import type { Tags } from '../../core/history/release.ts';
import type { NetworkOptions } from '../http/network-options.ts';
import { type GitHubAccess, GitHubApi, type GitHubSubject } from './github-api.ts';

/** Commits of one answer: the most that the server gives. */
const PAGE = 100;
/** Requests for one line of ancestors. */
const MOST_REQUESTS = 8;
/** Requests for tags, which come by name. */
const MOST_TAG_PAGES = 5;

const COMMITS: GitHubSubject = { name: 'the commits', permission: 'contents: read' };
const ShaSchema = v.pipe(v.string(), v.check(isCommitId));
const CommitSchema = v.object({ sha: ShaSchema, parents: v.array(v.object({ sha: ShaSchema })) });
const CommitListSchema = v.array(CommitSchema);
const TagListSchema = v.array(v.object({ name: v.string(), commit: v.object({ sha: ShaSchema }) }));
const ComparisonSchema = v.object({ merge_base_commit: v.object({ sha: ShaSchema }) });

/**
 * The commits of a repository, as GitHub's API tells them.
 * @see https://docs.github.com/en/rest/commits/commits
 */
export class GitHubCommits implements CommitHistory, AsyncDisposable {
  readonly #api: GitHubApi;
  readonly #parents = new Map<string, readonly string[]>();

  /**
   * @param network its patience does not count: GitHub is waited for less long.
   * @param signal ends every request and every wait, with its reason.
   */
  constructor(access: GitHubAccess, network: NetworkOptions, signal?: AbortSignal) {
    this.#api = new GitHubApi(access, network, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#api[Symbol.asyncDispose]();
  }

  async parentsOf(commit: string): Promise<readonly string[] | null> {
    if (!this.#parents.has(commit)) await this.#learnFrom(commit);
    return this.#parents.get(commit) ?? null;
  }

  async lineOf(commit: string, limit: number): Promise<CommitLine | null> {
    const ancestors: string[] = [];
    for (let requests = 0, last = commit; ancestors.length < limit; ) {
      // A page holds what is reachable, by time: merged branches too, so the line may leave it early.
      if (!this.#parents.has(last) && requests++ < MOST_REQUESTS) await this.#learnFrom(last);
      const parents = this.#parents.get(last);
      if (parents === undefined) return last === commit ? null : { ancestors, cut: true };
      const [next] = parents;
      if (next === undefined) return { ancestors, cut: false };
      ancestors.push(next);
      last = next;
    }
    return { ancestors, cut: true };
  }

  async mergeBaseOf(one: string, other: string): Promise<string | null> {
    if (!isCommitId(one) || !isCommitId(other)) return null;
    const comparison = await this.#api.get(`compare/${one}...${other}?per_page=1`, ComparisonSchema, COMMITS);
    return comparison?.merge_base_commit.sha ?? null;
  }

  async tags(): Promise<Tags> {
    const tags = new Map<string, string>();
    for (let page = 1; page <= MOST_TAG_PAGES; page += 1) {
      const path = `tags?per_page=${PAGE}&page=${page}`;
      const listed = (await this.#api.get(path, TagListSchema, COMMITS)) ?? [];
      for (const { name, commit } of listed) tags.set(name, commit.sha);
      if (listed.length < PAGE) break;
    }
    return tags;
  }

  /** Asks for a commit and what comes before it. */
  async #learnFrom(commit: string): Promise<void> {
    if (!isCommitId(commit)) return;
    const commits = await this.#api.get(`commits?sha=${commit}&per_page=${PAGE}`, CommitListSchema, COMMITS);
    for (const { sha, parents } of commits ?? []) {
      this.#parents.set(
        sha,
        parents.map((parent) => parent.sha),
      );
    }
  }
}
