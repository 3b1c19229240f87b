import { HttpTransport } from '../http/http-transport.ts';
import { findRegistry } from './find-registry.ts';
import type { BlobAddress, RegistryAccess, RepositoryAddress } from './registry-access.ts';
import { Repository } from './repository.ts';

/** Talks to registries, with connections and tokens that last. Dispose of it to end them. */
export class RegistryClient implements AsyncDisposable {
  readonly #access: RegistryAccess;
  readonly #transport: HttpTransport;
  readonly #repositories = new Map<string, Repository>();

  /** @param signal ends every request and every wait, with its reason. */
  constructor(access: RegistryAccess, signal?: AbortSignal) {
    this.#access = access;
    this.#transport = new HttpTransport(access, signal);
  }

  /** Finds the registry of a host, and opens a repository of it. @throws VarveError `unreachable`, `bad-reference`. */
  async find(host: string, repository: string): Promise<Repository> {
    const { origin } = await findRegistry(this.#transport, host, this.#access.plainHttp);
    return this.open({ host, origin, repository });
  }

  /** Opens a repository on a registry that was found. */
  open({ host, origin, repository }: RepositoryAddress): Repository {
    const key = JSON.stringify([host, origin, repository]);
    const opened =
      this.#repositories.get(key) ??
      new Repository({ host, origin, repository }, this.#transport, this.#access);
    this.#repositories.set(key, opened);
    return opened;
  }

  /** The bytes of a blob. @throws VarveError as `streamBlob` does. */
  stream(blob: BlobAddress, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    return this.open(blob).streamBlob(blob.digest, blob.length, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport.destroy();
  }
}
