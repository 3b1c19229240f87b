import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { decode } from '../../../../src/base/compression/decode.ts';
import { InflateThreads } from '../../../../src/base/compression/inflate-threads.ts';
import { inReusedBuffer, sampleBytes } from '../../../support/compressed-streams.ts';

const CONTENT = sampleBytes(2_000_000);
const STREAM = gzipSync(CONTENT);
const WORKER = new URL('../../../../src/entry/inflate-worker.ts', import.meta.url);

let threads = new InflateThreads(WORKER, 2);

afterEach(async () => {
  await threads[Symbol.asyncDispose]();
  threads = new InflateThreads(WORKER, 2);
});

async function decoded(stream: Uint8Array): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const source = inReusedBuffer(stream, [10_000]);
  for await (const chunk of decode(source, { object: 'layer', threads })) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

describe('inflating in threads', () => {
  it('decodes several streams at once, and one after the other', async () => {
    const streams = Array.from({ length: 5 }, (_, i) => CONTENT.subarray(i));
    const found = await Promise.all(streams.map((content) => decoded(gzipSync(content, { level: 1 }))));
    expect(found.map((bytes, i) => bytes.equals(CONTENT.subarray(i)))).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect((await decoded(STREAM)).equals(CONTENT)).toBe(true);
  });

  it('starts no thread for what is not compressed', async () => {
    let started = 0;
    const count = () => {
      started++;
    };
    process.on('worker', count);
    expect((await decoded(CONTENT)).equals(CONTENT)).toBe(true);
    expect(started).toBe(0);
    expect((await decoded(STREAM)).equals(CONTENT)).toBe(true);
    expect(started).toBe(1);
    process.off('worker', count);
  });

  it('goes on after streams that were given up or are damaged', async () => {
    for (let i = 0; i < 3; i++) {
      for await (const _ of decode([STREAM], { object: 'layer', threads })) break;
      await expect(decoded(STREAM.subarray(0, -1))).rejects.toMatchObject({
        code: 'truncated',
        object: 'layer',
      });
    }
    expect((await decoded(STREAM)).equals(CONTENT)).toBe(true);
  });

  it.each([
    ['absent', new URL('./absent.ts', import.meta.url)],
    ['of no use', new URL('data:text/javascript,0')],
    [
      'one that dies on the way',
      new URL(
        'data:text/javascript,import { parentPort as p } from "node:worker_threads"; p.on("message", ({ port }) => port.on("message", () => process.exit(5)));',
      ),
    ],
  ])('is an error, no short content, when the script is %s', async (_name, script) => {
    threads = new InflateThreads(script, 1);
    await expect(decoded(STREAM)).rejects.toMatchObject({ code: 'internal' });
  });
});
