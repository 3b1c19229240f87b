import type { BlobAddress, RegistryAccess } from './registry-access.ts';
import type { RegistryClient } from './registry-client.ts';
import type { Repository } from './repository.ts';

/** The registries that one process or thread talks to. Their client is loaded when it is first used. */
export class Registries implements AsyncDisposable {
  readonly access: RegistryAccess;
  readonly #signal: AbortSignal | undefined;
  #client: Promise<RegistryClient> | null = null;

  /** @param signal ends every request and every wait, with its reason. */
  constructor(access: RegistryAccess, signal?: AbortSignal) {
    this.access = access;
    this.#signal = signal;
  }

  /** Finds the registry of a host, and opens a repository of it. @throws VarveError `unreachable`, `bad-reference`. */
  async find(host: string, repository: string): Promise<Repository> {
    return (await this.#load()).find(host, repository);
  }

  /** The bytes of a blob. @throws VarveError as `streamBlob` does. */
  async *stream(blob: BlobAddress, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    yield* (await this.#load()).stream(blob, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const client = await this.#client;
    await client?.[Symbol.asyncDispose]();
  }

  #load(): Promise<RegistryClient> {
    this.#client ??= import('./registry-client.ts').then(
      ({ RegistryClient }) => new RegistryClient(this.access, this.#signal),
    );
    return this.#client;
  }
}
