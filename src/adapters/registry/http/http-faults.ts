import { reasonOf, VarveError } from '../../../base/errors.ts';
import { PRIVATE_NETWORK } from './host-address.ts';

/** A URL as it may be shown: what stands behind the path of a redirect is often as good as a password. */
export function redactUrl({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

const UNTRUSTED = /^(?:CERT_|ERR_TLS_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/;
/** OpenSSL's words for an answer that is not TLS. */
const NOT_TLS = /wrong version number|packet length too long|ERR_SSL_/i;

/** What kind of trouble the connection had. */
export type ConnectionTrouble =
  | 'certificate'
  | 'expired'
  | 'other-name'
  | 'not-tls'
  | 'name'
  | 'refused'
  | 'private'
  | 'passing';

/** Looks at the cause of a failed request, and at the causes behind it. */
export function classifyTrouble(fault: unknown): ConnectionTrouble {
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
export function connectionFault(fault: unknown, url: URL): VarveError {
  if (fault instanceof VarveError) return fault;
  const trouble = classifyTrouble(fault);
  const object = redactUrl(url);
  if (trouble === 'private') return privateNetwork(url);
  const reason = reasonOf(chainOf(fault).at(-1) ?? fault);
  const hint = HINTS[trouble];
  return new VarveError('unreachable', `${object}: ${reason || 'the connection failed'}`, {
    object,
    cause: fault,
    ...(hint !== null && { hint }),
  });
}

const HINTS: Readonly<Record<ConnectionTrouble, string | null>> = {
  certificate: 'name the authority of its certificate with --ca FILE',
  expired: 'renew the certificate of the registry, or set the clock of this machine',
  'other-name': 'name the registry as its certificate does',
  'not-tls': 'if the registry speaks plain HTTP, say so with --plain-http',
  name: 'check the name of the registry, and the proxy settings',
  refused: 'check host and port, the proxy settings, and whether the registry runs',
  private: null,
  passing: 'check the network and the proxy settings, and try again',
};

/** The error for an answer that took longer than all attempts together may. */
export function answersTooSlowly(url: URL): VarveError {
  return connectionFault(new Error('the answer comes too slowly'), url);
}

/** The error for being sent to an address that only this side of the network can reach. */
export function privateNetwork(url: URL): VarveError {
  const object = redactUrl(url);
  return new VarveError('denied', `${object} is in a private network: the registry may not send one there`, {
    object,
    hint: 'only a registry that is in a private network itself may do so',
  });
}

function hintOn({ protocol }: URL, status: number): string | null {
  if (status === 429) return 'the registry limits how often it is asked: log in, or wait and try again';
  if (status === 400 && protocol === 'http:') return 'if the registry speaks TLS, leave --plain-http out';
  return status >= 500 ? 'the registry has trouble: try again later' : null;
}

/** The error for an answer that is none of those expected. */
export function unexpectedStatus(url: URL, status: number, said: string): VarveError {
  const object = redactUrl(url);
  const hint = hintOn(url, status);
  return new VarveError('unreachable', `${object} answered with ${status}${said === '' ? '' : `: ${said}`}`, {
    object,
    ...(hint !== null && { hint }),
  });
}
