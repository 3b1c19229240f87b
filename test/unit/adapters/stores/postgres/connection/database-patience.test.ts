import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { readConnectionSettings } from '../../../../../../src/adapters/stores/postgres/connection/connection-settings.ts';
import { Database } from '../../../../../../src/adapters/stores/postgres/connection/database.ts';

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.from(`${type}----`);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const READY = message('Z', Buffer.from('I'));
const GREETING = Buffer.concat([message('R', Buffer.alloc(4)), READY]);
const DONE = Buffer.concat([message('C', Buffer.from('SELECT 0\0')), READY]);

it('gives up a server that answers each statement in the nick of time', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(GREETING);
      socket.on('data', () => setTimeout(() => socket.write(DONE), 20));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const settings = readConnectionSettings(`postgres://u@127.0.0.1:${port}/d?sslmode=disable`, {});
  try {
    await using database = await Database.open(settings, { statement: 60_000, lock: 1, inAll: 300 });
    const readOn = async () => {
      for (;;) await database.read('acme', async () => null);
    };
    await expect(readOn()).rejects.toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('too slow'),
    });
  } finally {
    server.close();
  }
});
