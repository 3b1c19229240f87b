import { type Digest, isDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { untilAborted } from '../http/deadlines.ts';
import { unexpectedStatus } from '../http/http-faults.ts';
import type { HttpRequest } from '../http/http-request.ts';
import { discard, type HttpResponse, headerOf, readRefusal } from '../http/http-response.ts';
import type { HttpTransport, PassingTrouble } from '../http/http-transport.ts';
import { redactUrl } from '../http/locations.ts';
import type { Patience } from '../http/network-options.ts';
import { pointedToBy, type Service } from '../http/service.ts';
import { Authorizer } from './login/authorizer.ts';
import type { RegistryAccess, RepositoryAddress } from './registry-access.ts';
import { registryAt } from './registry-service.ts';

/** A request about one repository: by a path below `/v2/NAME/`, or by an address that the registry gave. */
export interface RepositoryRequest extends Omit<HttpRequest, 'url' | 'authorization'> {
  readonly to: string | URL;
}

/** The digest of what was sent or taken, as the registry says; null when it does not, or speaks of another hash. */
export function claimedDigest(response: HttpResponse): Digest | null {
  const claimed = headerOf(response, 'docker-content-digest');
  return isDigest(claimed) ? claimed : null;
}

/** What one wants to be allowed; the words are those of tokens. */
export type RepositoryActions = 'pull' | 'pull,push';

/** Sends requests about one repository, and proves who one is when the registry asks. */
export class RepositoryRequests {
  readonly address: RepositoryAddress;
  readonly patience: Patience;
  readonly #actions: RepositoryActions;
  readonly #transport: HttpTransport;
  readonly #authorizer: Authorizer;
  readonly #registry: Service;

  constructor(
    address: RepositoryAddress,
    actions: RepositoryActions,
    transport: HttpTransport,
    access: RegistryAccess,
  ) {
    this.address = address;
    this.patience = access.patience;
    this.#actions = actions;
    this.#transport = transport;
    this.#registry = registryAt(new URL(address.origin));
    this.#authorizer = new Authorizer({
      transport,
      registry: this.#registry,
      host: address.host,
      scope: `repository:${address.repository}:${actions}`,
      credentialsFile: access.credentialsFile,
      now: () => performance.now(),
    });
  }

  /** The repository's name with its host, for errors. */
  get name(): string {
    return `${this.address.host}/${this.address.repository}`;
  }

  /** Where a path below `/v2/NAME/` is. */
  locate(path: string): URL {
    return new URL(`/v2/${this.address.repository}/${path}`, this.#registry.home);
  }

  /** Who answers at an address: the registry, or a server that it points to. */
  serviceAt(url: URL): Service {
    return url.origin === this.#registry.home.origin ? this.#registry : pointedToBy(this.#registry);
  }

  /** Sends a request until it has an answer that will not change. @throws VarveError `unreachable`, `denied`. */
  send(request: RepositoryRequest): Promise<HttpResponse> {
    return this.#authorized(request, (sent) => this.#transport.send(sent, this.serviceAt(sent.url)));
  }

  /** Sends a request once. @returns the answer, or trouble that may pass. @throws VarveError as `send` does. */
  attempt(request: RepositoryRequest): Promise<HttpResponse | PassingTrouble> {
    return this.#authorized(request, (sent) => this.#transport.attempt(sent, this.serviceAt(sent.url)));
  }

  /** Waits before something is tried again. @throws the failure when it was tried often enough. */
  async wait(attempt: number, trouble: PassingTrouble, signal: AbortSignal): Promise<void> {
    await this.#transport.wait(attempt, trouble, signal);
  }

  /** Lets so many milliseconds pass. @throws the reason of a signal. */
  async pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await this.#transport.pause(milliseconds, signal);
  }

  /**
   * The error for an unexpected answer.
   * @param words of the registry; if left out, the body is read for them.
   */
  async refusal(response: HttpResponse, words?: string): Promise<VarveError> {
    const { url, status } = response;
    const service = this.serviceAt(url);
    const said = words ?? (await readRefusal(response, service));
    if (status !== 401 && status !== 403) return unexpectedStatus(response, said, service);
    const isHome = service === this.#registry;
    const object = isHome ? this.name : redactUrl(url);
    const why = said === '' ? '' : `: ${said}`;
    const hint = isHome ? this.#loginHint : `${service.name} refuses: try again later`;
    return new VarveError('denied', `${object}: access is refused (${status})${why}`, { object, hint });
  }

  get #loginHint(): string {
    const { host } = this.address;
    return this.#actions === 'pull'
      ? `log in (docker login ${host}), and check the name: registries also refuse what does not exist`
      : `log in with an account that may write there (docker login ${host})`;
  }

  /** Sends a request, and once more with what the registry asks for. Other servers are never told who one is. */
  async #authorized<T extends HttpResponse | PassingTrouble>(
    { to, ...request }: RepositoryRequest,
    send: (request: HttpRequest) => Promise<T>,
  ): Promise<T> {
    const url = typeof to === 'string' ? this.locate(to) : to;
    const { signal } = request;
    const isHome = (place: URL) => this.serviceAt(place) === this.#registry;
    // Several requests may wait for one token, so the signal of one does not end the fetching.
    const header = () => untilAborted(this.#authorizer.header(), signal);
    const authorization = isHome(url) ? await header() : null;
    const first = await send({ ...request, url, authorization });
    if (!('status' in first) || first.status !== 401 || !isHome(url) || !isHome(first.url)) return first;
    const asks = [first.headers['www-authenticate'] ?? []].flat();
    if (!(await untilAborted(this.#authorizer.renew(authorization, asks), signal))) return first;
    await discard(first.body);
    return send({ ...request, url, authorization: await header() });
  }
}
