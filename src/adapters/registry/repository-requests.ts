import { VarveError } from '../../base/errors.ts';
import { redactUrl, unexpectedStatus } from './http/http-faults.ts';
import type { HttpRequest, HttpResponse } from './http/http-messages.ts';
import type { HttpTransport, PassingTrouble } from './http/http-transport.ts';
import { discard, readRefusal } from './http/response-body.ts';
import { Authorizer } from './login/authorizer.ts';
import type { Patience, RegistryAccess, RepositoryAddress } from './registry-access.ts';

/** A request about one repository: by a path below `/v2/NAME/`, or by an address that the registry gave. */
export interface RepositoryRequest extends Omit<HttpRequest, 'url' | 'authorization'> {
  readonly to: string | URL;
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
  readonly #origin: URL;

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
    this.#origin = new URL(address.origin);
    this.#authorizer = new Authorizer({
      transport,
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
    return new URL(`/v2/${this.address.repository}/${path}`, this.#origin);
  }

  /** Sends a request until it has an answer that will not change. @throws VarveError `unreachable`, `denied`. */
  send(request: RepositoryRequest): Promise<HttpResponse> {
    return this.#authorized(request, (sent) => this.#transport.send(sent, this.#origin));
  }

  /** Sends a request once. @returns the answer, or trouble that may pass. @throws VarveError as `send` does. */
  attempt(request: RepositoryRequest): Promise<HttpResponse | PassingTrouble> {
    return this.#authorized(request, (sent) => this.#transport.attempt(sent, this.#origin));
  }

  /** Waits before something is tried again. @throws the failure when it was tried often enough. */
  async wait(attempt: number, { failure, asked }: PassingTrouble, signal: AbortSignal): Promise<void> {
    await this.#transport.wait(attempt, failure, asked, signal);
  }

  /**
   * The error for an answer that is none of those expected.
   * @param words of the registry; if left out, the body is read for them.
   */
  async refusal({ url, status, body }: HttpResponse, words?: string): Promise<VarveError> {
    const said = words ?? (await readRefusal(body));
    if (status !== 401 && status !== 403) return unexpectedStatus(url, status, said);
    const object = redactUrl(url);
    const why = said === '' ? '' : `: ${said}`;
    const hint =
      this.#actions === 'pull'
        ? 'there is no such image, or it takes an account that may read it'
        : 'it takes an account that may write there';
    return new VarveError('denied', `${object}: access is refused (${status})${why}`, {
      object,
      hint: `${hint}: docker login ${this.address.host}`,
    });
  }

  /** Sends a request, and once more with what the registry asks for. Other servers are never told who one is. */
  async #authorized<T extends HttpResponse | PassingTrouble>(
    { to, ...request }: RepositoryRequest,
    send: (request: HttpRequest) => Promise<T>,
  ): Promise<T> {
    const url = typeof to === 'string' ? this.locate(to) : to;
    const isHome = ({ origin }: URL) => origin === this.#origin.origin;
    const authorization = isHome(url) ? await this.#authorizer.header(this.#origin) : null;
    const first = await send({ ...request, url, authorization });
    if (!('status' in first) || first.status !== 401 || !isHome(url) || !isHome(first.url)) return first;
    const asks = [first.headers['www-authenticate'] ?? []].flat();
    if (!(await this.#authorizer.renew(authorization, asks, this.#origin))) return first;
    await discard(first.body);
    return send({ ...request, url, authorization: await this.#authorizer.header(this.#origin) });
  }
}
