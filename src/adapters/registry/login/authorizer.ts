import * as v from 'valibot';
import { VarveError } from '../../../base/errors.ts';
import { parseShallowJson } from '../../../base/strict-json.ts';
import { connectionFault, unexpectedStatus } from '../../http/http-faults.ts';
import { type HttpResponse, readLimited, readRefusal } from '../../http/http-response.ts';
import type { HttpTransport } from '../../http/http-transport.ts';
import { redactUrl } from '../../http/locations.ts';
import type { Service } from '../../http/service.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import type { Credentials } from './credentials.ts';
import { findCredentials } from './docker-credentials.ts';

export interface AuthorizerOptions {
  readonly transport: HttpTransport;
  readonly registry: Service;
  /** Host as credentials are kept under. */
  readonly host: string;
  /** What the token shall allow: `repository:NAME:pull`. */
  readonly scope: string;
  readonly credentialsFile: string | null;
  /** Milliseconds that pass, from whenever on. */
  readonly now: () => number;
}

const LARGEST_ANSWER = 1024 * 1024;
/** In milliseconds, further attempts included. */
const LONGEST_EXCHANGE = 120_000;
const DEFAULT_LIFETIME = 60;
/** A token is not used in the last part of its life: it might end on the way. */
const USED_LIFETIME = 0.9;

const TokenSchema = v.object({
  token: v.optional(v.string()),
  access_token: v.optional(v.string()),
  expires_in: v.optional(v.pipe(v.number(), v.minValue(0))),
});

/**
 * Knows the `Authorization` header for one repository, and gets a new one when the registry asks for it.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  #credentials: Promise<Credentials | null> | null = null;
  #challenge: Challenge | null = null;
  #header: string | null = null;
  #usableUntil = Number.POSITIVE_INFINITY;
  #renewal: Promise<void> | null = null;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  /** What to send now; null when nothing was asked for yet. */
  async header(): Promise<string | null> {
    if (this.#header !== null && this.#options.now() >= this.#usableUntil) {
      await this.#renewOnce(this.#header);
    }
    return this.#header;
  }

  /**
   * Answers a refusal.
   * @param refused the header that was sent.
   * @param values of `WWW-Authenticate`.
   * @returns false when there is nothing better to send.
   */
  async renew(refused: string | null, values: readonly string[]): Promise<boolean> {
    const challenges = parseChallenges(values);
    const challenge = challenges.find(({ scheme }) => scheme === 'bearer') ?? challenges.find(isBasic);
    if (challenge === undefined) return false;
    this.#challenge = challenge;
    await this.#renewOnce(refused);
    return this.#header !== null && this.#header !== refused;
  }

  /** Several requests that are refused at once need one new token. */
  async #renewOnce(refused: string | null): Promise<void> {
    if (this.#header !== refused) return;
    this.#renewal ??= this.#fetch().finally(() => {
      this.#renewal = null;
    });
    await this.#renewal;
  }

  async #fetch(): Promise<void> {
    const challenge = this.#challenge;
    const { credentialsFile, host, transport } = this.#options;
    this.#credentials ??=
      credentialsFile === null
        ? Promise.resolve(null)
        : findCredentials(credentialsFile, host, transport.signal);
    const credentials = await this.#credentials;
    if (credentials?.kind === 'registry-token') this.#use(`Bearer ${credentials.token}`);
    else if (challenge === null || isBasic(challenge)) this.#use(basicHeader(credentials));
    else await this.#fetchToken(challenge, credentials);
  }

  #use(header: string | null, usable = Number.POSITIVE_INFINITY): void {
    this.#header = header;
    this.#usableUntil = this.#options.now() + usable;
  }

  async #fetchToken({ parameters }: Challenge, credentials: Credentials | null): Promise<void> {
    const { transport, registry, host } = this.#options;
    const server = tokenServerOf(registry);
    const realm = checkRealm(parameters.get('realm') ?? '', registry.home);
    const service = parameters.get('service') ?? '';
    const scopes = new Set([this.#options.scope, ...(parameters.get('scope') ?? '').split(' ')]);
    scopes.delete('');
    const request =
      credentials?.kind === 'identity-token'
        ? refreshRequest(realm, service, scopes, credentials.token)
        : tokenRequest(realm, service, scopes, credentials);
    try {
      const signal = AbortSignal.timeout(LONGEST_EXCHANGE);
      const response = await transport.send({ ...request, signal }, server);
      if (response.status !== 200) throw await tokenRefused(response, server, host);
      const { token, lifetime } = readToken(await readLimited(response.body, LARGEST_ANSWER), realm);
      this.#use(`Bearer ${token}`, lifetime * 1000 * USED_LIFETIME);
    } catch (fault) {
      transport.signal?.throwIfAborted();
      throw connectionFault(fault, realm, server);
    }
  }
}

