import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HISTORY_FILE, MANIFESTS_FILE, type PackFile } from '../../src/core/pack/pack.ts';
import type { Store } from '../../src/core/store/store.ts';
import { verifyStore } from '../../src/core/store/verify-store.ts';
import { compressPayload } from '../../src/core/surface/payload-codec.ts';
import { packStore } from '../../src/flows/pack/pack-store.ts';
import { unpackStore } from '../../src/flows/pack/unpack-store.ts';
import { type MadeRun, makeOrigin, makeRun } from '../support/item-makers.ts';
import { missingFrom, saveRun } from '../support/numbered-runs.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { readerOf } from '../support/pack-makers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const newStore = (): Store => openDirectoryStore(newPath('store'));
const REQUEST = { tenant: 'acme', name: 'app', platform: undefined };

const runAt = (day: number, ...layers: string[]): MadeRun => {
  const time = new Date(Date.UTC(2026, 2, day)).toISOString();
  const origin = makeOrigin({ time });
  return makeRun(layers, { ...origin, source: { ...origin.source, scanId: `scan-${day}` } });
};
const older = runAt(1, 'base', 'old');
const newer = runAt(2, 'base', 'new');

async function storeOf(...runs: readonly MadeRun[]): Promise<Store> {
  const store = newStore();
  for (const run of runs) await saveRun(store, run);
  return store;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const packOf = (store: Store, request = {}): Promise<PackFile[]> =>
  collect(packStore(store, { ...REQUEST, ...request }));

describe('a pack', () => {
  it('has what the next comparison needs, and all of the history', async () => {
    const files = await packOf(await storeOf(older, newer));
    const store = newStore();
    const { entries, items, damages } = await unpackStore(store, 'acme', readerOf(files));
    expect(damages).toEqual([]);
    expect(entries).toEqual([newer.entry, older.entry]);
    expect(items).toBe(newer.items.length);
    expect(await missingFrom(store, newer)).toEqual([]);
    expect((await missingFrom(store, older)).length).toBeGreaterThan(0);
    const [base, added] = newer.snapshot.layers;
    for (const layer of [base, added]) {
      if (!layer?.digest) throw new Error('no layer');
      expect(await store.layers.findDiffId('acme', layer.digest)).toBe(layer.diffId);
      expect((await store.layers.findLayer('acme', layer.diffId))?.fragments).toEqual(layer.fragments);
    }
  });

  it('carries a baseline along that is not the newest', async () => {
    const files = await packOf(await storeOf(older, newer), { keep: [older.snapshotDigest] });
    const store = newStore();
    await unpackStore(store, 'acme', readerOf(files));
    expect(await missingFrom(store, older)).toEqual([]);
    expect(await collect(verifyStore(store))).toEqual([]);
  });

  it('is the same of the same content, whatever it was unpacked from', async () => {
    const files = await packOf(await storeOf(older, newer));
    expect(await packOf(await storeOf(older, newer))).toEqual(files);
    const store = newStore();
    await unpackStore(store, 'acme', readerOf(files));
    expect(await packOf(store)).toEqual(files);
  });

  it('keeps manifests as they were, expiry and source included', async () => {
    const store = newStore();
    await unpackStore(store, 'acme', readerOf(await packOf(await storeOf(newer))));
    const source = await storeOf(newer);
    for (const { key } of newer.items) {
      expect(await store.surface.getManifest(key)).toEqual(await source.surface.getManifest(key));
    }
  });

  it('of an empty store is empty', async () => {
    const store = newStore();
    const files = await packOf(newStore());
    expect(files.map(({ name }) => name)).toEqual([HISTORY_FILE, MANIFESTS_FILE]);
    expect(await unpackStore(store, 'acme', readerOf(files))).toEqual({
      entries: [],
      items: 0,
      damages: [],
    });
  });
});

describe('a pack that was poisoned', () => {
  const spoilings: readonly (readonly [string, (bytes: Buffer) => Buffer | null])[] = [
    [
      'flipped',
      (bytes) => Buffer.from(bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte))),
    ],
    ['cut short', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['emptied', () => Buffer.alloc(0)],
    ['removed', () => null],
    ['replaced', () => Buffer.from(compressPayload(Buffer.from('another')))],
    ['replaced by lines', () => gzipSync('{}\n[]\nnull\n"x"\n')],
    ['made endless', () => gzipSync(Buffer.alloc(30 * 1024 * 1024, '\n'))],
  ];

  it.each(spoilings)('by a file that was %s is told, and gives the rest', async (_, spoil) => {
    const files = await packOf(await storeOf(newer));
    for (const { name } of files) {
      const store = newStore();
      const spoiled = files.flatMap((file) => {
        if (file.name !== name) return [file];
        const bytes = spoil(Buffer.from(file.bytes));
        return bytes === null ? [] : [{ name, bytes }];
      });
      const { items, damages } = await unpackStore(store, 'acme', readerOf(spoiled));
      expect(damages.length, name).toBeGreaterThan(0);
      expect(damages[0]?.object, name).toContain(name);
      const expected = { [HISTORY_FILE]: newer.items.length, [MANIFESTS_FILE]: 0 }[name];
      expect(items, name).toBe(expected ?? newer.items.length - 1);
      expect(
        await collect(store.surface.verify()).then((all) =>
          all.filter(({ problem }) => !problem.startsWith('lists')),
        ),
      ).toEqual([]);
    }
  });

  const edited = async (file: string, edit: (text: string) => string): Promise<PackFile[]> =>
    (await packOf(await storeOf(newer))).map(({ name, bytes }) =>
      name === file ? { name, bytes: gzipSync(edit(gunzipSync(bytes).toString())) } : { name, bytes },
    );

  it.each([
    ['another tenant', (text: string) => text.replaceAll('acme', 'evil')],
    ['another schema', (text: string) => text.replaceAll(/@1"/g, '@2"')],
    ['a field more', (text: string) => text.replaceAll(/^\{/gm, '{"a":1,')],
    ['spaces', (text: string) => text.replaceAll(/^\{/gm, '{ ')],
    [
      'a payload without end',
      (text: string) => text.replaceAll(/"sizeBytes":\d+/g, '"sizeBytes":9007199254740991'),
    ],
  ])('by manifests with %s gives none of them', async (_, edit) => {
    const { items, damages } = await unpackStore(
      newStore(),
      'acme',
      readerOf(await edited(MANIFESTS_FILE, edit)),
    );
    expect(items).toBe(0);
    expect(damages.length).toBeGreaterThanOrEqual(newer.items.length);
  });

  it.each([
    ['another tenant', (text: string) => text.replaceAll('acme', 'evil')],
    ['another schema', (text: string) => text.replaceAll('history@1', 'history@2')],
    ['a time that is none', (text: string) => text.replaceAll('2026-03-02T', '2026-13-02T')],
  ])('by a history with %s gives none of it', async (_, edit) => {
    const { entries, damages } = await unpackStore(
      newStore(),
      'acme',
      readerOf(await edited(HISTORY_FILE, edit)),
    );
    expect([entries, damages.length]).toEqual([[], 1]);
  });

  it('asks for no more bytes than a payload may have, and for none of other names', async () => {
    const files = await packOf(await storeOf(newer));
    const asked: string[] = [];
    const reader = readerOf(files);
    await unpackStore(newStore(), 'acme', {
      read: (name, maxBytes) => {
        asked.push(name);
        expect(maxBytes).toBeLessThan(21 * 1024 * 1024);
        return reader.read(name, maxBytes);
      },
    });
    expect(asked.sort()).toEqual(files.map(({ name }) => name).sort());
  });
});
