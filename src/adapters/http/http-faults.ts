import { reasonOf, VarveError } from '../../base/errors.ts';
import { PRIVATE_NETWORK } from './host-address.ts';
import type { HttpResponse } from './http-response.ts';
import { redactUrl } from './locations.ts';
import type { Service, Trouble } from './service.ts';

const UNTRUSTED = /^(?:CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;
/** Codes of an address where nobody answers. */
const UNREACHED =
  /^(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;
/** OpenSSL's words for an answer that is not TLS. */
const NOT_TLS = /wrong version number|packet length too long|ERR_SSL_/i;

/** Looks at the cause of a failed request, and at the causes behind it. */
export function classifyTrouble(fault: unknown): Trouble {
  for (const error of chainOf(fault)) {
    const code = 'code' in error ? String(error.code) : '';
    if (code === PRIVATE_NETWORK) return 'private';
    if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'expired';
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'other-name';
    if (UNTRUSTED.test(code)) return 'certificate';
    if (code === 'EPROTO' || NOT_TLS.test(`${code} ${error.message}`)) return 'not-tls';
    if (code === 'ENOTFOUND') return 'name';
    if (code === 'ECONNREFUSED') return 'refused';
  }
  return 'passing';
}

function chainOf(fault: unknown): Error[] {
  const chain: Error[] = [];
  for (let error = fault; error instanceof Error && chain.length < 10; error = error.cause) {
    chain.push(error);
    // Several addresses of one name were tried: they failed alike.
    if (error instanceof AggregateError && error.errors[0] instanceof Error) chain.push(error.errors[0]);
  }
  return chain;
}

/** The error for a request that got no answer, or not all of one. */
export function connectionFault(fault: unknown, url: URL, service: Service): VarveError {
  if (fault instanceof VarveError) return fault;
  const trouble = classifyTrouble(fault);
  if (trouble === 'private') return privateNetwork(url, service);
  const object = redactUrl(url);
  const reason = reasonOf(chainOf(fault).at(-1) ?? fault);
  const what = describeTrouble(trouble, fault, `${service.name} at ${url.host}`) ?? object;
  const problem = `${what}: ${reason || 'the connection failed'}`;
  return new VarveError('unreachable', problem, {
    object,
    cause: fault,
    hint: hintOn(trouble === 'passing' && isHungUp(fault, url) ? 'not-plain' : trouble, service),
  });
}

/** What is wrong, in words; null where its reason says it. */
function describeTrouble(trouble: Trouble, fault: unknown, server: string): string | null {
  if (trouble === 'certificate') return `${server} has a certificate that is not trusted`;
  if (trouble === 'not-tls') return `${server} does not speak TLS`;
  const codes = chainOf(fault).map((error) => ('code' in error ? String(error.code) : ''));
  return codes.some((code) => UNREACHED.test(code)) ? `${server} cannot be reached` : null;
}

/** A server that speaks TLS alone may hang up on a request without it. */
const isHungUp = (fault: unknown, { protocol }: URL): boolean =>
  protocol === 'http:' && fault instanceof Error && fault.message === 'other side closed';

/** The error for an answer that took longer than all attempts together may. */
export function answersTooSlowly(url: URL, service: Service): VarveError {
  return connectionFault(new Error('the answer is too slow'), url, service);
}

/** The error for being sent to an address that only this side of the network can reach. */
export function privateNetwork(url: URL, service: Service): VarveError {
  const object = redactUrl(url);
  const why = url.host === service.home.host ? '' : `: ${service.home.host} must not redirect there`;
  const message = `${object} is in a private network${why}`;
  return new VarveError('denied', message, { object, hint: hintOn('private', service) });
}

/** The error for an unexpected answer. @param said what the service says about it. */
export function unexpectedStatus(
  { url, status }: Pick<HttpResponse, 'url' | 'status'>,
  said: string,
  service: Service,
): VarveError {
  const object = redactUrl(url);
  const trouble = troubleOf(url, status);
  return new VarveError('unreachable', `${object} answered with ${status}${said === '' ? '' : `: ${said}`}`, {
    object,
    ...(trouble !== null && { hint: hintOn(trouble, service) }),
  });
}

function troubleOf({ protocol }: URL, status: number): Trouble | null {
  if (status === 429) return 'limited';
  if (status === 400 && protocol === 'http:') return 'not-plain';
  return status >= 500 ? 'failing' : null;
}

/** What a user can do, in the service's own words or in those for any. */
export function hintOn(trouble: Trouble, { name, hints }: Service): string {
  return hints[trouble] ?? HINTS[trouble](name);
}

const HINTS: Readonly<Record<Trouble, (name: string) => string>> = {
  certificate: () => 'name a file with the certificate of its authority: --ca FILE',
  expired: (name) => `renew the certificate of ${name}, or set the clock of this machine`,
  'other-name': (name) => `check the address of ${name}, and the proxy settings`,
  'not-tls': (name) => `check the address of ${name}, and the proxy settings`,
  'not-plain': (name) => `check the address of ${name}, and the proxy settings`,
  name: (name) => `check the name of ${name}, and the proxy settings`,
  refused: (name) => `check host and port, the proxy settings, and whether ${name} runs`,
  private: () => 'only a server in a private network may do so',
  limited: (name) => `${name} limits how often it is asked: wait and try again`,
  failing: (name) => `${name} fails: try again later`,
  passing: () => 'check the network and the proxy settings, and try again',
};
