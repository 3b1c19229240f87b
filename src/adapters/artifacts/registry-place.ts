import type { Digest } from '../../base/digest.ts';
import type { Limits } from '../../base/limits.ts';
import type { RangeSource } from '../../base/range-source.ts';
import type { ArtifactPlace } from '../../core/artifact/artifact-place.ts';
import type { Registries } from '../registry/registries.ts';
import type { Repository } from '../registry/repository.ts';

/** Artifacts in a repository of a registry, which may hold other things too. */
export class RegistryPlace implements ArtifactPlace {
  readonly location: string;
  readonly #registries: Registries;
  readonly #repository: Repository;

  private constructor(registries: Registries, repository: Repository) {
    this.location = `oci://${repository.name}`;
    this.#registries = registries;
    this.#repository = repository;
  }

  /** @throws VarveError `unreachable`, `bad-reference`. */
  static async open(registries: Registries, host: string, repository: string): Promise<RegistryPlace> {
    return new RegistryPlace(registries, await registries.find(host, repository));
  }

  async pushBlob(digest: Digest, source: RangeSource): Promise<boolean> {
    return (await this.#repository.pushBlob(digest, source)) === 'uploaded';
  }

  async pushManifest(
    manifest: { readonly bytes: Uint8Array; readonly mediaType: string },
    tag: string | null,
  ): Promise<void> {
    await this.#repository.pushManifest(manifest, tag === null ? {} : { reference: tag });
  }

  async fetchManifest(reference: string, limits: Limits): Promise<Uint8Array | null> {
    return (await this.#repository.fetchManifest(reference, limits))?.bytes ?? null;
  }

  readBlob({ digest, size }: { readonly digest: Digest; readonly size: number }): AsyncIterable<Uint8Array> {
    return this.#registries.stream({ ...this.#repository.address, digest, length: size });
  }

  listTags(limits: Limits): Promise<readonly string[]> {
    return this.#repository.listTags(limits);
  }
}
