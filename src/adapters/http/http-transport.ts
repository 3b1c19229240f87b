import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { VarveError } from '../../base/errors.ts';
import { eitherOf, untilAborted } from './deadlines.ts';
import { createDispatchers, type Dispatchers } from './dispatchers.ts';
import { classifyTrouble, connectionFault, unexpectedStatus } from './http-faults.ts';
import { type HttpRequest, isStreamed, secretsIn, streamBody } from './http-request.ts';
import { discard, type HttpResponse, headerOf, readRefusal, retryAfter } from './http-response.ts';
import { redactUrl, resolveLocation } from './locations.ts';
import type { NetworkOptions } from './network-options.ts';
import { RedirectGuard } from './redirect-guard.ts';
import { pointedToBy, type Service } from './service.ts';

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

/** Sends requests to services, follows redirects with care, and tries again what may pass. */
export class HttpTransport {
  /** Ends every request and every wait, with its reason. */
  readonly signal: AbortSignal | undefined;
  readonly #options: NetworkOptions;
  #dispatchers: Promise<Dispatchers> | null = null;
  readonly #guard: RedirectGuard;
  /** All that was sent by now: one server may repeat what another was sent. */
  readonly #secrets = new Set<string>();

  constructor(options: NetworkOptions, signal?: AbortSignal) {
    this.#options = options;
    this.#guard = new RedirectGuard(options.namedBy);
    this.signal = signal;
  }

  /**
   * Sends a request until it has an answer that will not change by asking again.
   * @throws VarveError `unreachable`, `denied`; the reason of a signal.
   */
  async send(request: HttpRequest, service: Service): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.attempt(request, service);
      if ('status' in outcome) return outcome;
      await this.wait(attempt, outcome, request.signal);
    }
  }

  /**
   * Sends a request once, and follows where it is sent on.
   * @returns the answer, or trouble that may pass.
   * @throws VarveError `unreachable`, `denied`; the reason of a signal; what reading the request's body throws.
   */
  async attempt(request: HttpRequest, service: Service): Promise<HttpResponse | PassingTrouble> {
    const signal = eitherOf(this.signal, request.signal);
    return untilAborted(this.#follow({ ...request, ...(signal && { signal }) }, service), signal);
  }

  /**
   * Waits before the next attempt.
   * @param attempt how many there were.
   * @throws the failure, when there were enough attempts or the server asks for too long a wait; the reason of a signal.
   */
  async wait(attempt: number, { failure, asked }: PassingTrouble, signal?: AbortSignal): Promise<void> {
    eitherOf(this.signal, signal)?.throwIfAborted();
    const { attempts, backOff, longestWait } = this.#options.patience;
    if (attempt >= attempts || (asked ?? 0) > longestWait) throw failure;
    const own = Math.min(backOff * 2 ** (attempt - 1), longestWait) * (0.75 + Math.random() / 2);
    await this.pause(Math.max(asked ?? 0, own), signal);
  }

  /** Lets so many milliseconds pass. @throws the reason of a signal. */
  async pause(milliseconds: number, caller?: AbortSignal): Promise<void> {
    const signal = eitherOf(this.signal, caller);
    try {
      await sleep(milliseconds, undefined, signal && { signal });
    } catch (fault) {
      signal?.throwIfAborted();
      throw fault;
    }
  }

  /**
   * Asks for an address once, without following where it is sent on; the answer's body is skipped.
   * @returns the status. @throws VarveError `denied`; whatever the HTTP client does; the reason of the transport's signal.
   */
  async probe(url: URL, service: Service): Promise<number> {
    const guarded = await this.#guard.judge(url, service);
    const signal = eitherOf(AbortSignal.timeout(this.#options.patience.headers), this.signal);
    const { status, body } = await untilAborted(this.#once({ url, signal }, url, null, guarded), signal);
    await discard(body);
    return status;
  }

  async destroy(): Promise<void> {
    const dispatchers = await this.#dispatchers?.catch(() => null);
    await dispatchers?.destroy();
  }

  async #follow(request: HttpRequest, service: Service): Promise<HttpResponse | PassingTrouble> {
    let { url } = request;
    let authorization = request.authorization ?? null;
    let asked = service;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const guarded = await this.#guard.judge(url, service);
      let response: HttpResponse;
      try {
        response = await this.#once(request, url, authorization, guarded);
      } catch (fault) {
        request.signal?.throwIfAborted();
        return passingTrouble(fault, url, asked);
      }
      if (PASSING.has(response.status)) {
        const failure = unexpectedStatus(response, await readRefusal(response, asked), asked);
        return { failure, asked: retryAfter(response) };
      }
      const location = headerOf(response, 'location');
      if (!isRedirect(request, response) || location === '') return response;
      await discard(response.body);
      const next = resolveLocation(location, url, asked);
      if (next.origin !== url.origin) {
        if (typeof request.body === 'string') throw refuseToForward(url, next);
        authorization = null;
        asked = pointedToBy(service);
      }
      url = next;
    }
    const object = redactUrl(request.url);
    throw new VarveError('unreachable', `${object} is redirected too often`, { object });
  }

  async #once(
    { method = 'GET', headers = {}, body, answerTimeout, signal }: HttpRequest,
    url: URL,
    authorization: string | null,
    guarded: boolean,
  ): Promise<HttpResponse> {
    this.#dispatchers ??= createDispatchers(this.#options, this.#guard);
    for (const secret of secretsIn(authorization, body)) this.#secrets.add(secret);
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
        body: isStreamed(body) ? streamBody(body, this.#options.patience.idle) : body,
      }),
      ...(answerTimeout !== undefined && { headersTimeout: answerTimeout }),
      ...(signal && { signal }),
    });
    return {
      url,
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.body,
      secrets: this.#secrets,
    };
  }
}

function isRedirect({ method = 'GET' }: HttpRequest, { status }: HttpResponse): boolean {
  return (method === 'GET' || method === 'HEAD' ? REDIRECTS : FAITHFUL_REDIRECTS).has(status);
}

/** Trouble with a connection that may pass. @throws the error for any other. */
function passingTrouble(fault: unknown, url: URL, service: Service): PassingTrouble {
  const failure = connectionFault(fault, url, service);
  if (fault instanceof VarveError || classifyTrouble(fault) !== 'passing') throw failure;
  return { failure, asked: null };
}

function refuseToForward(from: URL, to: URL): VarveError {
  const object = redactUrl(from);
  return new VarveError('denied', `${object} redirects credentials to ${redactUrl(to)}`, {
    object,
  });
}
