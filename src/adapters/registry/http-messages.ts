import type { Dispatcher } from 'undici';

/** One request of a registry, or of the server that it gets its tokens from. */
export interface HttpRequest {
  readonly url: URL;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  /** Never sent to another origin than that of `url`. */
  readonly authorization?: string | null;
  readonly body?: string;
  /** Ends the request, its answer's body included. */
  readonly signal?: AbortSignal;
}

/** An answer, its body not yet read: read it, or dump it. */
export interface HttpResponse {
  /** Where it came from in the end. */
  readonly url: URL;
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Dispatcher.ResponseData['body'];
}
