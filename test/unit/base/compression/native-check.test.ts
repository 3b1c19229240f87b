import type * as zlib from 'node:zlib';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test, vi } from 'vitest';
import { zstdFrame } from '../../../support/compressed-streams.ts';

/** How this test's Node differs from a real one. */
const node = vi.hoisted(() => ({ change: (_stream: object) => {} }));

vi.mock('node:zlib', async (original) => {
  const real = await original<typeof zlib>();
  const changed = <T extends object>(stream: T): T => {
    node.change(stream);
    return stream;
  };
  return {
    ...real,
    createGunzip: (options?: zlib.ZlibOptions) => changed(real.createGunzip(options)),
    createZstdDecompress: (options?: zlib.ZstdOptions) => changed(real.createZstdDecompress(options)),
  };
});

beforeEach(() => {
  vi.resetModules();
  node.change = () => {};
});

async function decodedBy(engine: 'auto' | 'native', stream: Uint8Array) {
  const { decode } = await import('../../../../src/base/compression/decode.ts');
  const source = decode([stream], { object: 'layer', engine });
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(Buffer.from(chunk));
  return { text: Buffer.concat(chunks).toString(), synchronous: Symbol.iterator in source };
}

test('this Node has what the native engine needs', async () => {
  const { nativeDecoderWorks } = await import('../../../../src/base/compression/native-check.ts');
  expect(nativeDecoderWorks()).toBe(true);
  expect(await decodedBy('auto', gzipSync('text'))).toEqual({ text: 'text', synchronous: true });
});

test.each<[string, (stream: object) => void]>([
  ['has no handle', (stream) => Reflect.deleteProperty(stream, '_handle')],
  ['has no state', (stream) => Reflect.set(stream, '_writeState', null)],
  [
    'has a handle without writeSync',
    (stream) => Reflect.set(Reflect.get(stream, '_handle'), 'writeSync', undefined),
  ],
  ['does nothing', (stream) => Reflect.set(Reflect.get(stream, '_handle'), 'writeSync', () => {})],
  [
    'has its state in another order',
    (stream) => {
      const state: Uint32Array = Reflect.get(stream, '_writeState');
      const handle = Reflect.get(stream, '_handle');
      const write = handle.writeSync.bind(handle);
      handle.writeSync = (...args: unknown[]) => {
        write(...args);
        state.reverse();
      };
    },
  ],
  [
    'misses what was cut off',
    (stream) => {
      const handle = Reflect.get(stream, '_handle');
      const write = handle.writeSync.bind(handle);
      handle.writeSync = (_flush: number, ...args: unknown[]) => write(0, ...args);
    },
  ],
])('where zlib %s, streams take over', async (_name, change) => {
  node.change = change;
  const { nativeDecoderWorks } = await import('../../../../src/base/compression/native-check.ts');
  expect(nativeDecoderWorks()).toBe(false);
  node.change = () => {};
  for (const stream of [gzipSync('text'), zstdFrame('text')]) {
    expect(await decodedBy('auto', stream)).toEqual({ text: 'text', synchronous: false });
  }
});

test('where zlib has no handle, the native engine says so when it is asked for', async () => {
  node.change = (stream) => Reflect.deleteProperty(stream, '_handle');
  await expect(decodedBy('native', gzipSync('text'))).rejects.toThrow(TypeError);
});
