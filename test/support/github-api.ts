import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import type { CachedEntry } from './cache-service.ts';

/** Commits by their ids, each with its parents, in the order in which the API lists them: newest first. */
export type CommitGraph = ReadonlyMap<string, readonly string[]>;

export interface ListedPullRequest {
  readonly number: number;
  /** `OWNER:BRANCH` */
  readonly from: string;
  readonly headCommit: string;
  readonly baseCommit: string;
  readonly state?: 'open' | 'closed';
}

function describePullRequest({ number, headCommit, baseCommit, state = 'open' }: ListedPullRequest) {
  return { number, state, head: { sha: headCommit }, base: { sha: baseCommit, ref: 'main' } };
}

/** What GitHub's API says of the commits of `octocat/shop`, on a loopback server of the test's own. */
export class GitHubApi {
  readonly url: string;
  readonly requests: string[] = [];
  /** Set to answer in another way; true when it did. */
  interfere: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  graph: CommitGraph = new Map();
  /** Tags by name, each with its commit. */
  tags: ReadonlyMap<string, string> = new Map();
  pullRequests: readonly ListedPullRequest[] = [];
  /** What the workflows' cache holds; null where the token may not list it. */
  caches: readonly CachedEntry[] | null = null;
  /** Whether keys of the cache are the same in any letter case. */
  ignoresCase = false;
  /** Files of commits by their paths; one in a folder stands in a tree of its own. */
  files: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map();
  /** Tips of branches. */
  branches: Readonly<Record<string, string>> = {};

  private constructor(url: string) {
    this.url = url;
  }

