import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { DEFAULT_PATIENCE, type RegistryAccess } from '../../src/adapters/registry/registry-access.ts';
import type { Digest } from '../../src/base/digest.ts';
import type { MadeBlob } from './image-maker.ts';

export interface MemoryRegistryOptions {
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Who may read; everyone without it. */
  readonly auth?: {
    readonly kind: 'basic' | 'bearer';
    /** Without it, tokens are given to everyone. */
    readonly login?: { readonly username: string; readonly password: string };
    /** How many requests a token is good for. */
    readonly tokenUses?: number;
    readonly realm?: string;
  };
}

/** A request as the registry saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

/** Answers a request in the registry's place; true when it did. */
export type Fault = (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean;

/** A registry on a loopback port that forgets everything, and misbehaves on command. */
export class MemoryRegistry implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  /** The first that answers counts; asked before anything else. */
  readonly faults: Fault[] = [];
  readonly #manifests = new Map<string, MadeBlob>();
  readonly #blobs = new Map<Digest, Buffer>();
  readonly #tokens = new Map<string, number>();
  readonly #server: Server;
  readonly #options: MemoryRegistryOptions;

  constructor(options: MemoryRegistryOptions) {
    this.#options = options;
    const { tls } = options;
    const listener = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    this.#server = tls ? createTlsServer(tls, listener) : createServer(listener);
    // As a proxy it tunnels everything to itself, whatever the name.
    this.#server.on('connect', (request: IncomingMessage, socket) => {
      this.#see(request);
      const upstream = connect(this.port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket);
        socket.pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
  }

  static async start(options: MemoryRegistryOptions = {}): Promise<MemoryRegistry> {
    const registry = new MemoryRegistry(options);
    registry.#server.listen(0, '127.0.0.1');
    await once(registry.#server, 'listening');
    return registry;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get host(): string {
    return `localhost:${this.port}`;
  }

  get origin(): string {
    return `${this.#options.tls ? 'https' : 'http'}://${this.host}`;
  }

  /** Takes in manifests, each under its digest, and blobs; the last manifest under the tag too. */
  put(tag: string, manifests: readonly MadeBlob[], blobs: readonly MadeBlob[]): void {
    for (const manifest of manifests) {
      this.#manifests.set(manifest.digest, manifest);
      this.#manifests.set(tag, manifest);
    }
    for (const { digest, bytes } of blobs) this.#blobs.set(digest, bytes);
  }

  dropBlob(digest: Digest): void {
    this.#blobs.delete(digest);
  }

  /** Requests of blobs that were answered, or begun to be. */
  blobReads(): string[] {
    return this.seen.filter(({ path }) => path.includes('/blobs/')).map(({ path }) => path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #see({ method = '', url = '', headers }: IncomingMessage): void {
    const { authorization, range } = headers;
    this.seen.push({ method, path: url, authorization, range });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#see(request);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (this.faults.some((fault) => fault(request, response, Buffer.concat(chunks)))) return;
      const url = new URL(request.url ?? '', this.origin);
      if (url.pathname === '/token') this.#giveToken(request, response, url);
      else if (this.#allows(request)) this.#give(request, response, url.pathname);
      else this.#refuse(response);
    });
  }

  #allows({ headers }: IncomingMessage): boolean {
    const { auth } = this.#options;
    if (auth === undefined) return true;
    if (auth.kind === 'basic') return headers.authorization === this.#basic();
    const token = headers.authorization?.replace(/^Bearer /, '') ?? '';
    const uses = this.#tokens.get(token) ?? 0;
    this.#tokens.set(token, uses - 1);
    return uses > 0;
  }

  #basic(): string {
    const { username, password } = this.#options.auth?.login ?? { username: '', password: '' };
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  #giveToken({ headers }: IncomingMessage, response: ServerResponse, url: URL): void {
    const { auth } = this.#options;
    if (auth?.login !== undefined && headers.authorization !== this.#basic()) {
      sendJson(response, 401, { errors: [{ code: 'UNAUTHORIZED', message: 'who are you' }] });
      return;
    }
    const token = `token-${this.#tokens.size}-${url.searchParams.getAll('scope').length}`;
    this.#tokens.set(token, auth?.tokenUses ?? Number.POSITIVE_INFINITY);
    sendJson(response, 200, { token, expires_in: 300 });
  }

  #refuse(response: ServerResponse): void {
    const { auth } = this.#options;
    const realm = auth?.realm ?? `${this.origin}/token`;
    const challenge =
      auth?.kind === 'basic'
        ? 'Basic realm="here"'
        : `Bearer realm="${realm}",service="memory",scope="repository:app:pull"`;
    response.setHeader('WWW-Authenticate', challenge);
    sendJson(response, 401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] });
  }

  #give(request: IncomingMessage, response: ServerResponse, path: string): void {
    const [, kind = '', reference = ''] = /^\/v2\/(?:.+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    const manifest = kind === 'manifests' ? this.#manifests.get(reference) : undefined;
    const blob = kind === 'blobs' ? this.#blobs.get(reference as Digest) : undefined;
    if (path === '/v2/') sendJson(response, 200, {});
    else if (manifest !== undefined) {
      response.setHeader('Docker-Content-Digest', manifest.digest);
      sendBytes(request, response, manifest.bytes, String(manifest.descriptor.mediaType));
    } else if (blob !== undefined) sendBytes(request, response, blob, 'application/octet-stream');
    else sendJson(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'not here' }] });
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

/** Sends bytes, or the range of them that is asked for. */
export function sendBytes(
  { headers }: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  type: string,
): void {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
  const part = bytes.subarray(start);
  if (start > 0) response.setHeader('Content-Range', `bytes ${start}-${bytes.length - 1}/${bytes.length}`);
  response
    .writeHead(start > 0 ? 206 : 200, { 'Content-Type': type, 'Content-Length': part.length })
    .end(part);
}

/** A fault that happens to the first requests whose path matches. */
export function times(count: number, path: RegExp, fault: (...args: Parameters<Fault>) => void): Fault {
  let left = count;
  return (request, ...rest) => {
    if (left === 0 || !path.test(request.url ?? '')) return false;
    left -= 1;
    fault(request, ...rest);
    return true;
  };
}

/** How tests reach registries: without patience, credentials and proxies. */
export function quickAccess(change: Partial<RegistryAccess> = {}): RegistryAccess {
  return {
    caFile: null,
    plainHttp: false,
    credentialsFile: null,
    proxies: { http: '', https: '', none: '' },
    patience: {
      ...DEFAULT_PATIENCE,
      connect: 5000,
      headers: 5000,
      idle: 5000,
      backOff: 1,
      longestWait: 2000,
    },
    ...change,
  };
}
