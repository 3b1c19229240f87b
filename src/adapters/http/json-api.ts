import * as v from 'valibot';
import { toVarveError, VarveError } from '../../base/errors.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
import { withinTime } from './deadlines.ts';
import { connectionFault, hintOn, unexpectedStatus } from './http-faults.ts';
import type { HttpRequest } from './http-request.ts';
import { abandon, discard, type HttpResponse, readLimited, readRefusal } from './http-response.ts';
import { HttpTransport } from './http-transport.ts';
import type { NetworkOptions, Patience } from './network-options.ts';
import type { Service } from './service.ts';

/** A server's API, and what is asked for there. */
export interface ApiAccess {
  /** Below which all paths are: `https://api.github.com/repos/OWNER/NAME`. */
  readonly base: string;
  /** Whose things they are, in the words of errors: a repository, a project. */
  readonly owner: string;
  readonly token: string;
  readonly server: ApiServer;
}

/** How a kind of server is spoken to, and of. */
export interface ApiServer {
  /** Such as `GitHub`. */
  readonly name: string;
  /** The variable that says where its API is. */
  readonly variable: string;
  /** Sent with each request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Statuses that say of what is read that it is not there. */
  readonly absent: readonly number[];
  /** Null where an answer does not say that the server was asked too often. */
  readonly limitIn: (response: HttpResponse) => ApiLimit | null;
  /** Whether the words of a refusal say that the server was asked too often, where its headers may not. */
  readonly isLimit?: (said: string) => boolean;
  /** What a refusal says is missing, where the server says it in its own way; empty where it does not. */
  readonly lackIn?: (response: HttpResponse) => string;
}

/** A server was asked too often. */
export interface ApiLimit {
  /** Milliseconds until it may be asked again; null when it does not say. */
  readonly wait: number | null;
}

/** What the API is asked for, in the words of errors. */
export interface ApiSubject {
  /** Such as `the commits`. */
  readonly name: string;
  /** The permission that a token needs for it, such as `contents: read`. */
  readonly permission: string;
}

/** How long a server is waited for. */
export interface ApiPatience extends Patience {
  /** Milliseconds that a run waits for all answers together: a server that gives each in the nick of time is too slow. */
  readonly inAll: number;
}

/** What a run can do without is worth waiting for, but not for long. */
export const PATIENCE_TO_READ: ApiPatience = {
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
export const PATIENCE_TO_WRITE: ApiPatience = {
  ...PATIENCE_TO_READ,
  headers: 10_000,
  longestWait: 60_000,
  total: 75_000,
  inAll: 120_000,
};
/** Bytes of one answer: a hundred commits with long messages, or a comparison with its patches. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** The JSON API of a server that keeps repositories. Dispose of it to close its connections. */
export class JsonApi implements AsyncDisposable {
  readonly #access: ApiAccess;
  readonly #transport: HttpTransport;
  readonly #patience: ApiPatience;
  /** A server that gave no answer once is not asked again. */
  #silence: VarveError | null = null;
  /** Whole milliseconds. */
  #left: number;

  /**
   * @param network its patience does not count.
   * @param signal ends every request and every wait, with its reason.
   */
  constructor(
    access: ApiAccess,
    network: NetworkOptions,
    signal?: AbortSignal,
    patience: ApiPatience = PATIENCE_TO_READ,
  ) {
    this.#access = access;
    this.#patience = patience;
    this.#left = patience.inAll;
    this.#transport = new HttpTransport({ ...network, patience }, signal);
  }

  /** The error for what the server says is not there: it hides what a token may not see. */
  hidden({ name, permission }: ApiSubject): VarveError {
    const { owner, server } = this.#access;
    return new VarveError('denied', `${server.name} does not show ${name} of ${owner} to this token`, {
      object: owner,
      hint: `the token needs the permission ${permission}`,
    });
  }

  /** Why the server is not asked any more; null while it answers. */
  get silence(): VarveError | null {
    return this.#silence;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.destroy();
  }

  /**
   * @param path below the base.
   * @returns null for what does not exist.
   * @throws VarveError `denied`, `unreachable`.
   */
  get<T>(path: string, schema: v.GenericSchema<unknown, T>, subject: ApiSubject): Promise<T | null> {
    const { absent } = this.#access.server;
    return this.#send({ method: 'GET', url: this.#below(path), absent }, schema, subject);
  }

  /**
   * Changes something.
   * @param path below the base.
   * @returns null for what does not exist.
   * @throws VarveError `denied`, `unreachable`: then it may have been done nevertheless.
   */
  change<T>(
    { method, path, body }: Change,
    schema: v.GenericSchema<unknown, T>,
    subject: ApiSubject,
  ): Promise<T | null> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return this.#send({ method, url: this.#below(path), body: text, absent: [404] }, schema, subject);
  }

  /**
   * Asks what is not below the base.
   * @param url of the same server.
   * @param query of GraphQL, which is sent; without it the address is read.
   * @returns null for what does not exist or is hidden from this token.
   * @throws VarveError `unreachable`.
   */
  ask<T>(
    url: string,
    query: string | null,
    schema: v.GenericSchema<unknown, T>,
    subject: ApiSubject,
  ): Promise<T | null> {
    const sent = query === null ? undefined : JSON.stringify({ query });
    const method = sent === undefined ? 'GET' : 'POST';
    return this.#send({ method, url, body: sent, absent: [401, 403, 404] }, schema, subject);
  }

  #below(path: string): string {
    return `${this.#access.base}/${path}`;
  }

  async #send<T>(request: Sent, schema: v.GenericSchema<unknown, T>, subject: ApiSubject): Promise<T | null> {
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
    subject: ApiSubject,
  ): Promise<T | null> {
    const { base, owner, token, server } = this.#access;
    const url = URL.parse(address);
    if (url === null) throw notAnAddress(base, server);
    const service = serviceAt(url, server);
    const { headers } = server;
    const { total } = this.#patience;
    const patience = Math.min(total, this.#left);
    const late = () => tooSlow(service, this.#patience, patience < total);
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
      if (status < 200 || status > 299) throw await refusal(response, owner, subject, service, server);
      const bytes = await readLimited(response.body, LARGEST_ANSWER).catch((fault: unknown) => {
        signal.throwIfAborted();
        throw connectionFault(fault, url, service);
      });
      return readAnswer(status === 204 ? Buffer.from('null') : bytes, schema, service, server);
    });
  }

  /** Sends a request until the server's limits let it through. What makes something is sent once: it may have been made. */
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
      const asked = this.#access.server.limitIn(outcome)?.wait ?? null;
      if (asked === null || asked > this.#patience.longestWait || attempt >= this.#patience.attempts)
        return outcome;
      await discard(outcome.body);
      await this.#transport.pause(asked, request.signal);
    }
  }
}

