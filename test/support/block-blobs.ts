import type { IncomingMessage } from 'node:http';

/** A storage of blobs that are sent whole or in blocks, as GitHub's services use it. */
export class BlockBlobs {
  readonly #blobs = new Map<string, Buffer>();
  readonly #blocks = new Map<string, Buffer>();

  /** @see https://learn.microsoft.com/rest/api/storageservices/put-block-list */
  put(url: URL, body: Buffer): void {
    const part = url.searchParams.get('comp');
    if (part === 'block') {
      this.#blocks.set(`${url.pathname} ${url.searchParams.get('blockid')}`, body);
    } else if (part === 'blocklist') {
      const ids = [...body.toString().matchAll(/<Latest>([^<]*)<\/Latest>/g)].map(([, id]) => id);
      const blocks = ids.map((id) => this.#blocks.get(`${url.pathname} ${id}`) ?? Buffer.alloc(0));
      this.#blobs.set(url.pathname, Buffer.concat(blocks));
    } else {
      this.#blobs.set(url.pathname, body);
    }
  }

  get(path: string): Buffer {
    const bytes = this.#blobs.get(path);
    if (bytes === undefined) throw new Error(`nothing at ${path}`);
    return bytes;
  }
}

/** What a storage answers to a block or blob that it has taken. */
export const TAKEN = { etag: '"1"', 'x-ms-request-id': 'r', 'x-ms-version': '2025-01-05' };

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
