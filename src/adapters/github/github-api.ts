import * as v from 'valibot';
import { toVarveError, VarveError } from '../../base/errors.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
import { withinTime } from '../http/deadlines.ts';
import { connectionFault, hintOn, unexpectedStatus } from '../http/http-faults.ts';
import type { HttpRequest } from '../http/http-request.ts';
import {
  abandon,
  discard,
  type HttpResponse,
  headerOf,
  readLimited,
  readRefusal,
  retryAfter,
} from '../http/http-response.ts';
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

/** How long GitHub is waited for. */
export interface GitHubPatience extends Patience {
  /** Milliseconds that a run waits for all answers together: a server that gives each in the nick of time is too slow. */
  readonly inAll: number;
}

/** A baseline is worth waiting for, but not for long. */
const PATIENCE: GitHubPatience = {
  connect: 3_000,
  headers: 5_000,
  idle: 5_000,
  attempts: 2,
  backOff: 500,
  longestWait: 3_000,
  total: 6_000,
  slowest: 0,
  inAll: 10_000,
};
/** What is written may have to wait until many others have written. */
export const PATIENCE_TO_WRITE: GitHubPatience = {
  ...PATIENCE,
  headers: 10_000,
  longestWait: 60_000,
  total: 75_000,
  inAll: 120_000,
};
/** Bytes of one answer: a hundred commits with long messages, or a comparison with its patches. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** GitHub's API of one repository. Dispose of it to close its connections. */
export class GitHubApi implements AsyncDisposable {
  readonly #access: GitHubAccess;
  readonly #transport: HttpTransport;
  readonly #patience: GitHubPatience;
  /** A server that gave no answer once is not asked again. */
  #silence: VarveError | null = null;
  /** Whole milliseconds. */
  #left: number;

  /**
   * @param network its patience does not count: GitHub is waited for less long.
   * @param signal ends every request and every wait, with its reason.
   */
  constructor(
    access: GitHubAccess,
    network: NetworkOptions,
    signal?: AbortSignal,
    patience: GitHubPatience = PATIENCE,
  ) {
    this.#access = access;
    this.#patience = patience;
    this.#left = patience.inAll;
    this.#transport = new HttpTransport({ ...network, patience }, signal);
  }

  /** The error for what GitHub says is not there: it hides what a token may not see. */
  hidden({ name, permission }: GitHubSubject): VarveError {
    const { repository } = this.#access;
    return new VarveError('denied', `GitHub does not show ${name} of ${repository} to this token`, {
      object: repository,
      hint: `the token needs the permission ${permission}`,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.destroy();
  }

  /**
   * @param path below the repository.
   * @returns null when the repository has no such thing.
   * @throws VarveError `denied`, `unreachable`.
   */
  get<T>(path: string, schema: v.GenericSchema<unknown, T>, subject: GitHubSubject): Promise<T | null> {
    // 409: the repository is empty; 422: it has no commit of this id.
    return this.#send({ method: 'GET', url: this.#below(path), absent: [404, 409, 422] }, schema, subject);
  }

  /**
   * Changes something.
   * @param path below the repository.
   * @returns null when the repository has no such thing.
   * @throws VarveError `denied`, `unreachable`: then it may have been done nevertheless.
   */
  change<T>(
    { method, path, body }: Change,
    schema: v.GenericSchema<unknown, T>,
    subject: GitHubSubject,
  ): Promise<T | null> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return this.#send({ method, url: this.#below(path), body: text, absent: [404] }, schema, subject);
  }

  /**
   * Asks what is not of a repository.
   * @param url of the same server.
   * @param query of GraphQL, which is sent; without it the address is read.
   * @returns null when there is no such thing, or it is not shown to this token.
   * @throws VarveError `unreachable`.
   */
  ask<T>(
    url: string,
    query: string | null,
    schema: v.GenericSchema<unknown, T>,
    subject: GitHubSubject,
  ): Promise<T | null> {
    const sent = query === null ? undefined : JSON.stringify({ query });
    const method = sent === undefined ? 'GET' : 'POST';
    return this.#send({ method, url, body: sent, absent: [401, 403, 404] }, schema, subject);
  }

  #below(path: string): string {
    return `${this.#access.api.replace(/\/+$/, '')}/repos/${this.#access.repository}/${path}`;
  }

