import { VarveError } from '../../../base/errors.ts';
import type { ArtifactPlace } from '../../../core/artifact/artifact-place.ts';

/** Milliseconds that a run waits for all that it reads: what each answer may take, and how many there are, adds up to days. */
const MOST_WAITING = 300_000;

/** A place of artifacts that is left once what was read took too long in all. */
export class BudgetedPlace implements ArtifactPlace {
  readonly location: string;
  readonly #place: ArtifactPlace;
  #left = MOST_WAITING;
  #waiting = 0;
  #since = 0;

  constructor(place: ArtifactPlace) {
    this.location = place.location;
    this.#place = place;
  }

  pushBlob: ArtifactPlace['pushBlob'] = (digest, source) => this.#place.pushBlob(digest, source);
  pushManifest: ArtifactPlace['pushManifest'] = (manifest, tag) => this.#place.pushManifest(manifest, tag);

  fetchManifest: ArtifactPlace['fetchManifest'] = (reference, limits) =>
    this.#spend(() => this.#place.fetchManifest(reference, limits));
  listTags: ArtifactPlace['listTags'] = (limits) => this.#spend(() => this.#place.listTags(limits));

  async *readBlob(blob: Parameters<ArtifactPlace['readBlob']>[0]): AsyncGenerator<Uint8Array> {
    const pieces = this.#place.readBlob(blob)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#spend(() => pieces.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await pieces.return?.();
    }
  }

  /** What is waited for at the same time counts once. @throws VarveError `unreachable` once there is no time left. */
  async #spend<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#left <= 0) throw tooSlow(this.location);
    if (this.#waiting === 0) this.#since = performance.now();
    this.#waiting += 1;
    try {
      return await ask();
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#left -= performance.now() - this.#since;
    }
  }
}

function tooSlow(location: string): VarveError {
  return new VarveError(
    'unreachable',
    `${location} took ${MOST_WAITING / 1000} seconds in all for its answers`,
    {
      object: location,
      hint: 'check the registry and the network, and try again',
    },
  );
}
