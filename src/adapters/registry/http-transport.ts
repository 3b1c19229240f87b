import { promises as dns } from 'node:dns';
import { setTimeout as sleep } from 'node:timers/promises';
import { VarveError } from '../../base/errors.ts';
import { createDispatchers, type Dispatchers } from './dispatchers.ts';
import { isLoopbackHost, isPrivateAddress } from './host-address.ts';
import {
  classifyTrouble,
  connectionFault,
  privateNetwork,
  redactUrl,
  unexpectedStatus,
} from './http-faults.ts';
import type { HttpRequest, HttpResponse } from './http-messages.ts';
import type { RegistryAccess } from './registry-access.ts';
import { readRefusal } from './response-body.ts';

const MOST_REDIRECTS = 6;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const LARGEST_REFUSAL = 64 * 1024;

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
      let failure: VarveError;
      let asked: number | null = null;
      try {
        const response = await this.#follow(request, home);
        if (!PASSING.has(response.status)) return response;
        asked = retryAfter(response);
        failure = unexpectedStatus(response.url, response.status, await readRefusal(response.body));
      } catch (fault) {
        request.signal?.throwIfAborted();
        if (fault instanceof VarveError || classifyTrouble(fault) !== 'passing') {
          throw connectionFault(fault, request.url);
        }
        failure = connectionFault(fault, request.url);
      }
      await this.wait(attempt, failure, asked, request.signal);
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

  /** Sends a request once, without following where it is sent on. @throws whatever the HTTP client does. */
  async probe(request: HttpRequest): Promise<HttpResponse> {
    return this.#once(request, request.url, request.authorization ?? null, false);
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
      const { location } = response.headers;
      if (!REDIRECTS.has(response.status) || location === undefined) return response;
      await response.body.dump({ limit: LARGEST_REFUSAL }).catch(() => {});
      const next = targetOf(String(location), url);
      if (next.origin !== url.origin) authorization = null;
      url = next;
    }
    const object = redactUrl(request.url);
    throw new VarveError('unreachable', `${object} is redirected without end`, { object });
  }

  async #once(
    { method = 'GET', headers = {}, body, signal }: HttpRequest,
    url: URL,
    authorization: string | null,
    guarded: boolean,
  ): Promise<HttpResponse> {
    this.#dispatchers ??= createDispatchers(this.#access);
    const dispatcher = (await this.#dispatchers).find(url, guarded);
    const answer = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: { 'user-agent': 'varve', ...headers, ...(authorization !== null && { authorization }) },
      ...(body !== undefined && { body }),
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
  const addresses = await dns.lookup(hostname, { all: true }).catch(() => []);
  return addresses.some(({ address }) => isPrivateAddress(address));
}

function targetOf(location: string, from: URL): URL {
  const object = redactUrl(from);
  const target = URL.parse(location, from.href);
  if (target === null || !['http:', 'https:'].includes(target.protocol)) {
    throw new VarveError('unreachable', `${object} redirects to what is no web address`, { object });
  }
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw new VarveError('denied', `${object} redirects to ${redactUrl(target)}, which is not encrypted`, {
      object,
    });
  }
  return target;
}

/** How long a server asks one to wait, in milliseconds; null when it does not say. */
function retryAfter({ headers }: HttpResponse): number | null {
  const value = String(headers['retry-after'] ?? '');
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
