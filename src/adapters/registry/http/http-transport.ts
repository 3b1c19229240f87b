import { Readable } from 'node:stream';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { VarveError } from '../../../base/errors.ts';
import type { RegistryAccess } from '../registry-access.ts';
import { createDispatchers, type Dispatchers } from './dispatchers.ts';
import { isLoopbackHost, isPrivateAddress } from './host-address.ts';
import {
  classifyTrouble,
  connectionFault,
  privateNetwork,
  redactUrl,
  unexpectedStatus,
} from './http-faults.ts';
import type { HttpRequest, HttpResponse, StreamedBody } from './http-messages.ts';
import { resolveLocation } from './resolve-location.ts';
import { discard, readRefusal } from './response-body.ts';
import { headerOf, retryAfter } from './response-headers.ts';

const MOST_REDIRECTS = 6;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Those that leave method and body as they are. */
const FAITHFUL_REDIRECTS = new Set([307, 308]);
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Why a request got no answer that counts, though it might get one later. */
export interface PassingTrouble {
  readonly failure: VarveError;
  /** How long the server asks one to wait, in milliseconds; null when it does not. */
  readonly asked: number | null;
}

/** Sends requests on behalf of one registry, follows its redirects with care, and tries again what may pass. */
export class HttpTransport {
  readonly #access: RegistryAccess;
  #dispatchers: Promise<Dispatchers> | null = null;
  readonly #privateHomes = new Map<string, Promise<boolean>>();

  constructor(access: RegistryAccess) {
    this.#access = access;
  }

