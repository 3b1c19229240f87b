import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { DEFAULT_PATIENCE } from '../../src/adapters/http/network-options.ts';
import type { RegistryAccess } from '../../src/adapters/registry/registry-access.ts';
import type { Digest } from '../../src/base/digest.ts';
import type { MadeBlob } from './image-maker.ts';
import { type ManifestDump, MemoryManifests } from './memory-manifests.ts';
import { MemoryUploads } from './memory-uploads.ts';
import type { Fault } from './registry-faults.ts';
import { sendBytes, sendJson } from './send-answer.ts';

export { type Fault, times } from './registry-faults.ts';
export { sendBytes, sendJson } from './send-answer.ts';

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
    /** Whether tokens allow to read alone, whatever they are asked for. */
    readonly readOnly?: boolean;
  };
}

/** A request as the registry saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
  readonly contentRange: string | undefined;
}

/** Breaks off the next request that brings so many bytes, and keeps them or does not. */
export interface UploadCut {
  readonly bytes: number;
  readonly kept: boolean;
}

/** The contents of a registry, as JSON can hold them: by repository and digest or tag, bytes in base64. */
export interface RegistryDump {
  readonly manifests: ManifestDump;
  readonly blobs: readonly (readonly [name: string, base64: string])[];
}

interface Token {
  uses: number;
  readonly scopes: readonly string[];
}

/** A registry on a loopback port that forgets everything, and misbehaves on command. */
export class MemoryRegistry implements AsyncDisposable {
  readonly seen: SeenRequest[] = [];
  /** The first that answers counts; asked before anything else. */
  readonly faults: Fault[] = [];
  /** How many connections there were. */
  connections = 0;
  /** Whether it stops to read what is put. */
  stallUploads = false;
  /** Each happens once, in this order. */
  readonly cuts: UploadCut[] = [];
  readonly manifests = new MemoryManifests();
  readonly uploads: MemoryUploads;
  /** By repository (empty: every one) and digest. */
  readonly #blobs = new Map<string, Buffer>();
  readonly #tokens = new Map<string, Token>();
  readonly #server: Server;
  readonly #options: MemoryRegistryOptions;