  /** Ends with the tests of the file. @param tls without it, plain HTTP is spoken. */
  static async start(tls?: { readonly key: string; readonly cert: string }): Promise<GitHubApi> {
    const listener = (request: IncomingMessage, response: ServerResponse) => api.#answer(request, response);
    const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });
    const scheme = tls === undefined ? 'http' : 'https';
    const api = new GitHubApi(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return api;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.requests.push(request.url ?? '');
    if (this.interfere(request, response)) return;
    const url = new URL(request.url ?? '', this.url);
    const [, path] = /^\/repos\/octocat\/shop\/(.+)$/.exec(url.pathname) ?? [];
    if (request.headers.authorization !== 'Bearer secret-token')
      send(response, 401, { message: 'Bad credentials' });
    else if (path === 'commits') this.#list(url.searchParams, response);
    else if (path === 'tags') this.#listTags(response);
    else if (path?.startsWith('pulls')) this.#findPullRequests(path, url.searchParams, response);
    else if (path === 'actions/caches') this.#listCaches(url.searchParams, response);
    else if (path?.startsWith('compare/')) this.#compare(path.slice('compare/'.length), response);
    else if (path?.startsWith('git/')) this.#object(path, response);
    else send(response, 404, { message: 'Not Found' });
  }

  #object(path: string, response: ServerResponse): void {
    const [, kind, id = ''] = /^git\/(trees|blobs|ref\/heads)\/(.+)$/.exec(path) ?? [];
    const found = kind === 'ref/heads' ? this.#tipOf(decodeURIComponent(id)) : this.#find(kind, id);
    if (found === undefined) send(response, 404, { message: 'Not Found' });
    else send(response, 200, found);
  }

  #find(kind: string | undefined, id: string): unknown {
    const tree = new Map<string, unknown>();
    for (const [commit, files] of this.files) {
      for (const [name, text] of Object.entries(files)) {
        const way = name.split('/');
        const ids = [commit, ...way.map((_, at) => idOf(`${commit}/${way.slice(0, at + 1).join('/')}`))];
        const at = ids.indexOf(id);
        const [path = '', mode] = [way[at], at === way.length - 1 ? '100644' : '040000'];
        if (at >= 0 && at < way.length) tree.set(path, { path, mode, sha: ids[at + 1] });
        else if (at === way.length && kind === 'blobs')
          return { content: Buffer.from(text).toString('base64'), encoding: 'base64' };
      }
    }
    const isThere = tree.size > 0 || this.files.has(id) || this.graph.has(id);
    return kind === 'trees' && isThere ? { tree: [...tree.values()], truncated: false } : undefined;
  }

  #tipOf(branch: string): unknown {
    const sha = this.branches[branch];
    return sha && { ref: `refs/heads/${branch}`, object: { sha, type: 'commit' } };
  }

  #list(query: URLSearchParams, response: ServerResponse): void {
    const reachable = this.#reachable(query.get('sha') ?? '');
    if (reachable.size === 0) send(response, 422, { message: 'No commit found for SHA' });
    const listed = [...this.graph]
      .filter(([sha]) => reachable.has(sha))
      .slice(0, Number(query.get('per_page')));
    send(
      response,
      200,
      listed.map(([sha, parents]) => ({
        sha,
        commit: { message: 'a message' },
        parents: parents.map((parent) => ({ sha: parent, url: 'https://example.org' })),
      })),
    );
  }

  #listTags(response: ServerResponse): void {
    const tags = [...this.tags].map(([name, commit]) => ({ name, commit: { sha: commit, url: '' } }));
    send(response, 200, tags);
  }

  /** @see https://docs.github.com/en/rest/pulls/pulls */
  #findPullRequests(path: string, query: URLSearchParams, response: ServerResponse): void {
    if (path === 'pulls') {
      const listed = this.pullRequests.filter(({ from }) => from === query.get('head'));
      send(response, 200, listed.map(describePullRequest));
      return;
    }
    const found = this.pullRequests.find(({ number }) => path === `pulls/${number}`);
    if (found === undefined) send(response, 404, { message: 'Not Found' });
    else send(response, 200, describePullRequest(found));
  }

  /** @see https://docs.github.com/en/rest/actions/cache#list-github-actions-caches-for-a-repository */
  #listCaches(query: URLSearchParams, response: ServerResponse): void {
    if (this.caches === null) {
      send(response, 403, { message: 'Resource not accessible by integration' });
      return;
    }
    const [ref, key] = [query.get('ref'), query.get('key') ?? ''];
    const plain = (text: string): string => (this.ignoresCase ? text.toLowerCase() : text);
    const found = this.caches.filter(
      (entry) =>
        entry.finalized && (ref === null || entry.scope === ref) && plain(entry.key).startsWith(plain(key)),
    );
    const listed = found.slice(0, Number(query.get('per_page') ?? 30));
    send(response, 200, {
      total_count: found.length,
      actions_caches: listed.map((entry, id) => ({
        id,
        ref: entry.scope,
        key: entry.key,
        version: entry.version,
      })),
    });
  }

  #compare(range: string, response: ServerResponse): void {
    const [one, other] = range.split('...').map((sha) => this.#reachable(sha));
    const base = [...this.graph.keys()].find((sha) => one?.has(sha) && other?.has(sha));
    if (base === undefined) send(response, 404, { message: 'Not Found' });
    else send(response, 200, { status: 'diverged', merge_base_commit: { sha: base }, files: [] });
  }

  #reachable(sha: string): Set<string> {
    const found = new Set<string>();
    for (const pending = [sha]; pending.length > 0; ) {
      const next = pending.pop() ?? '';
      if (found.has(next) || !this.graph.has(next)) continue;
      found.add(next);
      pending.push(...(this.graph.get(next) ?? []));
    }
    return found;
  }
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.writableEnded) return;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const idOf = (text: string): string => hash('sha1', text, 'hex');

/** The id of a commit by a number. */
export const sha = (number: number): string => number.toString(16).padStart(40, '0');

/** A line of commits from number `from` down to 1, the root. */
export function lineOf(from: number): Map<string, readonly string[]> {
  const numbers = Array.from({ length: from }, (_, index) => from - index);
  return new Map(numbers.map((number) => [sha(number), number === 1 ? [] : [sha(number - 1)]]));
}
