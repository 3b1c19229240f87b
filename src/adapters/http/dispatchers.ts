import { X509Certificate } from 'node:crypto';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { VarveError } from '../../base/errors.ts';
import { readFileOrPipe } from '../../base/read-file.ts';
import { isLoopbackHost } from './host-address.ts';
import type { NetworkOptions } from './network-options.ts';
import { RedirectGuard } from './redirect-guard.ts';

/** More connections to one server than this are of no use to it or to us. */
const MOST_CONNECTIONS = 6;
const PROXY_SCHEMES = new Set(['http:', 'https:', 'socks5:']);

/** Pools of connections, by how a host is reached. */
export interface Dispatchers {
  /** @param guarded whether addresses of private networks are refused. */
  find(url: URL, guarded: boolean): Dispatcher;
  /** Breaks off whatever is under way. */
  destroy(): Promise<void>;
}

/**
 * @param guard looks up names.
 * @throws VarveError `bad-option` for a file of authorities or a proxy's address that cannot be used.
 */
export async function createDispatchers(
  options: NetworkOptions,
  guard = new RedirectGuard(),
): Promise<Dispatchers> {
  const { proxies, patience } = options;
  const ca = await readAuthorities(options.caFile);
  const common = {
    connections: MOST_CONNECTIONS,
    allowH2: false,
    headersTimeout: patience.headers,
    bodyTimeout: patience.idle,
  };
  // The client ends connections, but leaves those alone that are still being made.
  const sockets = new AbortController();
  const tls = { timeout: patience.connect, signal: sockets.signal, ...(ca !== null && { ca }) };
  const plain = parseProxyAddress(proxies.http, 'HTTP_PROXY');
  const secure = parseProxyAddress(proxies.https, 'HTTPS_PROXY');
  const create = (proxy: string | null, guarded: boolean): Dispatcher => {
    const connect = { ...tls, lookup: guarded ? guard.lookupPublic : guard.lookupRoutable };
    if (proxy === null) return new Agent({ ...common, connect });
    return new EnvHttpProxyAgent({
      ...common,
      connect,
      requestTls: tls,
      proxyTls: tls,
      httpProxy: proxy,
      httpsProxy: proxy,
      noProxy: proxies.none,
    });
  };
  const made = new Map<string, Dispatcher>();
  return {
    find: ({ protocol, hostname }, guarded) => {
      const isDirect = !guarded && isLoopbackHost(hostname);
      const proxy = isDirect ? null : protocol === 'https:' ? secure : plain;
      const key = `${guarded} ${proxy}`;
      const dispatcher = made.get(key) ?? create(proxy, guarded);
      made.set(key, dispatcher);
      return dispatcher;
    },
    destroy: async () => {
      await Promise.all([...made.values()].map((dispatcher) => dispatcher.destroy()));
      sockets.abort();
    },
  };
}

/**
 * The URL of a proxy, which users may write without its scheme.
 * @param variable which the text is the value of, for errors: the text may have a password in it.
 * @returns null for an empty text.
 */
function parseProxyAddress(text: string, variable: string): string | null {
  if (text === '') return null;
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (url !== null && url.hostname !== '' && PROXY_SCHEMES.has(url.protocol)) return url.href;
  throw new VarveError('bad-option', `${variable} is not the address of a proxy`, {
    object: variable,
    hint: 'write http://HOST:PORT, or http://USER:PASSWORD@HOST:PORT',
  });
}

async function readAuthorities(file: string | null): Promise<string[] | null> {
  if (file === null) return null;
  let pem: string;
  try {
    pem = (await readFileOrPipe(file)).toString('utf8');
  } catch (cause) {
    throw new VarveError('bad-option', `cannot read the certificates in ${file}`, {
      object: file,
      cause,
      hint: 'name a PEM file with --ca',
    });
  }
  const certificates = pem
    .split(/(?=-----BEGIN CERTIFICATE-----)/)
    .filter((part) => part.startsWith('-----BEGIN CERTIFICATE-----'));
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    throw new VarveError('bad-option', `${file} has no certificate in PEM form, or a damaged one`, {
      object: file,
      hint: 'such a file has lines that say BEGIN CERTIFICATE and END CERTIFICATE',
    });
  }
  const { getCACertificates } = await import('node:tls');
  return [...getCACertificates('default'), ...certificates];
}

/** TLS itself ignores what is not a certificate. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
