import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/entry/cli/program.ts';
import { readHost } from '../../src/entry/host/host.ts';
import { parseBaseline } from '../../src/entry/settings/baseline.ts';
import { SETTINGS } from '../../src/entry/settings/catalogue.ts';
import { STORE_KINDS } from '../../src/entry/stores/catalogue.ts';
import type { StoreKind } from '../../src/entry/stores/store-kind.ts';
import { MemoryStorePlace } from '../support/memory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { TextSink } from '../support/text-sink.ts';

const newPath = temporaryFolder();
const image = (version: 'v1' | 'v2') =>
  `oci:${join(import.meta.dirname, `../../__fixtures__/app-${version}`)}:shop:${version}`;

/** Stores on objects in memory: `memory:NAME`. */
function memoryStores(): StoreKind {
  const places = new Map<string, MemoryStorePlace>();
  return {
    form: 'memory:NAME',
    parse(text) {
      if (!text.startsWith('memory:')) return null;
      const place = places.get(text) ?? new MemoryStorePlace();
      places.set(text, place);
      return { key: text, shown: text, workable: true, open: async () => place.open() };
    },
  };
}

/** A command line that knows one more kind of store. */
function varveWith(example: StoreKind) {
  const kinds = [...STORE_KINDS, example];
  const baseline = { ...SETTINGS.baseline, parse: (text: string) => parseBaseline(text, kinds) };
  return async (...args: string[]): Promise<string> => {
    const [stdout, stderr] = [new TextSink(), new TextSink()];
    let status: number | null = null;
    await using resources = new AsyncDisposableStack();
    const program = createProgram({
      ...{ output: { stdout, stderr }, resources, signal: new AbortController().signal },
      host: readHost({ HOME: '/nonexistent', GIT_DIR: '/nonexistent' }),
      finish: (result) => {
        status = result;
      },
      settings: { ...SETTINGS, baseline },
    });
    await program.parseAsync(args, { from: 'user' });
    expect([status, stderr.text]).toEqual([0, '']);
    return stdout.text;
  };
}

describe('a store of somebody else', () => {
  it('is worked in and compared with by the main job, by its one line', async () => {
    const varve = varveWith(memoryStores());
    const place = ['--baseline', 'memory:shop'];
    const run = async (version: 'v1' | 'v2') =>
      JSON.parse(await varve('snapshot', image(version), '--name', 'shop', ...place, '--format', 'json'));
    expect(await run('v1')).toMatchObject({ layers: { total: 7, read: 7 }, comparisonDocument: null });
    expect(await varve('snapshot', image('v1'), '--name', 'shop', ...place)).toContain('no change');
    expect(await run('v1')).toMatchObject({ layers: { read: 0 }, comparisonDocument: { changed: false } });
    expect(await run('v2')).toMatchObject({ comparisonDocument: { changed: true } });
    expect(JSON.parse(await varve('history', 'shop', ...place, '--format', 'json'))).toHaveLength(4);
    expect(await varve('surface', 'verify', ...place)).toContain('nothing is damaged in memory:place');
  });

  it('serves as baseline alone, and spares reading what it knows', async () => {
    const varve = varveWith(memoryStores());
    const run = async (store: string) =>
      JSON.parse(
        await varve(
          ...['snapshot', image('v1'), '--name', 'shop', '--format', 'json'],
          ...['--baseline', 'memory:shop', '--cas-root', store],
        ),
      );
    expect(await run(newPath('first'))).toMatchObject({ layers: { read: 7 }, comparisonDocument: null });
    const again = await run(newPath('second'));
    expect(again).toMatchObject({ layers: { read: 0 }, comparisonDocument: { changed: false } });
    expect(again.baseline.place).toBe('memory:place');
  });

  it('is one of the forms that are named where another is not known', () => {
    const kinds = [...STORE_KINDS, memoryStores()];
    expect(() => parseBaseline('s3://bucket', kinds)).toThrow(
      expect.objectContaining({ code: 'bad-option', hint: expect.stringContaining('memory:NAME') }),
    );
  });
});
