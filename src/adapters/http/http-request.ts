import { Readable } from 'node:stream';

/** One request of a service, or of a server that it points to. */
export interface HttpRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  /** Never sent to another origin than that of `url`. */
  readonly authorization?: string | null;
  /** A text may be secret, and is never sent to another origin than that of `url` either. */
  readonly body?: string | Uint8Array | StreamedBody;
  /** How long the first byte of the answer is waited for once all is sent, in milliseconds; as usual if left out. */
  readonly answerTimeout?: number;
  /** Ends the request, its answer's body included, with its reason. */
  readonly signal?: AbortSignal;
}

/** A body that is too large to be in memory. It may have to be sent more than once. */
export interface StreamedBody {
  /** In bytes. */
  readonly length: number;
  /** Reads it from the start. */
  open(): AsyncIterable<Uint8Array>;
}

export function isStreamed(body: HttpRequest['body']): body is StreamedBody {
  return typeof body === 'object' && 'open' in body;
}

/** What a request sends to prove who one is, in every form in which a server might repeat it. */
export function secretsIn(authorization: string | null, body: HttpRequest['body']): string[] {
  const [, scheme = '', proof = ''] = /^(\S+) +(.*)$/s.exec(authorization ?? '') ?? [];
  const login = scheme.toLowerCase() === 'basic' ? Buffer.from(proof, 'base64').toString('utf8') : '';
  const form = typeof body === 'string' ? new URLSearchParams(body).get('refresh_token') : null;
  return [proof, login, login.replace(/^[^:]*:/s, ''), form ?? ''].filter((secret) => secret !== '');
}

/** A body as it is read. It fails when the server has taken nothing of it for so long, in milliseconds. */
export function streamBody(body: StreamedBody, idle: number): Readable {
  const stalled = () => stream.destroy(new Error('the server takes no more of what is sent'));
  const timer = setTimeout(stalled, idle);
  const stream = Readable.from(watch(body.open(), timer));
  return stream.once('close', () => clearTimeout(timer));
}

async function* watch(pieces: AsyncIterable<Uint8Array>, timer: NodeJS.Timeout): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    timer.refresh();
    yield piece;
  }
}
