import { canonicalJson } from '../../base/canonical-json.ts';
import { digestOf, hexOf } from '../../base/digest.ts';
import { attempt } from '../../base/errors.ts';
import type { EntryCache } from '../../core/cache/entry-cache.ts';
import type { Subject } from '../../core/comment/comment.ts';

const SCHEME = 'varve-said-v1';

/** Where a comment is, and what it is about. */
interface Place {
  readonly pullRequest: number;
  readonly key: string;
  readonly subject: Subject;
}

/**
 * Remembers in a workflow's cache what a comment said: the key of an entry says it all. Its author can write
 * such entries, and only keep a comment away that way, or have it written again. Trouble with the cache is forgotten.
 */
export class SaidMemory {
  readonly #cache: EntryCache;
  readonly #prefix: string;

  constructor(cache: EntryCache, place: Place) {
    this.#cache = cache;
    this.#prefix = `${SCHEME}-${hexOf(digestOf(canonicalJson(place))).slice(0, 16)}-`;
  }

  async knows(fingerprint: string): Promise<boolean> {
    const known = await attempt(['outside', 'bytes'], async () => {
      await using entry = await this.#cache.restore([this.#prefix + fingerprint]);
      return entry?.key === this.#prefix + fingerprint;
    });
    return known === true;
  }

  async remember(fingerprint: string): Promise<void> {
    await attempt(['outside', 'bytes'], () => this.#cache.save(this.#prefix + fingerprint, onlyMark()));
  }
}

async function* onlyMark() {
  yield { name: 'said', bytes: Buffer.from('1') };
}
