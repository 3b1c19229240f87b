import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Digest, digestOf, isDigest } from '../../src/base/digest.ts';
import { sendJson } from './send-answer.ts';

/** How a registry in memory takes uploads. */
export interface UploadManners {
  /** How it says where the next part goes. */
  location: 'absolute' | 'relative' | 'query';
  /** Origin of another server that takes the bytes. */
  elsewhere: string | null;
  /** What a part must have at least, unless it is the last. */
  chunkMinimum: number | null;
  /** What a request may have at most. */
  largestBody: number;
  mount: 'taken' | 'upload instead' | 'refused';
  /** What it says that it stored, in place of the truth. */
  storedAs: Digest | null;
}

interface Upload {
  readonly repository: string;
  bytes: Buffer;
  /** Changes with each part, so that an old address is found out. */
  step: number;
}

export interface BlobKeeper {
  readonly origin: string;
  find(repository: string, digest: Digest): Buffer | undefined;
  keep(repository: string, digest: Digest, bytes: Buffer): void;
}

const PATH = /^\/v2\/(?<repository>.+)\/blobs\/uploads\/(?<id>[^/]*)$/;

/** The uploads of a registry in memory. */
export class MemoryUploads {
  readonly manners: UploadManners = {
    location: 'absolute',
    elsewhere: null,
    chunkMinimum: null,
    largestBody: Number.POSITIVE_INFINITY,
    mount: 'taken',
    storedAs: null,
  };
  readonly #keeper: BlobKeeper;
  readonly #uploads = new Map<string, Upload>();

  constructor(keeper: BlobKeeper) {
    this.#keeper = keeper;
  }

  /** Answers a request of an upload; false when it is none. */
  answer(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): boolean {
    const { repository = '', id = '' } = PATH.exec(url.pathname)?.groups ?? {};
    if (repository === '') return false;
    const upload = this.#uploads.get(id);
    if (body.length > this.manners.largestBody) refuse(response, 413, 'SIZE_INVALID', 'too large');
    else if (request.method === 'POST') this.#begin(response, url, repository);
    else if (upload === undefined) refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN', 'no such upload');
    else if (request.method === 'GET') this.#tell(response, 204, id, upload);
    else if (request.method === 'PATCH') this.#append(request, response, id, upload, body);
    else this.#finish(response, url, id, upload, body);
    return true;
  }

  /** Keeps what came of a part that was cut off. */
  keepCut(url: URL, body: Buffer): void {
    const upload = this.#uploads.get(PATH.exec(url.pathname)?.groups?.id ?? '');
    if (upload !== undefined) upload.bytes = Buffer.concat([upload.bytes, body]);
  }

  /** Forgets all that was begun. */
  forget(): void {
    this.#uploads.clear();
  }

  #begin(response: ServerResponse, url: URL, repository: string): void {
    const digest = url.searchParams.get('mount') ?? '';
    const from = url.searchParams.get('from');
    if (digest !== '' && (from === null || this.manners.mount === 'refused')) {
      refuse(response, 400, 'NAME_INVALID', 'nothing is mounted here');
      return;
    }
    const known = isDigest(digest) && from !== null ? this.#keeper.find(from, digest) : undefined;
    if (known !== undefined && this.manners.mount === 'taken' && isDigest(digest)) {
      this.#keeper.keep(repository, digest, known);
      response.writeHead(201, { Location: `/v2/${repository}/blobs/${digest}` }).end();
      return;
    }
    const id = randomUUID();
    const upload = { repository, bytes: Buffer.alloc(0), step: 0 };
    this.#uploads.set(id, upload);
    this.#tell(response, 202, id, upload);
  }

  #tell(response: ServerResponse, status: number, id: string, { repository, bytes, step }: Upload): void {
    const { location, elsewhere, chunkMinimum } = this.manners;
    const path = `/v2/${repository}/blobs/uploads/${id}`;
    const origin = elsewhere ?? this.#keeper.origin;
    const query = location === 'query' ? stateOf(step) : '';
    response.writeHead(status, {
      Location: location === 'relative' ? path : `${origin}${path}${query}`,
      Range: `0-${Math.max(0, bytes.length - 1)}`,
      ...(chunkMinimum !== null && { 'OCI-Chunk-Min-Length': chunkMinimum }),
    });
    response.end();
  }

  #append(
    { headers }: IncomingMessage,
    response: ServerResponse,
    id: string,
    upload: Upload,
    body: Buffer,
  ): void {
    const [, start, end] = /^(\d+)-(\d+)$/.exec(String(headers['content-range'] ?? '')) ?? [];
    const isExact = Number(end) - Number(start) + 1 === body.length;
    if (start === undefined || !isExact) refuse(response, 400, 'SIZE_INVALID', 'which bytes are these');
    else if (Number(start) !== upload.bytes.length)
      refuse(response, 416, 'BLOB_UPLOAD_INVALID', 'out of step');
    else {
      upload.bytes = Buffer.concat([upload.bytes, body]);
      upload.step += 1;
      this.#tell(response, 202, id, upload);
    }
  }

  #finish(response: ServerResponse, url: URL, id: string, upload: Upload, body: Buffer): void {
    const digest = url.searchParams.get('digest') ?? '';
    const bytes = Buffer.concat([upload.bytes, body]);
    this.#uploads.delete(id);
    if (this.manners.location === 'query' && !url.search.startsWith(`${stateOf(upload.step)}&`)) {
      refuse(response, 400, 'BLOB_UPLOAD_INVALID', 'the state is another');
    } else if (!isDigest(digest) || digestOf(bytes) !== digest) {
      refuse(response, 400, 'DIGEST_INVALID', 'the digest is another');
    } else {
      this.#keeper.keep(upload.repository, digest, bytes);
      response.setHeader('Docker-Content-Digest', this.manners.storedAs ?? digest);
      response.writeHead(201, { Location: `/v2/${upload.repository}/blobs/${digest}` }).end();
    }
  }
}

/** What some registries want back as it is, to the last character. */
const stateOf = (step: number): string => `?state=${step}%2fa%20b~&secret=s3`;

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  sendJson(response, status, { errors: [{ code, message }] });
}
