import * as v from 'valibot';
import { toVarveError, VarveError } from '../../base/errors.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
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

/** What the API is asked for, in the words of errors. */
export interface GitHubSubject {
  /** Such as `the commits`. */
  readonly name: string;
  /** The permission that a token needs for it, such as `contents: read`. */
  readonly permission: string;
}

/** A baseline is worth waiting for, but not for long. */
const PATIENCE: Patience = {
  connect: 3_000,
  headers: 5_000,
  idle: 5_000,
  attempts: 2,
  backOff: 500,
  longestWait: 3_000,
  total: 6_000,
  slowest: 0,
};
/** Milliseconds that a run waits for all answers together: a server that gives each in the nick of time is too slow. */
const MOST_WAITING = 10_000;
/** Bytes of one answer: a hundred commits with long messages, or a comparison with its patches. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** GitHub's API of one repository. Dispose of it to close its connections. */
export class GitHubApi implements AsyncDisposable {
  readonly #access: GitHubAccess;
  readonly #transport: HttpTransport;
  /** A server that gave no answer once is not asked again. */
  #silence: VarveError | null = null;
  /** Whole milliseconds. */
  #left = MOST_WAITING;

  /**
   * @param network its patience does not count: GitHub is waited for less long.
   * @param signal ends every request and every wait, with its reason.
   */
  constructor(access: GitHubAccess, network: NetworkOptions, signal?: AbortSignal) {
    this.#access = access;
    this.#transport = new HttpTransport({ ...network, patience: PATIENCE }, signal);
  }

  get repository(): string {
    return this.#access.repository;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.destroy();
  }

  /**
   * @param path below the repository.
   * @returns null when the repository has no such thing.
   * @throws VarveError `denied`, `unreachable`.
   */
  async get<T>(path: string, schema: v.GenericSchema<unknown, T>, subject: GitHubSubject): Promise<T | null> {
    if (this.#silence !== null) throw this.#silence;
    const begun = performance.now();
    try {
      return await this.#ask(path, schema, subject);
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.code === 'unreachable') this.#silence = error;
      throw fault;
    } finally {
      this.#left = Math.max(0, Math.floor(this.#left - (performance.now() - begun)));
    }
  }

  async #ask<T>(
    path: string,
    schema: v.GenericSchema<unknown, T>,
    subject: GitHubSubject,
  ): Promise<T | null> {
    const { api, repository, token } = this.#access;
    const url = URL.parse(`${api.replace(/\/+$/, '')}/repos/${repository}/${path}`);
    if (url === null) throw new VarveError('bad-option', `${api} is not a web address`, { object: api });
    const service = gitHubAt(url);
    const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
    const patience = Math.min(PATIENCE.total, this.#left);
    const late = () => tooSlow(url, patience < PATIENCE.total);
    return withinTime(patience, late, this.#transport.signal, async (signal) => {
      const request = { url, headers, authorization: `Bearer ${token}`, signal };
      const response = await this.#transport.send(request, service);
      // 409: the repository is empty; 422: it has no commit of this id.
      if ([404, 409, 422].includes(response.status)) {
        abandon(response.body);
        return null;
      }
      if (response.status !== 200) throw await refusal(response, repository, subject, service);
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
  throw new VarveError('unreachable', `${url.origin} gave an answer that GitHub's API does not give`, {
    object: url.origin,
  });
}

/** The error for an unexpected answer. */
async function refusal(
  response: HttpResponse,
  repository: string,
  { name, permission }: GitHubSubject,
  service: Service,
): Promise<VarveError> {
  const { status, url } = response;
  const said = await readRefusal(response, service);
  if (status !== 401 && status !== 403) return unexpectedStatus(response, said, service);
  const message = `${url.origin} answered with ${status} when asked for ${name} of ${repository}`;
  return new VarveError('denied', said === '' ? message : `${message}: ${said}`, {
    object: repository,
    hint: isLimit(response) ? hintOn('limited', service) : `the token needs the permission ${permission}`,
  });
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
function isLimit(response: HttpResponse): boolean {
  return headerOf(response, 'x-ratelimit-remaining') === '0' || headerOf(response, 'retry-after') !== '';
}

/** @param inAll whether the answers before had taken the time. */
function tooSlow(url: URL, inAll: boolean): VarveError {
  const problem = inAll
    ? `took ${MOST_WAITING / 1000} seconds in all for its answers`
    : `did not answer in ${PATIENCE.total / 1000} seconds`;
  return new VarveError('unreachable', `${url.origin} ${problem}`, {
    object: url.origin,
    hint: hintOn('passing', gitHubAt(url)),
  });
}