  async #send<T>(
    request: Sent,
    schema: v.GenericSchema<unknown, T>,
    subject: GitHubSubject,
  ): Promise<T | null> {
    if (this.#silence !== null) throw this.#silence;
    const begun = performance.now();
    try {
      return await this.#exchange(request, schema, subject);
    } catch (fault) {
      const error = toVarveError(fault);
      // What is written again is written on purpose.
      if (error.code === 'unreachable' && request.method === 'GET') this.#silence = error;
      throw fault;
    } finally {
      this.#left = Math.max(0, Math.floor(this.#left - (performance.now() - begun)));
    }
  }

  async #exchange<T>(
    { method, url: address, body, absent }: Sent,
    schema: v.GenericSchema<unknown, T>,
    subject: GitHubSubject,
  ): Promise<T | null> {
    const { api, repository, token } = this.#access;
    const url = URL.parse(address);
    if (url === null) throw new VarveError('bad-option', `${api} is not a web address`, { object: api });
    const service = gitHubAt(url);
    const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
    const { total } = this.#patience;
    const patience = Math.min(total, this.#left);
    const late = () => tooSlow(url, this.#patience, patience < total);
    return withinTime(patience, late, this.#transport.signal, async (signal) => {
      const request = {
        ...{ method, url, headers, authorization: `Bearer ${token}`, signal },
        ...(body !== undefined && {
          body: Buffer.from(body),
          headers: { ...headers, 'content-type': 'application/json' },
        }),
      };
      const response = await this.#sendWithin(request, service);
      const { status } = response;
      if (absent.includes(status)) {
        abandon(response.body);
        return null;
      }
      if (status < 200 || status > 299) throw await refusal(response, repository, subject, service);
      const bytes = await readLimited(response.body, LARGEST_ANSWER).catch((fault: unknown) => {
        signal.throwIfAborted();
        throw connectionFault(fault, url, service);
      });
      return readAnswer(status === 204 ? Buffer.from('null') : bytes, schema, url);
    });
  }

  /** Sends a request until GitHub's limits let it through. What makes something is sent once: it may have been made. */
  async #sendWithin(request: HttpRequest, service: Service): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome =
        request.method === 'POST'
          ? await this.#transport.attempt(request, service)
          : await this.#transport.send(request, service);
      if (!('status' in outcome)) {
        // Only where it says to come again was nothing done.
        if (outcome.asked === null) throw outcome.failure;
        await this.#transport.wait(attempt, outcome, request.signal);
        continue;
      }
      const asked = isLimit(outcome) ? waitOf(outcome) : null;
      if (asked === null || asked > this.#patience.longestWait || attempt >= this.#patience.attempts)
        return outcome;
      await discard(outcome.body);
      await this.#transport.pause(asked, request.signal);
    }
  }
}

interface Change {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
}

interface Sent {
  readonly method: 'GET' | Change['method'];
  readonly url: string;
  readonly body?: string | undefined;
  /** Statuses that say that there is no such thing. */
  readonly absent: readonly number[];
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
    hint: isLimit(response) ? hintOn('limited', service) : needed(response, permission),
  });
}

/** What the token lacks, which GitHub may say itself. */
function needed(response: HttpResponse, permission: string): string {
  const accepted = headerOf(response, 'x-accepted-github-permissions');
  const said = /^[a-z_=,; ]{1,200}$/.test(accepted) ? ` (GitHub asks for ${accepted})` : '';
  return `the token needs the permission ${permission}${said}`;
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
function isLimit(response: HttpResponse): boolean {
  if (response.status !== 403 && response.status !== 429) return false;
  return headerOf(response, 'x-ratelimit-remaining') === '0' || headerOf(response, 'retry-after') !== '';
}

/** How long a limit asks one to wait, in milliseconds; null when it does not say. */
function waitOf(response: HttpResponse): number | null {
  const asked = retryAfter(response);
  if (asked !== null) return asked;
  const reset = headerOf(response, 'x-ratelimit-reset');
  return /^\d{1,12}$/.test(reset) ? Math.max(0, Number(reset) * 1000 - Date.now()) : null;
}

/** @param isSpent whether the answers before had taken the time. */
function tooSlow(url: URL, { inAll, total }: GitHubPatience, isSpent: boolean): VarveError {
  const problem = isSpent
    ? `took ${inAll / 1000} seconds in all for its answers`
    : `did not answer in ${total / 1000} seconds`;
  return new VarveError('unreachable', `${url.origin} ${problem}`, {
    object: url.origin,
    hint: hintOn('passing', gitHubAt(url)),
  });
}