/** A registry says where to get tokens from, so that its server for them is trusted no more than it is. */
function tokenServerOf(registry: Service): Service {
  const name = `the token server of ${registry.name}`;
  const limited = `${name} limits how often it is asked: log in, or wait and try again`;
  return { ...registry, name, hints: { limited } };
}

const isBasic = ({ scheme }: Challenge): boolean => scheme === 'basic';

function basicHeader(credentials: Credentials | null): string | null {
  if (credentials?.kind !== 'password') return null;
  const { username, password } = credentials;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Credentials go to the realm, so it must be as safe as the registry itself. */
function checkRealm(text: string, registry: URL): URL {
  const object = redactUrl(registry);
  const realm = URL.parse(text);
  if (realm === null || !['http:', 'https:'].includes(realm.protocol)) {
    throw new VarveError('denied', `${object} asks for a token, but does not say where to get it`, {
      object,
    });
  }
  if (realm.protocol === 'http:' && registry.protocol === 'https:') {
    throw new VarveError('denied', `${object} sends one for a token to ${redactUrl(realm)}, not encrypted`, {
      object,
    });
  }
  realm.username = '';
  realm.password = '';
  return realm;
}

function tokenRequest(
  realm: URL,
  service: string,
  scopes: Iterable<string>,
  credentials: Credentials | null,
) {
  const url = new URL(realm);
  if (service !== '') url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  return { url, authorization: basicHeader(credentials) };
}

function refreshRequest(realm: URL, service: string, scopes: Iterable<string>, token: string) {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'varve',
    service,
    scope: [...scopes].join(' '),
    refresh_token: token,
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { url: realm, method: 'POST' as const, headers, body: form.toString() };
}

async function tokenRefused(response: HttpResponse, server: Service, host: string): Promise<VarveError> {
  const { url, status } = response;
  const said = await readRefusal(response, server);
  if (status !== 400 && status !== 401 && status !== 403) return unexpectedStatus(response, said, server);
  const object = redactUrl(url);
  return new VarveError('denied', `${object} gives no token${said === '' ? '' : `: ${said}`}`, {
    object,
    hint: `log in with an account that may read it: docker login ${host}`,
  });
}

function readToken(bytes: Buffer | null, realm: URL): { token: string; lifetime: number } {
  const object = redactUrl(realm);
  let document: unknown;
  try {
    document = parseShallowJson(bytes?.toString('utf8') ?? '');
  } catch {
    document = null;
  }
  const parsed = v.safeParse(TokenSchema, document);
  const token = parsed.success ? parsed.output.token || parsed.output.access_token : undefined;
  // It becomes a header: nothing but what tokens are made of.
  if (!parsed.success || token === undefined || !/^[\x21-\x7e]+$/.test(token)) {
    throw new VarveError('malformed', `${object} gave an answer without a token`, { object });
  }
  return { token, lifetime: parsed.output.expires_in ?? DEFAULT_LIFETIME };
}