  /**
   * Sends a request until it has an answer that will not change by asking again.
   * @param home the registry: what is elsewhere is trusted less.
   * @throws VarveError `unreachable`, `denied`.
   */
  async send(request: HttpRequest, home: URL): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.attempt(request, home);
      if ('status' in outcome) return outcome;
      await this.wait(attempt, outcome.failure, outcome.asked, request.signal);
    }
  }

  /**
   * Sends a request once, and follows where it is sent on.
   * @returns the answer, or trouble that may pass.
   * @throws VarveError `unreachable`, `denied`, and what reading the request's body throws.
   */
  async attempt(request: HttpRequest, home: URL): Promise<HttpResponse | PassingTrouble> {
    try {
      const response = await this.#follow(request, home);
      if (!PASSING.has(response.status)) return response;
      const said = await readRefusal(response.body);
      const failure = unexpectedStatus(response.url, response.status, said);
      return { failure, asked: retryAfter(response) };
    } catch (fault) {
      request.signal?.throwIfAborted();
      const failure = connectionFault(fault, request.url);
      if (fault instanceof VarveError || classifyTrouble(fault) !== 'passing') throw failure;
      return { failure, asked: null };
    }
  }

  /**
   * Waits before the next attempt.
   * @param attempt how many there were.
   * @param asked what the server asked for, in milliseconds.
   * @throws the failure, when there were enough attempts or the server asks for too long a wait.
   */
  async wait(
    attempt: number,
    failure: VarveError,
    asked: number | null = null,
    signal?: AbortSignal,
  ): Promise<void> {
    const { attempts, backOff, longestWait } = this.#access.patience;
    if (attempt >= attempts || (asked ?? 0) > longestWait) throw failure;
    const own = Math.min(backOff * 2 ** (attempt - 1), longestWait) * (0.75 + Math.random() / 2);
    await sleep(Math.max(asked ?? 0, own), undefined, signal && { signal });
  }

  /**
   * Asks for an address once, without following where it is sent on; the answer's body is passed over.
   * @returns the status. @throws whatever the HTTP client does.
   */
  async probe(url: URL): Promise<number> {
    const signal = AbortSignal.timeout(this.#access.patience.headers);
    const { status, body } = await this.#once({ url, signal }, url, null, false);
    await discard(body);
    return status;
  }

  async destroy(): Promise<void> {
    const dispatchers = await this.#dispatchers?.catch(() => null);
    await dispatchers?.destroy();
  }

  async #follow(request: HttpRequest, home: URL): Promise<HttpResponse> {
    let { url } = request;
    let authorization = request.authorization ?? null;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const guarded = await this.#guard(url, home);
      const response = await this.#once(request, url, authorization, guarded);
      const location = headerOf(response, 'location');
      if (!isRedirect(request, response) || location === '') return response;
      await discard(response.body);
      const next = resolveLocation(location, url);
      if (next.origin !== url.origin) {
        if (typeof request.body === 'string') throw refuseToForward(url, next);
        authorization = null;
      }
      url = next;
    }
    const object = redactUrl(request.url);
    throw new VarveError('unreachable', `${object} is redirected without end`, { object });
  }

  async #once(
    { method = 'GET', headers = {}, body, answerTimeout, signal }: HttpRequest,
    url: URL,
    authorization: string | null,
    guarded: boolean,
  ): Promise<HttpResponse> {
    this.#dispatchers ??= createDispatchers(this.#access);
    const dispatcher = (await this.#dispatchers).find(url, guarded);
    // The connection of an answer that was just read is free one turn later; until then another would be opened.
    await setImmediate();
    const answer = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      // The client would end the connection after each HEAD, for the sake of servers that send a body.
      ...(method === 'HEAD' && { reset: false }),
      headers: {
        'user-agent': 'varve',
        ...headers,
        ...(authorization !== null && { authorization }),
        ...(isStreamed(body) && { 'content-length': String(body.length) }),
      },
      ...(body !== undefined && {
        body: isStreamed(body) ? streamBody(body, this.#access.patience.idle) : body,
      }),
      ...(answerTimeout !== undefined && { headersTimeout: answerTimeout }),
      ...(signal && { signal }),
    });
    return { url, status: answer.statusCode, headers: answer.headers, body: answer.body };
  }

  /**
   * Judges where a request goes: a registry of the open net must not send one into a private network.
   * @returns whether the addresses of its name are to be looked at too.
   */
  async #guard(url: URL, home: URL): Promise<boolean> {
    if (url.hostname === home.hostname || (await this.#isPrivate(home))) return false;
    if (isLoopbackHost(url.hostname) || isPrivateAddress(url.hostname)) throw privateNetwork(url);
    return true;
  }

  #isPrivate({ hostname }: URL): Promise<boolean> {
    const known = this.#privateHomes.get(hostname) ?? resolvesPrivate(hostname);
    this.#privateHomes.set(hostname, known);
    return known;
  }
}

async function resolvesPrivate(hostname: string): Promise<boolean> {
  if (isLoopbackHost(hostname) || isPrivateAddress(hostname)) return true;
  const { lookup } = await import('node:dns/promises');
  const addresses = await lookup(hostname, { all: true }).catch(() => []);
  return addresses.some(({ address }) => isPrivateAddress(address));
}

function isRedirect({ method = 'GET' }: HttpRequest, { status }: HttpResponse): boolean {
  return (method === 'GET' || method === 'HEAD' ? REDIRECTS : FAITHFUL_REDIRECTS).has(status);
}

function isStreamed(body: HttpRequest['body']): body is StreamedBody {
  return typeof body === 'object' && 'open' in body;
}

/** A body as it is read. It fails when the server has taken nothing of it for so long, in milliseconds. */
function streamBody(body: StreamedBody, idle: number): Readable {
  const stalled = () => stream.destroy(new Error('the server takes no more of what is sent'));
  const timer = setTimeout(stalled, idle);
  const stream = Readable.from(watch(body.open(), timer));
  return stream.once('close', () => clearTimeout(timer));
}

async function* watch(pieces: AsyncIterable<Uint8Array>, timer: NodeJS.Timeout): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    timer.refresh();
    yield piece;
  }
}

function refuseToForward(from: URL, to: URL): VarveError {
  const object = redactUrl(from);
  return new VarveError('denied', `${object} would have what is secret sent on to ${redactUrl(to)}`, {
    object,
  });
}