  constructor(options: MemoryRegistryOptions) {
    this.#options = options;
    const { tls } = options;
    this.uploads = new MemoryUploads(this);
    const listener = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    this.#server = tls ? createTlsServer(tls, listener) : createServer(listener);
    this.#server.on('connection', () => {
      this.connections += 1;
    });
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
    for (const { bytes, descriptor } of manifests) {
      this.manifests.keep('', tag, bytes, String(descriptor.mediaType));
    }
    for (const { digest, bytes } of blobs) this.keep('', digest, bytes);
  }

  keep(repository: string, digest: Digest, bytes: Buffer): void {
    this.#blobs.set(`${repository} ${digest}`, bytes);
  }

  find(repository: string, digest: Digest): Buffer | undefined {
    return this.#blobs.get(`${repository} ${digest}`) ?? this.#blobs.get(` ${digest}`);
  }

  /** All that it keeps, as `restore` takes it. */
  dump(): RegistryDump {
    const blobs = [...this.#blobs].map(([name, bytes]) => [name, bytes.toString('base64')] as const);
    return { manifests: this.manifests.dump(), blobs };
  }

  restore({ manifests, blobs }: RegistryDump): void {
    this.manifests.restore(manifests);
    for (const [name, base64] of blobs) this.#blobs.set(name, Buffer.from(base64, 'base64'));
  }

  /** Becomes empty. */
  forget(): void {
    this.#blobs.clear();
    this.uploads.forget();
  }

  dropBlob(digest: Digest): void {
    this.#blobs.delete(` ${digest}`);
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
    const { authorization, range, 'content-range': contentRange } = headers;
    this.seen.push({ method, path: url, authorization, range, contentRange });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#see(request);
    if (this.stallUploads && request.method === 'PUT') return;
    const url = new URL(request.url ?? '', this.origin);
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      this.#cut(request, url, chunks, size);
    });
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      if (this.faults.some((fault) => fault(request, response, body))) return;
      if (url.pathname === '/token') this.#giveToken(request, response, url);
      else if (!this.#allows(request, url)) this.#refuse(request, response, url);
      else if (this.uploads.answer(request, response, url, body)) return;
      else if (!this.manifests.answer(request, response, url, body)) this.#give(request, response, url);
    });
  }

  #cut(request: IncomingMessage, url: URL, chunks: readonly Buffer[], size: number): void {
    const [cut] = this.cuts;
    if (cut === undefined || size < cut.bytes) return;
    this.cuts.shift();
    if (cut.kept) this.uploads.keepCut(url, Buffer.concat(chunks).subarray(0, cut.bytes));
    request.destroy();
  }

  #allows(request: IncomingMessage, url: URL): boolean {
    const { auth } = this.#options;
    if (auth === undefined) return true;
    const { authorization } = request.headers;
    if (auth.kind === 'basic') return authorization === this.#basic();
    const token = this.#tokens.get(authorization?.replace(/^Bearer /, '') ?? '');
    if (token === undefined) return false;
    token.uses -= 1;
    return token.uses >= 0 && (url.pathname === '/v2/' || token.scopes.includes(scopeOf(request, url)));
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
    const scopes = url.searchParams.getAll('scope').flatMap(allowedBy);
    const token = `token-${this.#tokens.size}`;
    const given = auth?.readOnly ? scopes.filter((scope) => scope.endsWith(':pull')) : scopes;
    this.#tokens.set(token, { uses: auth?.tokenUses ?? Number.POSITIVE_INFINITY, scopes: given });
    sendJson(response, 200, { token, expires_in: 300 });
  }

  #refuse(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const { auth } = this.#options;
    const realm = auth?.realm ?? `${this.origin}/token`;
    const scope = url.pathname === '/v2/' ? '' : `,scope="${scopeOf(request, url)}"`;
    const challenge =
      auth?.kind === 'basic' ? 'Basic realm="here"' : `Bearer realm="${realm}",service="memory"${scope}`;
    response.setHeader('WWW-Authenticate', challenge);
    sendJson(response, 401, { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] });
  }

  #give(request: IncomingMessage, response: ServerResponse, { pathname }: URL): void {
    const [, repository = '', digest = ''] = /^\/v2\/(.+)\/blobs\/([^/]+)$/.exec(pathname) ?? [];
    const blob = this.find(repository, digest as Digest);
    if (pathname === '/v2/') sendJson(response, 200, {});
    else if (blob !== undefined) sendBytes(request, response, blob, 'application/octet-stream');
    else sendJson(response, 404, { errors: [{ code: 'BLOB_UNKNOWN', message: 'not here' }] });
  }
}

/** What a token must allow for a request. */
function scopeOf({ method }: IncomingMessage, { pathname }: URL): string {
  const [, repository = ''] =
    /^\/v2\/(.+)\/(?:manifests|blobs\/uploads|blobs|referrers|tags)\//.exec(pathname) ?? [];
  return `repository:${repository}:${method === 'GET' || method === 'HEAD' ? 'pull' : 'push'}`;
}

/** Each of the actions that a scope names. */
function allowedBy(scope: string): string[] {
  const [type, name, actions = ''] = scope.split(':');
  return actions.split(',').map((action) => `${type}:${name}:${action}`);
}

/** How tests reach registries: with next to no waits between two attempts, and without credentials and proxies. */
export function quickAccess(change: Partial<RegistryAccess> = {}): RegistryAccess {
  return {
    caFile: null,
    plainHttp: false,
    credentialsFile: null,
    proxies: { http: '', https: '', none: '' },
    patience: {
      ...DEFAULT_PATIENCE,
      backOff: 1,
      longestWait: 2000,
    },
    ...change,
  };
}
