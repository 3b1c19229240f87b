import { syncBuiltinESMExports } from 'node:module';
import zlib, { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { zstdFrame } from '../../../support/compressed-streams.ts';

/** How this test's Node differs from a real one. */
const node = { change: (_stream: object) => {} };

beforeAll(() => {
  for (const name of ['createGunzip', 'createZstdDecompress'] as const) {
    const create: (options?: object) => object = zlib[name];
    const createChanged = (options?: object) => {
      const stream = create(options);
      node.change(stream);
      return stream;
    };
    vi.spyOn(zlib, name).mockImplementation(createChanged as never);
  }
  syncBuiltinESMExports();
});

beforeEach(() => {
  vi.resetModules();
  node.change = () => {};
});

// What was found out of this Node is not to be believed by the tests of other files.
afterAll(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  vi.resetModules();
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
