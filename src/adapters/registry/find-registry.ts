import { VarveError } from '../../base/errors.ts';
import { isLoopbackHost } from '../http/host-address.ts';
import { classifyTrouble, connectionFault } from '../http/http-faults.ts';
import type { HttpTransport } from '../http/http-transport.ts';
import { registryAt } from './registry-service.ts';

const HUB_HOST = 'registry-1.docker.io';

/**
 * Finds out how the registry of a host is spoken to: with TLS; without it when that was asked for, and on this machine
 * when it does not speak TLS.
 * @returns scheme, host and port.
 * @throws VarveError `unreachable`, `denied`, `bad-reference`; the reason of the transport's signal.
 */
export async function findRegistry(transport: HttpTransport, host: string, plainHttp: boolean): Promise<URL> {
  const plain = toUrl('http', nameOf(host));
  if (plainHttp) return plain;
  const secure = toUrl('https', nameOf(host));
  if (!isLoopbackHost(secure.hostname)) return secure;
  if (await answers(transport, plain)) return plain;
  try {
    await transport.probe(new URL('/v2/', secure), registryAt(secure));
    return secure;
  } catch (fault) {
    transport.signal?.throwIfAborted();
    const trouble = classifyTrouble(fault);
    if (trouble === 'not-tls' || trouble === 'passing') return plain;
    throw connectionFault(fault, secure, registryAt(secure));
  }
}

/** The address of a host's registry, spoken to with TLS. @throws VarveError `bad-reference`. */
export const secureAddress = (host: string): string => toUrl('https', nameOf(host)).href;

const nameOf = (host: string): string => (host === 'docker.io' ? HUB_HOST : host);

/** Servers that speak TLS answer a plain request with 400, or not at all. To ask so first saves loading what TLS needs. */
async function answers(transport: HttpTransport, plain: URL): Promise<boolean> {
  try {
    return (await transport.probe(new URL('/v2/', plain), registryAt(plain))) !== 400;
  } catch {
    return false;
  }
}

function toUrl(scheme: string, host: string): URL {
  const url = URL.parse(`${scheme}://${host}`);
  if (url !== null) return url;
  throw new VarveError('bad-reference', `${host} is not a host`, {
    object: host,
    hint: 'write HOST or HOST:PORT, with a port below 65536',
  });
}
