import type { Dispatcher } from 'undici';

/** One request of a registry, or of the server that it gets its tokens from. */
export interface HttpRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** Never sent to another origin than that of `url`. */
  readonly authorization?: string | null;
  /** A text may be secret, and is never sent to another origin than that of `url` either. */
  readonly body?: string | Uint8Array | StreamedBody;
  /** How long the first byte of the answer is waited for once all is sent, in milliseconds; as usual if left out. */
  readonly answerTimeout?: number;
  /** Ends the request, its answer's body included. */
  readonly signal?: AbortSignal;
}

/** A body that is too large to be in memory. It may have to be sent more than once. */
export interface StreamedBody {
  /** In bytes. */
  readonly length: number;
  /** Begins to read it anew. */
  open(): AsyncIterable<Uint8Array>;
}

/** An answer, its body not yet read: read it, or dump it. */
export interface HttpResponse {
  /** Where it came from in the end. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Dispatcher.ResponseData['body'];
}