interface Change {
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
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

/** A server as errors speak of it. */
function serviceAt(home: URL, { name, variable }: ApiServer): Service {
  const hints = {
    'other-name': `name ${name} in ${variable} as its certificate does`,
    'not-tls': `if ${name} speaks plain HTTP, say so in ${variable}`,
    'not-plain': `if ${name} speaks TLS, say so in ${variable}`,
    name: `check ${variable} and the proxy settings`,
    refused: `check ${variable}, the proxy settings, and whether ${name} runs`,
  };
  return { name, home, hints, wordsIn };
}

const notAnAddress = (base: string, { name, variable }: ApiServer): VarveError =>
  new VarveError('bad-option', `${base} is not a web address`, {
    object: base,
    hint: `let ${variable} name the API of ${name}, with its scheme`,
  });

const RefusalSchema = v.object({ message: v.unknown() });

function wordsIn(document: unknown): string {
  const refusal = v.safeParse(RefusalSchema, document);
  if (!refusal.success) return '';
  const { message } = refusal.output;
  return typeof message === 'string' ? message : JSON.stringify(message);
}

function readAnswer<T>(
  bytes: Buffer | null,
  schema: v.GenericSchema<unknown, T>,
  { name, home }: Service,
  { variable }: ApiServer,
): T {
  try {
    if (bytes !== null) return v.parse(schema, parseShallowJson(bytes.toString('utf8')));
  } catch {
    // What is not JSON is as little of use as what is another kind of it.
  }
  throw new VarveError('unreachable', `${home.origin} gave an answer that ${name}'s API does not give`, {
    object: home.origin,
    hint: `check ${variable} and the proxy settings: another server may have answered`,
  });
}

/** The error for an unexpected answer. */
async function refusal(
  response: HttpResponse,
  owner: string,
  { name, permission }: ApiSubject,
  service: Service,
  { lackIn, limitIn, isLimit }: ApiServer,
): Promise<VarveError> {
  const { status, url } = response;
  const said = await readRefusal(response, service);
  if (status !== 401 && status !== 403) return unexpectedStatus(response, said, service);
  const message = `${url.origin} answered with ${status} when asked for ${name} of ${owner}`;
  return new VarveError('denied', said === '' ? message : `${message}: ${said}`, {
    object: owner,
    hint:
      limitIn(response) || isLimit?.(said)
        ? hintOn('limited', service)
        : `the token needs the permission ${permission}${lackIn?.(response) ?? ''}`,
  });
}

/** @param isSpent whether the answers before had taken the time. */
function tooSlow(service: Service, { inAll, total }: ApiPatience, isSpent: boolean): VarveError {
  const problem = isSpent
    ? `took ${inAll / 1000} seconds in all for its answers`
    : `did not answer in ${total / 1000} seconds`;
  const { origin } = service.home;
  return new VarveError('unreachable', `${origin} ${problem}`, {
    object: origin,
    hint: hintOn('passing', service),
  });
}
