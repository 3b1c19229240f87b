import { type Digest, digestOf, isDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { type Limits, limitExceeded } from '../../base/limits.ts';
import { Authorizer } from './authorizer.ts';
import { connectionFault, redactUrl, unexpectedStatus } from './http-faults.ts';
import type { HttpResponse } from './http-messages.ts';
import type { HttpTransport } from './http-transport.ts';
import type { RegistryAccess, RepositoryAddress } from './registry-access.ts';
import { abandon, readLimited, readRefusal } from './response-body.ts';

/** A manifest or index as a registry gave it. */
export interface ReceivedManifest {
  readonly bytes: Buffer;
  readonly digest: Digest;
  /** As the answer's `Content-Type` names it, without parameters; empty when it does not. */
  readonly mediaType: string;
}

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/**
 * Reads one repository of a registry.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pull
 */
export class Repository {
  readonly address: RepositoryAddress;
  readonly #transport: HttpTransport;
  readonly #access: RegistryAccess;
  readonly #authorizer: Authorizer;
  readonly #origin: URL;

  constructor(address: RepositoryAddress, transport: HttpTransport, access: RegistryAccess) {
    this.address = address;
    this.#transport = transport;
    this.#access = access;
    this.#origin = new URL(address.origin);
    this.#authorizer = new Authorizer({
      transport,
      host: address.host,
      scope: `repository:${address.repository}:pull`,
      credentialsFile: access.credentialsFile,
      now: () => performance.now(),
    });
  }

  /** The repository's name with its host, for errors. */
  get name(): string {
    return `${this.address.host}/${this.address.repository}`;
  }

  /**
   * Fetches a manifest or index.
   * @returns null when there is none of that tag or digest.
   * @throws VarveError `denied`, `unreachable`, `limit-exceeded`, `digest-mismatch`.
   */
  async fetchManifest(reference: string | Digest, limits: Limits): Promise<ReceivedManifest | null> {
    const object = `${this.name}: the manifest ${reference}`;
    const answer = await this.#fetchWhole(
      `manifests/${reference}`,
      { accept: MANIFEST_TYPES },
      limits,
      object,
    );
    if (answer === null) return null;
    const { bytes, response } = answer;
    const digest = digestOf(bytes);
    for (const claimed of [reference, String(response.headers['docker-content-digest'] ?? '')]) {
      if (isDigest(claimed) && claimed !== digest) throw mismatch(object, digest, claimed);
    }
    const [mediaType = ''] = String(response.headers['content-type'] ?? '').split(';');
    return { bytes, digest, mediaType: mediaType.trim().toLowerCase() };
  }

  /**
   * Fetches a small blob whole; its digest is for the caller to check.
   * @returns null when the registry lacks it.
   * @throws VarveError `denied`, `unreachable`, `limit-exceeded`.
   */
  async fetchDocument(digest: Digest, limits: Limits): Promise<Buffer | null> {
    const object = `${this.name}: the blob ${digest}`;
    const answer = await this.#fetchWhole(`blobs/${digest}`, {}, limits, object);
    return answer?.bytes ?? null;
  }

  /**
   * Asks for a blob, or for the part of it from a byte on.
   * @returns null when the registry lacks it; else an answer of status 200 (all of it), 206 or 416.
   */
  async requestBlob(digest: Digest, start: number, signal: AbortSignal): Promise<HttpResponse | null> {
    return this.#get(`blobs/${digest}`, start > 0 ? { range: `bytes=${start}-` } : {}, signal);
  }

  /** Waits before something is tried again. @throws the failure when it was tried often enough. */
  async wait(attempt: number, failure: VarveError, signal: AbortSignal): Promise<void> {
    await this.#transport.wait(attempt, failure, null, signal);
  }

  /** Fetches something small; where the connection breaks in its midst, again from the start. */
  async #fetchWhole(
    path: string,
    headers: Readonly<Record<string, string>>,
    limits: Limits,
    object: string,
  ): Promise<{ readonly bytes: Buffer; readonly response: HttpResponse } | null> {
    const signal = AbortSignal.timeout(this.#access.patience.total);
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await this.#get(path, headers, signal);
        return response && { response, bytes: await readWhole(response, limits, object) };
      } catch (fault) {
        if (fault instanceof VarveError) throw fault;
        const failure = connectionFault(
          fault,
          new URL(`/v2/${this.address.repository}/${path}`, this.#origin),
        );
        if (signal.aborted) throw failure;
        await this.#transport.wait(attempt, failure);
      }
    }
  }

  /** Sends a request, and once more with what the registry asks for. @returns null for 404. */
  async #get(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpResponse | null> {
    const url = new URL(`/v2/${this.address.repository}/${path}`, this.#origin);
    const authorization = await this.#authorizer.header(this.#origin);
    const first = await this.#transport.send({ url, headers, authorization, signal }, this.#origin);
    if (first.status !== 401 || first.url.origin !== this.#origin.origin) return this.#judge(first);
    const asks = [first.headers['www-authenticate'] ?? []].flat();
    if (!(await this.#authorizer.renew(authorization, asks, this.#origin))) return this.#judge(first);
    await first.body.dump().catch(() => {});
    const renewed = await this.#authorizer.header(this.#origin);
    return this.#judge(
      await this.#transport.send({ url, headers, authorization: renewed, signal }, this.#origin),
    );
  }

  async #judge(response: HttpResponse): Promise<HttpResponse | null> {
    const { status, url, body } = response;
    if (status === 200 || status === 206 || status === 416) return response;
    const said = await readRefusal(body);
    if (status === 404) return null;
    if (status !== 401 && status !== 403) throw unexpectedStatus(url, status, said);
    const object = redactUrl(url);
    const why = said === '' ? '' : `: ${said}`;
    throw new VarveError('denied', `${object}: access is refused (${status})${why}`, {
      object,
      hint: `there is no such image, or it takes an account that may read it: docker login ${this.address.host}`,
    });
  }
}

async function readWhole(response: HttpResponse, limits: Limits, object: string): Promise<Buffer> {
  const { body, headers } = response;
  const declared = Number(headers['content-length'] ?? 0);
  const bytes = declared > limits.jsonBytes ? null : await readLimited(body, limits.jsonBytes);
  if (bytes !== null) return bytes;
  abandon(body);
  throw limitExceeded('jsonBytes', limits, object);
}

function mismatch(object: string, actual: Digest, claimed: Digest): VarveError {
  return new VarveError('digest-mismatch', `${object} has the digest ${actual}, not ${claimed}`, {
    object,
    hint: 'the registry or something on the way gave wrong bytes: try again, and mistrust it if that stays',
  });
}
