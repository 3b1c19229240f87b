import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';

/** Stands before an engine's socket, so that the engine looks like one of another host, and counts what it is asked. */
export interface EngineProxy extends AsyncDisposable {
  /** Address for clients, `tcp://…`. */
  readonly host: string;
  /** How often an image was exported. */
  exports(): number;
}

/** @param engine its address, `unix://…`. */
export async function startEngineProxy(engine: string): Promise<EngineProxy> {
  const socketPath = engine.slice('unix://'.length);
  let exports = 0;
  const server = createServer((incoming, answer) => {
    const { method, url = '', headers } = incoming;
    if (/\/images\/.*\/get/.test(url)) exports += 1;
    const forwarded = request({ socketPath, method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      pipeline(response, answer, () => {});
    });
    forwarded.on('error', () => answer.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `tcp://127.0.0.1:${port}`,
    exports: () => exports,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
