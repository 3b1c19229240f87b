import * as v from 'valibot';
import {
  type CommitFiles,
  type CommitHistory,
  type CommitLine,
  type CommittedFile,
  isCommitId,
} from '../../core/history/commit-history.ts';
import type { Tags } from '../../core/history/release.ts';
import type { ApiSubject, JsonApi } from '../http/json-api.ts';

/** Commits of one answer: the most that the server gives. */
const PAGE = 100;
/** Requests for one line of ancestors. */
const MOST_REQUESTS = 8;
/** Requests for tags, which come by name. */
const MOST_TAG_PAGES = 5;

const COMMITS: ApiSubject = { name: 'the commits', permission: 'contents: read' };
const ShaSchema = v.pipe(v.string(), v.check(isCommitId));
const CommitSchema = v.object({ sha: ShaSchema, parents: v.array(v.object({ sha: ShaSchema })) });
const CommitListSchema = v.array(CommitSchema);
const TagListSchema = v.array(v.object({ name: v.string(), commit: v.object({ sha: ShaSchema }) }));
const ComparisonSchema = v.object({ merge_base_commit: v.object({ sha: ShaSchema }) });
const ReferenceSchema = v.object({ object: v.object({ sha: ShaSchema }) });
const TreeSchema = v.object({
  tree: v.array(v.object({ path: v.string(), mode: v.string(), sha: ShaSchema })),
  truncated: v.boolean(),
});
const BlobSchema = v.object({ content: v.string(), encoding: v.literal('base64') });

/** Modes of what a tree of git has. @see https://docs.github.com/en/rest/git/trees */
const FILE_MODES = ['100644', '100755'];
const FOLDER_MODE = '040000';

/**
 * The commits of a repository, as GitHub's API tells them.
 * @see https://docs.github.com/en/rest/commits/commits
 */
export class GitHubCommits implements CommitHistory, CommitFiles {
  readonly #api: JsonApi;
  readonly #parents = new Map<string, readonly string[]>();

  constructor(api: JsonApi) {
    this.#api = api;
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

  /** The newest commit of a branch; null if the branch does not exist. */
  async tipOf(branch: string): Promise<string | null> {
    const name = branch.split('/').map(encodeURIComponent).join('/');
    return (await this.#api.get(`git/ref/heads/${name}`, ReferenceSchema, COMMITS))?.object.sha ?? null;
  }

  async readFileOf(commit: string, path: string): Promise<CommittedFile> {
    if (!isCommitId(commit)) return { kind: 'unknown' };
    const names = path.split('/');
    let sha = commit;
    for (const [at, name] of names.entries()) {
      // What is not there and what the token may not see have one answer; a tree is there or is not.
      const tree = await this.#api.get(`git/trees/${sha}`, TreeSchema, COMMITS);
      if (tree === null) return { kind: 'unknown' };
      const modes = at === names.length - 1 ? FILE_MODES : [FOLDER_MODE];
      const entry = tree.tree.find((each) => each.path === name && modes.includes(each.mode));
      if (entry === undefined) return { kind: tree.truncated ? 'unknown' : 'absent' };
      sha = entry.sha;
    }
    const blob = await this.#api.get(`git/blobs/${sha}`, BlobSchema, COMMITS);
    if (blob === null) return { kind: 'unknown' };
    return { kind: 'file', text: Buffer.from(blob.content, 'base64').toString('utf8') };
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
