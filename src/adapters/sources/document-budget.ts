import { limitExceeded } from '../../base/limits.ts';
import type { ImageDocuments } from './image-documents.ts';

/** How many times as much as the largest document all of them together may have. */
const TIMES_LARGEST = 10;

/** What an image may cost in documents: an index can name the same large one again and again. */
export class DocumentBudget {
  readonly #object: string;
  readonly #jsonBytes: number;
  #spent = 0;

  constructor({ place, documentBytes }: Pick<ImageDocuments, 'place' | 'documentBytes'>) {
    this.#object = `${place}: the size of all indexes, manifests and configs`;
    this.#jsonBytes = TIMES_LARGEST * documentBytes;
  }

  /** @param size of a document that is to be read, in bytes. @throws VarveError `limit-exceeded`. */
  spend(size: number): void {
    this.#spent += size;
    if (this.#spent > this.#jsonBytes)
      throw limitExceeded('jsonBytes', { jsonBytes: this.#jsonBytes }, this.#object);
  }
}
