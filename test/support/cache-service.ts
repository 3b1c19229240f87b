import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlockBlobs, readBody, TAKEN } from './block-blobs.ts';

/** An entry as the service keeps it: never changed once it is finalized. */
export interface CachedEntry {
  readonly scope: string;
  readonly key: string;
  readonly version: string;
  bytes: Buffer;
  finalized: boolean;
}

/** Whose caches a run may use: its own scope first. */
export interface CacheRights {
  /** Scopes in the order in which they are searched; the first is the run's own. */
  readonly scopes: readonly string[];
  /** Whether the token may write to the first of them. */
  readonly writable?: boolean;
}

/** Answers a request in the service's place; true when it did. */
export type ServiceFault = (path: string, response: ServerResponse) => boolean;

const SERVICE = '/twirp/github.actions.results.api.v1.CacheService/';
const READ = 1;
const WRITE = 2;

interface Scope {
  readonly Scope: string;
  readonly Permission: number;
}

/**
 * The cache service of GitHub Actions (v2) with the storage behind it, on a loopback port: entries are immutable, one
 * is found by exact key or the newest of a prefix, first in the run's own scope and then in those of its base and the
 * default branch, and a read-only token cannot save.
 */
export class CacheService implements AsyncDisposable {
  readonly entries: CachedEntry[] = [];
  /** Paths that were asked for, in order. */
  readonly seen: string[] = [];
  /** The first that answers counts. */
  readonly faults: ServiceFault[] = [];
  readonly #blobs = new BlockBlobs();
  readonly #server: Server;
  #origin = '';

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((fault: unknown) => response.destroy(fault as Error));
    });
  }

  static async start(): Promise<CacheService> {
    const service = new CacheService();
    service.#server.listen(0, '127.0.0.1');
    await once(service.#server, 'listening');
    service.#origin = `http://127.0.0.1:${(service.#server.address() as AddressInfo).port}`;
    return service;
  }

  /** What the runner tells a step so that it can reach the cache. */
  environment({ scopes, writable = true }: CacheRights): Record<string, string> {
    const access = scopes.map(
      (scope, index): Scope => ({ Scope: scope, Permission: index === 0 && writable ? READ | WRITE : READ }),
    );
    const claims = Buffer.from(JSON.stringify({ ac: JSON.stringify(access) })).toString('base64url');
    return {
      ACTIONS_CACHE_SERVICE_V2: '1',
      ACTIONS_RESULTS_URL: `${this.#origin}/`,
      ACTIONS_RUNTIME_TOKEN: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`,
      GITHUB_SERVER_URL: 'https://github.com',
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#origin);
    this.seen.push(`${request.method} ${url.pathname}`);
    const body = await readBody(request);
    if (this.faults.some((fault) => fault(url.pathname, response))) return;
    if (url.pathname.startsWith(SERVICE)) {
      const scopes = readScopes(request.headers.authorization);
      const answer = this.#call(url.pathname.slice(SERVICE.length), JSON.parse(body.toString()), scopes);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } else if (request.method === 'PUT') {
      this.#put(url, body);
      response.writeHead(201, TAKEN).end();
    } else {
      this.#get(url, request, response);
    }
  }

  #call(method: string, call: Record<string, unknown>, scopes: readonly Scope[]): unknown {
    const [own] = scopes;
    const { key, version } = call as { key: string; version: string };
    const entry = this.entries.find(
      (each) => each.scope === own?.Scope && each.key === key && each.version === version,
    );
    switch (method) {
      case 'CreateCacheEntry': {
        if (own === undefined || own.Permission < WRITE) {
          return { ok: false, signed_upload_url: '', message: 'cache write denied: the token is read-only' };
        }
        if (entry !== undefined) return { ok: false, signed_upload_url: '', message: 'key already exists' };
        const made = { scope: own.Scope, key, version, bytes: Buffer.alloc(0), finalized: false };
        const id = this.entries.push(made) - 1;
        return { ok: true, signed_upload_url: `${this.#origin}/blobs/container/${id}?sig=write` };
      }
      case 'FinalizeCacheEntryUpload': {
        const sound = entry !== undefined && String(entry.bytes.length) === String(call.size_bytes);
        if (sound) entry.finalized = true;
        return { ok: sound, entry_id: String(entry === undefined ? 0 : this.entries.indexOf(entry)) };
      }
      case 'GetCacheEntryDownloadURL': {
        const keys = [key, ...((call.restore_keys as string[] | undefined) ?? [])];
        const found = this.#find(keys, version, scopes);
        if (found === null) return { ok: false, signed_download_url: '', matched_key: '' };
        const signed = `${this.#origin}/blobs/container/${this.entries.indexOf(found)}?sig=read`;
        return { ok: true, signed_download_url: signed, matched_key: found.key };
      }
      default:
        throw new Error(`no such method: ${method}`);
    }
  }

  #find(keys: readonly string[], version: string, scopes: readonly Scope[]): CachedEntry | null {
    for (const { Scope } of scopes) {
      const visible = this.entries.filter(
        (entry) => entry.finalized && entry.scope === Scope && entry.version === version,
      );
      for (const [index, key] of keys.entries()) {
        const exact = index === 0 ? visible.find((entry) => entry.key === key) : undefined;
        const found = exact ?? visible.findLast((entry) => entry.key.startsWith(key));
        if (found !== undefined) return found;
      }
    }
    return null;
  }

  #put(url: URL, body: Buffer): void {
    const entry = this.#entryAt(url);
    this.#blobs.put(url, body);
    if (url.searchParams.get('comp') !== 'block') entry.bytes = this.#blobs.get(url.pathname);
  }

  #get(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const { bytes } = this.#entryAt(url);
    const headers = { 'content-length': bytes.length, 'content-type': 'application/octet-stream' };
    response.writeHead(200, headers).end(request.method === 'HEAD' ? undefined : bytes);
  }

  #entryAt(url: URL): CachedEntry {
    const entry = this.entries[Number(url.pathname.split('/').at(-1))];
    if (entry === undefined) throw new Error(`nothing at ${url.pathname}`);
    return entry;
  }
}

function readScopes(authorization: string | undefined): Scope[] {
  const claims = authorization?.split('.')[1] ?? '';
  return JSON.parse(JSON.parse(Buffer.from(claims, 'base64url').toString()).ac);
}
