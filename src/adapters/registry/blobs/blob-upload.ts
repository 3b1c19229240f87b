import type { Digest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import type { RangeSource } from '../../../base/range-source.ts';
import { discard, type HttpResponse } from '../../http/http-response.ts';
import type { PassingTrouble } from '../../http/http-transport.ts';
import { claimedDigest, type RepositoryRequests } from '../repository-requests.ts';
import { hasBlob } from './has-blob.ts';
import { beginUpload, continued, findProgress, receivedBytes, type UploadSession } from './upload-session.ts';
import { VerifiedParts } from './verified-parts.ts';

const MiB = 1024 * 1024;
/** Sizes of the parts that are tried one after the other, in bytes: some servers refuse large ones. */
const PART_SIZES = [16 * MiB, 4 * MiB, MiB] as const;
/** As much progress as this makes up for an attempt that failed. */
const PROGRESS_BYTES = MiB;

const TOO_LARGE = 413;
/** Answers after which the upload is over, and a new one may do better. */
const LOST = new Set([400, 404, 409, 410]);
/** The part does not begin where the last one ended. */
const OUT_OF_STEP = 416;
const TAKEN = new Set([200, 201, 202, 204]);

type Outcome = 'done' | PassingTrouble;

/**
 * One blob on its way: whole in one request; where that fails, in parts from where the registry says it stands. The
 * steps know of each other through `#session` alone: null when the next attempt starts over.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
 */
export class BlobUpload {
  readonly #requests: RepositoryRequests;
  readonly #digest: Digest;
  readonly #size: number;
  readonly #parts: VerifiedParts;
  readonly #signal: AbortSignal;
  #session: UploadSession | null = null;
  /** Which of the sizes parts have; -1: all that is left in one. */
  #partSize = -1;

  constructor(requests: RepositoryRequests, digest: Digest, source: RangeSource, signal: AbortSignal) {
    this.#requests = requests;
    this.#digest = digest;
    this.#size = source.size;
    this.#parts = new VerifiedParts(digest, source);
    this.#signal = signal;
  }

  /** Sends all of it. @throws as `pushBlob` does. */
  async run(begun: UploadSession): Promise<void> {
    this.#session = begun;
    for (let attempt = 1, furthest = 0; ; attempt++) {
      this.#session ??= await beginUpload(this.#requests, this.#signal);
      const partSize = this.#partSize;
      const outcome = await this.#advance(this.#session);
      if (outcome === 'done') return;
      const reached = await this.#takeUp();
      if (reached === 'done') return;
      if (reached - furthest >= PROGRESS_BYTES) attempt = 1;
      else if (attempt > 1 && partSize === this.#partSize) this.#takeSmallerParts();
      furthest = Math.max(furthest, reached);
      await this.#requests.wait(attempt, outcome, this.#signal);
    }
  }

  async #advance(session: UploadSession): Promise<Outcome> {
    if (session.offset === 0 && this.#partSize < 0) return this.#finish(session);
    for (let at = session; ; ) {
      if (at.offset === this.#size) return this.#finish(at);
      const next = await this.#sendPart(at);
      if ('failure' in next) return next;
      this.#session = at = next;
    }
  }

  /** Finds out what became of an attempt that failed. @returns how many bytes the registry has. */
  async #takeUp(): Promise<number | 'done'> {
    // The answer may have been lost, not the blob.
    if (await hasBlob(this.#requests, this.#digest, this.#signal)) return 'done';
    if (this.#session !== null) {
      const session = await findProgress(this.#requests, this.#session, this.#signal);
      this.#session = session !== null && session.offset <= this.#size ? session : null;
    }
    return this.#session?.offset ?? 0;
  }

  async #sendPart(session: UploadSession): Promise<UploadSession | PassingTrouble> {
    const { offset: start, leastPart } = session;
    const wanted = Math.max(PART_SIZES[Math.max(0, this.#partSize)] ?? 0, leastPart);
    const end = Math.min(this.#size, start + wanted);
    const response = await this.#requests.attempt({
      method: 'PATCH',
      to: session.location,
      headers: { 'content-type': 'application/octet-stream', 'content-range': `${start}-${end - 1}` },
      body: { length: end - start, open: () => this.#parts.read(start, end) },
      signal: this.#signal,
    });
    if ('failure' in response) return response;
    if (!TAKEN.has(response.status)) return this.#judge(response);
    await discard(response.body);
    const offset = receivedBytes(response) ?? end;
    if (offset > start && offset <= end) return { ...continued(this.#requests, session, response), offset };
    this.#session = null;
    return passing(outOfStep(this.#object, offset, end));
  }

  /** Ends the upload with all that is left, which is the whole blob or nothing. */
  async #finish({ location, offset }: UploadSession): Promise<Outcome> {
    const to = new URL(location);
    to.search += `${to.search === '' ? '?' : '&'}digest=${encodeURIComponent(this.#digest)}`;
    const response = await this.#requests.attempt({
      method: 'PUT',
      to,
      headers: { 'content-type': 'application/octet-stream' },
      body: { length: this.#size - offset, open: () => this.#parts.read(offset, this.#size) },
      // A registry may have to copy all of it before it answers.
      answerTimeout: this.#requests.patience.total,
      signal: this.#signal,
    });
    if ('failure' in response) return response;
    if (!TAKEN.has(response.status)) return this.#judge(response);
    await discard(response.body);
    const stored = claimedDigest(response);
    if (stored !== null && stored !== this.#digest) throw storedOther(this.#object, stored);
    return 'done';
  }

  /** @returns the trouble that an answer speaks of, if another attempt may do better. @throws if none will. */
  async #judge(response: HttpResponse): Promise<PassingTrouble> {
    const { status } = response;
    const failure = await this.#requests.refusal(response);
    if (status === TOO_LARGE && this.#takeSmallerParts()) return passing(failure);
    if (status === OUT_OF_STEP) return passing(failure);
    if (!LOST.has(status)) throw failure;
    this.#session = null;
    return passing(failure);
  }

  /** @returns false when there are no smaller ones. */
  #takeSmallerParts(): boolean {
    if (this.#partSize >= PART_SIZES.length - 1) return false;
    this.#partSize += 1;
    return true;
  }

  get #object(): string {
    return `${this.#requests.name}: the blob ${this.#digest}`;
  }
}

const passing = (failure: VarveError): PassingTrouble => ({ failure, asked: null });

function outOfStep(object: string, offset: number, sent: number): VarveError {
  return new VarveError(
    'malformed',
    `${object} was sent up to byte ${sent}, but the registry says that it has ${offset}`,
    {
      object,
    },
  );
}

function storedOther(object: string, stored: Digest): VarveError {
  return new VarveError('digest-mismatch', `${object} was stored as ${stored}`, {
    object,
    hint: 'the registry, or a proxy in between, changes what it stores: do not rely on its content',
  });
}
