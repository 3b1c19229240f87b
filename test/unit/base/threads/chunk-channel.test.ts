import { MessageChannel } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ChunkChannel } from '../../../../src/base/threads/chunk-channel.ts';
import { inReusedBuffer, sampleBytes } from '../../../support/compressed-streams.ts';

let here: ChunkChannel;
let there: ChunkChannel;

beforeEach(() => {
  const { port1, port2 } = new MessageChannel();
  here = new ChunkChannel(port1);
  there = new ChunkChannel(port2);
});

afterEach(() => here.close());

async function sendAll(channel: ChunkChannel, chunks: Iterable<Uint8Array>): Promise<void> {
  for (const chunk of chunks) expect(await channel.send(chunk)).toBe(true);
  channel.end();
}

async function received(channel: ChunkChannel): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of channel) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

it('brings both ways what is sent, out of buffers that are used again', async () => {
  const bytes = sampleBytes(1_000_000);
  const sizes = fc.array(fc.integer({ min: 1, max: 700_000 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(sizes, sizes, async (cuts, otherCuts) => {
      const { port1, port2 } = new MessageChannel();
      const [one, other] = [new ChunkChannel(port1), new ChunkChannel(port2)];
      const large = cuts.map((cut) => cut + 50_000);
      const largeToo = otherCuts.map((cut) => cut + 50_000);
      const [, , forth, back] = await Promise.all([
        sendAll(one, inReusedBuffer(bytes, large)),
        sendAll(other, inReusedBuffer(bytes.subarray(7), largeToo)),
        received(other),
        received(one),
      ]);
      one.close();
      expect([forth.equals(bytes), back.equals(bytes.subarray(7))]).toEqual([true, true]);
    }),
    { numRuns: 10 },
  );
});

it('lets the sender wait for one who does not read', async () => {
  let sent = 0;
  const sending = (async () => {
    while (await here.send(Buffer.alloc(1))) sent++;
  })();
  await vi.waitFor(() => expect(sent).toBe(6));
  const reading = there[Symbol.asyncIterator]();
  for (let i = 0; i < 10; i++) await reading.next();
  // The last one read is with its reader still.
  await vi.waitFor(() => expect(sent).toBe(15));
  here.close();
  await sending;
});

it('brings each chunk in one of its buffers, however small it is', async () => {
  const sizes = new Set<number>();
  const sending = sendAll(here, inReusedBuffer(Buffer.alloc(400_000, 1), [1_000]));
  let count = 0;
  for await (const chunk of there) {
    sizes.add(chunk.buffer.byteLength);
    count++;
  }
  await sending;
  expect([...sizes]).toEqual([256 * 1024]);
  expect(count).toBe(400);
});

it('tells the sender, who may be waiting, that the other side has closed', async () => {
  const sending = (async () => {
    while (await here.send(Buffer.alloc(1)));
    return 'told';
  })();
  there.close();
  expect(await sending).toBe('told');
});

it('ends with a fault', async () => {
  const fault = new Error('gone');
  await here.send(Buffer.from('came'));
  const reading = there[Symbol.asyncIterator]();
  expect((await reading.next()).value).toEqual(Uint8Array.from(Buffer.from('came')));
  there.fail(fault);
  await expect(reading.next()).rejects.toBe(fault);
});
