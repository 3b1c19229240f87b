import type { IncomingMessage, ServerResponse } from 'node:http';

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

/** Sends bytes, or the range of them that is asked for. */
export function sendBytes(
  { headers }: Pick<IncomingMessage, 'headers'>,
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
