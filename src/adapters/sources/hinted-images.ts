import { toVarveError, VarveError } from '../../base/errors.ts';
import type { Limits } from '../../base/limits.ts';
import { type BaseCandidate, type BaseImages, baseName } from '../../core/image/base-image.ts';
import { type DockerName, formatDockerName } from '../../core/image/docker-name.ts';
import { parseRegistryReference } from '../../core/image/reference.ts';
import { fitsPlatform, type Platform } from '../../core/words/platform.ts';
import type { EngineSettings } from '../engine/engine-endpoint.ts';
import { untilAborted, withinTime } from '../http/deadlines.ts';
import { isLoopbackHost } from '../http/host-address.ts';
import type { Patience } from '../http/network-options.ts';
import { secureAddress } from '../registry/find-registry.ts';
import { Registries } from '../registry/registries.ts';
import type { RegistryAccess } from '../registry/registry-access.ts';
import type { KnownDocuments } from './known-documents.ts';
import { createRegistrySource } from './registry/registry-source.ts';

export interface HintedImagesOptions {
  /** Its patience does not count: a hint is not worth waiting for. */
  readonly access: RegistryAccess;
  readonly limits: Limits;
  readonly known: KnownDocuments;
  readonly engine: EngineSettings;
  /** Ends whatever is under way. */
  readonly signal: AbortSignal | undefined;
}

const PATIENCE: Patience = {
  connect: 3_000,
  headers: 5_000,
  idle: 5_000,
  attempts: 1,
  backOff: 0,
  longestWait: 0,
  total: 6_000,
  slowest: 0,
};
/** Milliseconds that a run waits for all registries together. */
const IN_ALL = 10_000;

const DAEMON = 'docker-daemon:';
const REGISTRY = 'docker://';

/**
 * The images that hints lead to: in the engine where the image itself is from there, and in a registry. The author of an
 * image chooses the hint, so what is asked is on the open net, or the registry that the image itself is from.
 */
export class HintedImages implements BaseImages, AsyncDisposable {
  readonly #options: HintedImagesOptions;
  readonly #registries = new Map<string | null, Registries>();
  /** Registries that gave no answer once are not asked again. */
  readonly #silent = new Map<string, VarveError>();
  /** Whole milliseconds. */
  #left = IN_ALL;

  constructor(options: HintedImagesOptions) {
    this.#options = options;
  }

  async *find(
    hint: DockerName,
    { reference, platform }: { readonly reference: string; readonly platform: Platform },
  ): AsyncGenerator<BaseCandidate> {
    if (reference.startsWith(DAEMON)) {
      const { findInEngine } = await import('./engine/engine-base.ts');
      const candidate = await findInEngine(hint, this.#options.engine, this.#options.signal);
      if (candidate !== null) yield candidate;
    }
    const candidate = await this.#findInRegistry(hint, reference, platform);
    if (candidate !== null) yield candidate;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#registries.values()].map((each) => each[Symbol.asyncDispose]()));
  }

  async #findInRegistry(
    hint: DockerName,
    reference: string,
    platform: Platform,
  ): Promise<BaseCandidate | null> {
    const { host } = hint;
    const home = homeOf(reference);
    if (isOfBuilder(host, home)) return null;
    const silence = this.#silent.get(host);
    if (silence !== undefined) throw silence;
    const begun = performance.now();
    const late = () => tooSlow(host);
    try {
      return await withinTime(Math.min(PATIENCE.total, this.#left), late, this.#options.signal, (signal) =>
        untilAborted(this.#fetch(hint, home, platform), signal),
      );
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.code === 'unreachable') this.#silent.set(host, error);
      throw fault;
    } finally {
      this.#left = Math.max(0, Math.floor(this.#left - (performance.now() - begun)));
    }
  }

  async #fetch(hint: DockerName, home: string | null, wanted: Platform): Promise<BaseCandidate | null> {
    const { limits, known } = this.#options;
    const source = createRegistrySource(this.#registriesFor(home), { limits, known });
    await using opened = await source.open(`${REGISTRY}${formatDockerName(hint)}`);
    const index = opened.platforms.findIndex((platform) => fitsPlatform(platform, wanted));
    if (index < 0) return null;
    const { config } = await opened.image(index);
    return { name: baseName(hint), digest: opened.digest, diffIds: config.value.rootfs.diff_ids };
  }

  #registriesFor(namedBy: string | null): Registries {
    const { access, signal } = this.#options;
    const registries =
      this.#registries.get(namedBy) ?? new Registries({ ...access, patience: PATIENCE, namedBy }, signal);
    this.#registries.set(namedBy, registries);
    return registries;
  }
}

/** The address of the registry that an image is from; null where it is from elsewhere. */
const homeOf = (reference: string): string | null =>
  reference.startsWith(REGISTRY) ? secureAddress(parseRegistryReference(reference).host) : null;

/** Whether a host is the machine where the image was built, as in Podman's `localhost/base`: it is not this one. */
function isOfBuilder(host: string, home: string | null): boolean {
  const address = secureAddress(host);
  return address !== home && isLoopbackHost(new URL(address).hostname);
}

function tooSlow(host: string): VarveError {
  return new VarveError('unreachable', `${host} did not answer in time`, { object: host });
}
