import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isLinkLocal, isLoopbackHost, isPrivateAddress, PRIVATE_NETWORK } from './host-address.ts';
import { privateNetwork } from './http-faults.ts';
import type { Service } from './service.ts';

/** Keeps a service of the open net, and content that names one, from sending requests into a private network. */
export class RedirectGuard {
  readonly #namedBy: URL | null | undefined;
  readonly #privateHomes = new Map<string, Promise<boolean>>();
  /** Whether all addresses that requests for a name found were private. */
  readonly #found = new Map<string, boolean>();

  /** @param namedBy as in `NetworkOptions`. */
  constructor(namedBy?: string | null) {
    this.#namedBy = typeof namedBy === 'string' ? URL.parse(namedBy) : namedBy;
  }

  /** Looks up a name like Node.js does, and leaves out the addresses of private networks. */
  readonly lookupPublic: LookupFunction = (...call) => this.#lookUp(isPrivateAddress, ...call);

  /** Looks up a name like Node.js does, and leaves out the addresses of the local link. */
  readonly lookupRoutable: LookupFunction = (...call) => this.#lookUp(isLinkLocal, ...call);

  /**
   * Judges where a request goes.
   * @returns whether only public addresses of its name are to be used, by `lookupPublic`; else by `lookupRoutable`.
   * @throws VarveError `denied` for an address of a private network.
   */
  async judge(url: URL, service: Service): Promise<boolean> {
    const { home } = service;
    if (isLinkLocal(url.hostname)) throw privateNetwork(url, service);
    const isNamed = this.#namedBy === undefined || url.host === this.#namedBy?.host;
    if (isNamed && (url.hostname === home.hostname || (await this.#isPrivate(home)))) return false;
    if (isLoopbackHost(url.hostname) || isPrivateAddress(url.hostname)) throw privateNetwork(url, service);
    return true;
  }

  /** The address that the request used counts: the owner of a name can give another address to another lookup. */
  async #isPrivate({ hostname }: URL): Promise<boolean> {
    const found = this.#found.get(hostname);
    if (found !== undefined) return found;
    const known = this.#privateHomes.get(hostname) ?? resolvesPrivate(hostname);
    this.#privateHomes.set(hostname, known);
    return known;
  }

  #lookUp(
    isRefused: (address: string) => boolean,
    ...[hostname, options, callback]: Parameters<LookupFunction>
  ): void {
    lookup(hostname, { ...options, all: true }, (fault, addresses) => {
      if (fault !== null) {
        callback(fault, []);
        return;
      }
      const isPrivate = addresses.every(({ address }) => isPrivateAddress(address));
      this.#found.set(hostname, isPrivate && this.#found.get(hostname) !== false);
      const found = addresses.filter(({ address }) => !isRefused(address));
      const [first] = found;
      if (first === undefined) callback(refusal(hostname), []);
      else if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  }
}

/** A name with public addresses too may be a stranger's. */
async function resolvesPrivate(hostname: string): Promise<boolean> {
  if (isLoopbackHost(hostname) || isPrivateAddress(hostname)) return true;
  const dns = await import('node:dns/promises');
  const addresses = await dns.lookup(hostname, { all: true }).catch(() => []);
  return addresses.length > 0 && addresses.every(({ address }) => isPrivateAddress(address));
}

function refusal(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is in a private network`), { code: PRIVATE_NETWORK });
}
