import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What happens to a connection, given how many there were before; to its answers unless it says otherwise. */
export type Trouble = (connection: number) => {
  /** Bytes after which it is cut off. */
  readonly cutAfter?: number;
  /** Bytes of requests, at least, after which it is cut off. */
  readonly cutSentAfter?: number;
  /** Bytes after which nothing more comes, though it stays open. */
  readonly silentAfter?: number;
  /** The byte that is passed on with another value. */
  readonly flip?: number;
};

export interface UnreliableProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly connections: () => number;
  /** How many of them were cut off. */
  readonly cuts: () => number;
}

/** Passes connections on to another port of this machine, and makes trouble for what comes back. */
export async function startUnreliableProxy(target: string, trouble: Trouble): Promise<UnreliableProxy> {
  const port = Number(target.split(':')[1]);
  const open = new Set<Socket>();
  let connections = 0;
  let cuts = 0;
  const server = createServer((client) => {
    const {
      cutAfter = Number.POSITIVE_INFINITY,
      cutSentAfter = Number.POSITIVE_INFINITY,
      silentAfter = Number.POSITIVE_INFINITY,
      flip,
    } = trouble(connections++);
    const upstream = connect(port, '127.0.0.1');
    const cut = () => {
      if (!upstream.destroyed) cuts += 1;
      upstream.destroy();
    };
    let passed = 0;
    upstream.on('data', (chunk) => {
      const part = chunk.subarray(0, Math.max(0, Math.min(cutAfter, silentAfter) - passed));
      const place = flip === undefined ? -1 : flip - passed;
      if (place >= 0 && place < part.length) part[place] = (part[place] ?? 0) ^ 0xff;
      passed += chunk.length;
      if (part.length > 0) client.write(part);
      if (passed >= cutAfter) cut();
    });
    let sent = 0;
    client.on('data', (chunk) => {
      sent += chunk.length;
      if (sent >= cutSentAfter) cut();
    });
    client.pipe(upstream);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroySoon();
        upstream.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    cuts: () => cuts,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
