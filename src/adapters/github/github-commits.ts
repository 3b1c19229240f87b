import * as v from 'valibot';
import { VarveError } from '../../base/errors.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
import {
  type CommitFiles,
  type CommitHistory,
  type CommitLine,
  type CommittedFile,
  isCommitId,
} from '../../core/history/commit-history.ts';
import { withinTime } from '../http/deadlines.ts';
import { connectionFault, hintOn, unexpectedStatus } from '../http/http-faults.ts';
import { abandon, type HttpResponse, headerOf, readLimited, readRefusal } from '../http/http-response.ts';
import { HttpTransport } from '../http/http-transport.ts';
import type { NetworkOptions, Patience } from '../http/network-options.ts';
import type { Service } from '../http/service.ts';

/** How a repository on GitHub is reached. */
export interface GitHubAccess {
  /** The address of the API: `https://api.github.com`, or that of an own server. */
  readonly api: string;
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly token: string;
}

/** A baseline is worth waiting for, but not for long. */
const PATIENCE: Patience = {
  connect: 5_000,
  headers: 10_000,
  idle: 10_000,
  attempts: 2,
  backOff: 500,
  longestWait: 5_000,
  total: 15_000,
  slowest: 0,
};
/** Commits of one answer: the most that the server gives. */
const PAGE = 100;
/** Requests for one line of ancestors. */
const MOST_REQUESTS = 8;
/** Bytes of one answer: a hundred commits with long messages, or a comparison with its patches. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

const ShaSchema = v.pipe(v.string(), v.check(isCommitId));
const CommitSchema = v.object({ sha: ShaSchema, parents: v.array(v.object({ sha: ShaSchema })) });
const CommitListSchema = v.array(CommitSchema);
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
export class GitHubCommits implements CommitHistory, CommitFiles, AsyncDisposable {
  readonly #access: GitHubAccess;
  readonly #transport: HttpTransport;
  readonly #parents = new Map<string, readonly string[]>();

  /**
   * @param network its patience does not count: GitHub is waited for less long.
   * @param signal ends every request and every wait, with its reason.
   */
  constructor(access: GitHubAccess, network: NetworkOptions, signal?: AbortSignal) {
    this.#access = access;
    this.#transport = new HttpTransport({ ...network, patience: PATIENCE }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.destroy();
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
    const comparison = await this.#get(`compare/${one}...${other}?per_page=1`, ComparisonSchema);
    return comparison?.merge_base_commit.sha ?? null;
  }

  /** The newest commit of a branch; null when there is no such branch. */
  async tipOf(branch: string): Promise<string | null> {
    const name = branch.split('/').map(encodeURIComponent).join('/');
    return (await this.#get(`git/ref/heads/${name}`, ReferenceSchema))?.object.sha ?? null;
  }

  async readFileOf(commit: string, path: string): Promise<CommittedFile> {
    if (!isCommitId(commit)) return { kind: 'unknown' };
    const names = path.split('/');
    let sha = commit;
    for (const [at, name] of names.entries()) {
      // What is not there and what the token may not see have one answer; a tree is there or is not.
      const tree = await this.#get(`git/trees/${sha}`, TreeSchema);
      if (tree === null) return { kind: 'unknown' };
      const modes = at === names.length - 1 ? FILE_MODES : [FOLDER_MODE];
      const entry = tree.tree.find((each) => each.path === name && modes.includes(each.mode));
      if (entry === undefined) return { kind: tree.truncated ? 'unknown' : 'absent' };
      sha = entry.sha;
    }
    const blob = await this.#get(`git/blobs/${sha}`, BlobSchema);
    if (blob === null) return { kind: 'unknown' };
    return { kind: 'file', text: Buffer.from(blob.content, 'base64').toString('utf8') };
  }

  /** Asks for a commit and what comes before it. */
  async #learnFrom(commit: string): Promise<void> {
    if (!isCommitId(commit)) return;
    const commits = await this.#get(`commits?sha=${commit}&per_page=${PAGE}`, CommitListSchema);
    for (const { sha, parents } of commits ?? []) {
      this.#parents.set(
        sha,
        parents.map((parent) => parent.sha),
      );
    }
  }

  /** @returns null when the repository has no such commit. */
  async #get<T>(path: string, schema: v.GenericSchema<unknown, T>): Promise<T | null> {
    const { api, repository, token } = this.#access;
    const url = URL.parse(`${api.replace(/\/+$/, '')}/repos/${repository}/${path}`);
    if (url === null) throw new VarveError('bad-option', `${api} is not a web address`, { object: api });
    const service = gitHubAt(url);
    const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
    const late = () => tooSlow(url);
    return withinTime(PATIENCE.total, late, this.#transport.signal, async (signal) => {
      const request = { url, headers, authorization: `Bearer ${token}`, signal };
      const response = await this.#transport.send(request, service);
      // 409: the repository is empty; 422: it has no commit of this id.
      if ([404, 409, 422].includes(response.status)) {
        abandon(response.body);
        return null;
      }
      if (response.status !== 200) throw await refusal(response, repository, service);
      const bytes = await readLimited(response.body, LARGEST_ANSWER).catch((fault: unknown) => {
        signal.throwIfAborted();
        throw connectionFault(fault, url, service);
      });
      return readAnswer(bytes, schema, url);
    });
  }
}

const HINTS: Service['hints'] = {
  'other-name': 'name GitHub in GITHUB_API_URL as its certificate does',
  'not-tls': 'if GitHub speaks plain HTTP, say so in GITHUB_API_URL',
  'not-plain': 'if GitHub speaks TLS, say so in GITHUB_API_URL',
  name: 'check GITHUB_API_URL and the proxy settings',
  refused: 'check GITHUB_API_URL, the proxy settings, and whether GitHub runs',
};

/** GitHub, or an own server of it, as errors speak of it. */
function gitHubAt(home: URL): Service {
  return { name: 'GitHub', home, hints: HINTS, wordsIn };
}

const RefusalSchema = v.object({ message: v.string() });

function wordsIn(document: unknown): string {
  const refusal = v.safeParse(RefusalSchema, document);
  return refusal.success ? refusal.output.message : '';
}

function readAnswer<T>(bytes: Buffer | null, schema: v.GenericSchema<unknown, T>, url: URL): T {
  try {
    if (bytes !== null) return v.parse(schema, parseShallowJson(bytes.toString('utf8')));
  } catch {
    // What is not JSON is as little of use as what is another kind of it.
  }
  throw new VarveError('unreachable', `${url.origin} gave an answer that is none of GitHub's API`, {
    object: url.origin,
  });
}

/** The error for an answer that is none of those expected. */
async function refusal(response: HttpResponse, repository: string, service: Service): Promise<VarveError> {
  const { status, url } = response;
  const said = await readRefusal(response, service);
  if (status !== 401 && status !== 403) return unexpectedStatus(response, said, service);
  const message = `${url.origin} answered with ${status} when asked for the commits of ${repository}`;
  return new VarveError('denied', said === '' ? message : `${message}: ${said}`, {
    object: repository,
    hint: isLimit(response) ? hintOn('limited', service) : 'the token needs the permission contents: read',
  });
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
function isLimit(response: HttpResponse): boolean {
  return headerOf(response, 'x-ratelimit-remaining') === '0' || headerOf(response, 'retry-after') !== '';
}

function tooSlow(url: URL): VarveError {
  return new VarveError('unreachable', `${url.origin} did not answer in ${PATIENCE.total / 1000} seconds`, {
    object: url.origin,
    hint: hintOn('passing', gitHubAt(url)),
  });
}
