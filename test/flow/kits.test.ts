import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { type Header, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { ArchiveKit } from '../../src/adapters/kits/archive-kit.ts';
import { FolderKitWriter } from '../../src/adapters/kits/folder-kit.ts';
import { readTarInZip } from '../../src/adapters/kits/zip-member.ts';
import type { FileOperations } from '../../src/adapters/stores/directory/file-operations.ts';
import { digestOf } from '../../src/base/digest.ts';
import {
  KIT_INDEX,
  type KitIndex,
  kitIndexBytes,
  listKitFiles,
  parseKitIndex,
} from '../../src/core/kit/kit-index.ts';
import type { KitReader } from '../../src/core/kit/kit-place.ts';
import { summarizeKit } from '../../src/core/kit/kit-summary.ts';
import { parseReceipt, Received, receiptBytes } from '../../src/core/kit/receipt.ts';
import type { Store } from '../../src/core/store/store.ts';
import { verifyStore } from '../../src/core/store/verify-store.ts';
import { packItem } from '../../src/core/surface/pack-item.ts';
import { payloadPath } from '../../src/core/surface/paths.ts';
import type { Damage } from '../../src/core/surface/surface-store.ts';
import { composeOciStore } from '../../src/entry/stores/open-oci.ts';
import { importKit } from '../../src/flows/kit/import-kit.ts';
import { makeReceipt } from '../../src/flows/kit/make-receipt.ts';
import { planKit } from '../../src/flows/kit/plan-kit.ts';
import type { KitSelection } from '../../src/flows/kit/select-objects.ts';
import { systemFault, watchedOperations } from '../support/faulty-operations.ts';
import { makeOrigin, makeRun } from '../support/item-makers.ts';
import {
  archiveOf,
  EVERYTHING,
  KIT_FORMS,
  type KitForm,
  MemoryKit,
  openKitAt,
  QUIETLY,
  takeKit,
  writeKit,
} from '../support/kit-makers.ts';
import { MemoryPlace } from '../support/memory-place.ts';
import { MemoryStorePlace } from '../support/memory-store.ts';
import { missingFrom, numberedRun, saveRun } from '../support/numbered-runs.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const SETTING = { host: '127.0.0.1', repository: 'acme/store', tag: null };

/** New stores of each kind that needs no server; each gives the same place again, as another process opens it. */
const STORES: Readonly<Record<string, () => () => Store>> = {
  directory: () => {
    const root = newPath('store');
    return () => openDirectoryStore(root);
  },
  memory: () => {
    const place = new MemoryStorePlace();
    return () => place.open();
  },
  registry: () => {
    const place = new MemoryPlace();
    return () => composeOciStore(place, SETTING, true);
  },
};
const KINDS = Object.keys(STORES);

async function filled(open: () => Store, numbers: readonly number[]): Promise<Store> {
  const store = open();
  for (const number of numbers) await saveRun(store, numberedRun(number));
  return open();
}

const newStore = (): Store => new MemoryStorePlace().open();

/** All files below a folder with their bytes, as text. */
function contents(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return new Map(
    files
      .map((file) => join(file.parentPath, file.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path).toString('latin1')]),
  );
}

const lacking = async (store: Store, numbers: readonly number[]): Promise<string[]> =>
  (await Promise.all(numbers.map((number) => missingFrom(store, numberedRun(number))))).flat();

describe('a kit', () => {
  it.each(KINDS.flatMap((from) => KINDS.map((to) => [from, to] as const)))(
    'goes from a %s to a %s and back with the same bytes',
    async (from, to) => {
      const source = await filled(STORES[from]?.() ?? newStore, [1, 2, 3]);
      const there = newPath('kit');
      await writeKit(source, there);
      const open = STORES[to]?.() ?? newStore;
      await takeKit(open(), openKitAt(there, 'folder'));
      const target = open();
      expect(await lacking(target, [1, 2, 3])).toEqual([]);
      expect(await Array.fromAsync(verifyStore(target))).toEqual([]);
      const back = newPath('kit');
      await writeKit(target, back);
      expect(contents(back)).toEqual(contents(there));
    },
  );

  it.each(KIT_FORMS)(
    'is the same whenever and wherever it is written as a %s, and can be read',
    async (form) => {
      const paths = [newPath(form), newPath(form)];
      for (const [at, open] of [STORES.directory?.(), STORES.memory?.()].entries()) {
        if (open !== undefined) await writeKit(await filled(open, [1, 2]), paths[at] ?? '', { form });
      }
      const [first = '', second = ''] = paths;
      if (form === 'folder')
        expect([...contents(second)].flat().join()).toBe([...contents(first)].flat().join());
      else expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
      const target = newStore();
      await takeKit(target, openKitAt(first, form));
      expect(await lacking(target, [1, 2])).toEqual([]);
    },
  );

  it('may be taken again and again, in any order with others, and all come to the same', async () => {
    const store = await filled(() => newStore(), []);
    for (const number of [1, 2, 3, 4]) await saveRun(store, numberedRun(number));
    const kits: string[] = [];
    for (const number of [1, 2, 3, 4]) {
      const path = newPath('kit');
      const { time } = numberedRun(number).entry;
      await writeKit(store, path, { selection: { ...EVERYTHING, names: ['app'], since: Date.parse(time) } });
      kits.push(path);
    }
    const whole = newPath('whole');
    await writeKit(store, whole);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 0, 1, 2, 3], { minLength: 8 }), async (order) => {
        const place = new MemoryStorePlace();
        for (const at of order) await takeKit(place.open(), openKitAt(kits[at] ?? '', 'folder'));
        const back = newPath('back');
        await writeKit(place.open(), back);
        expect([...contents(back).keys()]).toEqual([...contents(whole).keys()]);
        expect(await lacking(place.open(), [1, 2, 3, 4])).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  it('goes on where its writing was broken off, and leaves nothing of an earlier one', async () => {
    const store = newStore();
    await saveRun(store, numberedRun(1));
    const path = newPath('kit');
    await writeKit(store, path);
    await saveRun(store, numberedRun(2));
    const index = await writeKit(store, path, {
      selection: { ...EVERYTHING, names: ['app'], since: Date.UTC(2026, 0, 4) },
    });
    const wanted = [...listKitFiles(index)].map((file) => file.path);
    expect([...contents(path).keys()].sort()).toEqual([...wanted, KIT_INDEX].sort());
    rmSync(join(path, KIT_INDEX));
    await expect(takeKit(newStore(), openKitAt(path, 'folder'))).rejects.toMatchObject({
      code: 'kit-not-found',
    });
    await writeKit(store, path);
    expect(await lacking(await takenFrom(path), [1, 2])).toEqual([]);
  });

  it.each(['offline', 'offline/surface', 'offline/surface/payloads'])(
    'is not written, nor is anything removed, through a link at %s',
    async (link) => {
      const [stick, other] = [newPath('stick'), newPath('other')];
      mkdirSync(dirname(join(stick, link)), { recursive: true });
      mkdirSync(join(other, 'surface'), { recursive: true });
      writeFileSync(join(other, 'surface/mine'), 'x');
      writeFileSync(join(other, 'mine'), 'x');
      symlinkSync(other, join(stick, link));
      const store = newStore();
      await saveRun(store, numberedRun(1));
      await expect(writeKit(store, stick)).rejects.toMatchObject({ code: 'store-unwritable' });
      expect([...contents(other).keys()]).toEqual(['mine', 'surface/mine']);
    },
  );

  it('removes nothing of a folder but what the kit listed that was there', async () => {
    const path = newPath('kit');
    const store = newStore();
    await saveRun(store, numberedRun(1));
    await writeKit(store, path);
    writeFileSync(join(path, 'offline/surface/mine'), 'x');
    await saveRun(store, numberedRun(2));
    await writeKit(store, path, { selection: { ...EVERYTHING, kinds: ['image.snapshot'] } });
    expect([...contents(path).keys()].filter((file) => !file.includes('/image.snapshot/'))).toEqual([
      KIT_INDEX,
      'offline/surface/mine',
    ]);
  });

  it('keeps what has expired on its way until the history is there that needs it', async () => {
    const near = newStore();
    await saveRun(near, numberedRun(1));
    const far = newStore();
    const now = Date.UTC(2030, 0, 1);
    const tools = { ...QUIETLY, now: () => now, openScratch: async () => newStore() };
    await importKit(far, openKitAt(await kitOf(near), 'folder'), tools);
    for await (const { kind, expiresAt } of far.surface.list({ tenant: 'acme', kind: 'layer.files' }))
      expect([kind, Date.parse(expiresAt ?? '')]).toEqual([kind, now + 7 * 24 * 3600_000]);
  });

  it('is not written over something else, nor read from it', async () => {
    const folder = newPath('mine');
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis.txt'), 'mine');
    expect(() => new FolderKitWriter(folder, [])).toThrow(expect.objectContaining({ code: 'bad-option' }));
    await expect(takeKit(newStore(), openKitAt(folder, 'folder'))).rejects.toMatchObject({
      code: 'kit-not-found',
    });
    await expect(takeKit(newStore(), archiveOf(Buffer.from('not a tar')))).rejects.toMatchObject({
      kind: 'bytes',
    });
  });
});

async function takenFrom(path: string): Promise<Store> {
  const store = newStore();
  await takeKit(store, openKitAt(path, 'folder'));
  return store;
}

describe('what goes into a kit', () => {
  const other = makeRun(['shared', 'other'], makeOrigin({ time: '2026-02-01T00:00:00.000Z' }), 'other');
  const fill = async (): Promise<Store> => {
    const store = newStore();
    for (const number of [1, 2]) await saveRun(store, numberedRun(number));
    await saveRun(store, other);
    await store.surface.put([
      packItem(makeOrigin({ time: '2026-03-01T00:00:00.000Z' }), 'runtime.events', Buffer.from('{}')),
    ]);
    return store;
  };
  const indexOf = async (selection: Partial<KitSelection>): Promise<KitIndex> =>
    (await planKit(await fill(), { ...EVERYTHING, ...selection }, new Received(null), QUIETLY)).index;
  const imageDigest = other.surfaceManifest.imageDigest;

  it.each<[string, Partial<KitSelection>, string[], number]>([
    ['everything', {}, ['app', 'app', 'other'], 1],
    ['a name', { names: ['other'] }, ['other'], 0],
    ['names', { names: ['other', 'app'] }, ['app', 'app', 'other'], 0],
    ['an image by its digest', { images: [imageDigest] }, ['other'], 0],
    ['an image by the beginning of its digest', { images: [imageDigest.slice(7, 15)] }, ['other'], 0],
    ['an image by its reference', { images: ['oci:app'] }, ['app', 'app', 'other'], 0],
    ['an image of a name', { images: [imageDigest], names: ['app'] }, [], 0],
    ['what is new', { since: Date.UTC(2026, 0, 20) }, ['other'], 1],
  ])('%s', async (_, selection, names, events) => {
    const planned = indexOf(selection);
    if (names.length === 0) return expect(planned).rejects.toMatchObject({ code: 'not-in-store' });
    const index = await planned;
    expect(index.history.map(({ name }) => name).sort()).toEqual(names);
    expect(index.items.filter(({ kind }) => kind === 'runtime.events')).toHaveLength(events);
    expect(index.images).toHaveLength(
      new Set(index.history.map((entry) => entry.surfaceManifestDigest)).size,
    );
    expect(index.requires).toEqual([]);
  });

  it('is items alone where kinds are named', async () => {
    const { items, images, history } = await indexOf({ kinds: ['image.snapshot'], names: ['other'] });
    expect(items.map(({ digest }) => digest)).toEqual([other.snapshotDigest]);
    expect([...images, ...history]).toEqual([]);
  });

  it('are no snapshots that the store has not kept whole, and these are named', async () => {
    const place = new MemoryStorePlace();
    for (const number of [1, 2]) await saveRun(place.open(), numberedRun(number));
    const own = numberedRun(1).items[1];
    if (own !== undefined) await place.lose(payloadPath(own.key, own.format));
    const { index, incomplete } = await planKit(place.open(), EVERYTHING, new Received(null), QUIETLY);
    expect(index.history.map(({ time }) => time)).toEqual([numberedRun(2).entry.time]);
    expect(incomplete.map(({ time }) => time)).toEqual([numberedRun(1).entry.time]);
  });

  it('is nothing that is damaged', async () => {
    const place = new MemoryStorePlace();
    await saveRun(place.open(), numberedRun(1));
    await place.damageAll('scanner/surface/payloads', (bytes) => bytes.subarray(1));
    await expect(writeKit(place.open(), newPath('kit'))).rejects.toMatchObject({ kind: 'bytes' });
  });

  it('is nothing of another tenant', async () => {
    await expect(indexOf({ tenant: 'evil' })).rejects.toMatchObject({ code: 'not-in-store' });
  });
});

describe('a differential kit', () => {
  it('has what a receipt lacks, requires what it needs of the rest, and is refused without that', async () => {
    const [near, far] = [newStore(), newStore()];
    for (const number of [1, 2]) await saveRun(near, numberedRun(number));
    await takeKit(far, openKitAt(await kitOf(near), 'folder'));
    const receipt = parseReceipt(receiptBytes(await makeReceipt(far, ['acme'], noDamage)), 'receipt');
    await saveRun(near, numberedRun(3));
    const path = newPath('kit');
    const index = await writeKit(near, path, { received: new Received(receipt) });
    const shared = numberedRun(3).items[0];
    expect(index.history.map(({ time }) => time)).toEqual([numberedRun(3).entry.time]);
    expect(index.requires).toEqual([shared?.key]);
    const empty = new MemoryStorePlace();
    await expect(takeKit(empty.open(), openKitAt(path, 'folder'))).rejects.toMatchObject({
      code: 'not-in-store',
      message: expect.stringContaining(
        `lacks 1 of 1 item that the kit requires: layer.files ${shared?.key.digest}`,
      ),
    });
    expect(await empty.open().surface.tenants()).toEqual([]);
    await takeKit(far, openKitAt(path, 'folder'));
    expect(await lacking(far, [1, 2, 3])).toEqual([]);
  });

  it('counts what arrived, not what was packed: a receipt has nothing that is damaged', async () => {
    const place = new MemoryStorePlace();
    await saveRun(place.open(), numberedRun(1));
    const [shared] = numberedRun(1).items;
    if (shared !== undefined)
      await place.damage(payloadPath(shared.key, shared.format), (bytes) => bytes.subarray(2));
    const damages: Damage[] = [];
    const receipt = new Received(await makeReceipt(place.open(), ['acme'], (damage) => damages.push(damage)));
    expect(damages).toHaveLength(1);
    expect(numberedRun(1).items.map(({ key }) => receipt.hasItem(key))).toEqual([false, true, true, true]);
  });
});

const noDamage = (): void => expect.unreachable();

async function kitOf(store: Store): Promise<string> {
  const path = newPath('kit');
  await writeKit(store, path);
  return path;
}

describe('a damaged kit', () => {
  const make = async (): Promise<{ kit: MemoryKit; index: KitIndex }> => {
    const store = newStore();
    for (const number of [1, 2]) await saveRun(store, numberedRun(number));
    const folder = newPath('kit');
    const index = await writeKit(store, folder);
    return { kit: MemoryKit.of(folder, index), index };
  };
  const refused = async (kit: MemoryKit, path: string): Promise<void> => {
    const place = new MemoryStorePlace();
    const fault: unknown = await takeKit(place.open(), kit).then(
      () => `${path} was taken`,
      (thrown: unknown) => thrown,
    );
    expect(fault).toMatchObject({ kind: 'bytes', message: expect.stringContaining(path) });
    expect(place.writes).toBe(0);
  };

  it.each<[string, (bytes: Uint8Array, at: number) => Uint8Array]>([
    ['flipped at its beginning', (bytes) => flipAt(bytes, 5)],
    ['flipped in the middle', (bytes) => flipAt(bytes, bytes.length >> 1)],
    ['flipped at its end', (bytes) => flipAt(bytes, bytes.length - 1)],
    ['cut', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['emptied', () => Buffer.alloc(0)],
    ['lengthened', (bytes) => Buffer.concat([bytes, Buffer.from('\n')])],
  ])('is refused by the name of any file that was %s, and nothing of it is seen', async (_, change) => {
    const { kit } = await make();
    for (const [at, path] of [...kit.files.keys()].entries()) {
      const copy = kit.copy();
      copy.files.set(path, change(kit.files.get(path) ?? Buffer.alloc(0), at));
      await refused(copy, path);
    }
  });

  it('is refused where any two files of one kind were swapped', async () => {
    const { kit, index } = await make();
    const paths = [...listKitFiles(index)].map(({ path }) => path);
    for (const path of paths) {
      const twin = paths.find((each) => each !== path && each.slice(0, 30) === path.slice(0, 30));
      if (twin === undefined) continue;
      const copy = kit.copy();
      copy.files.set(path, kit.files.get(twin) ?? Buffer.alloc(0));
      copy.files.set(twin, kit.files.get(path) ?? Buffer.alloc(0));
      const place = new MemoryStorePlace();
      await expect(takeKit(place.open(), copy)).rejects.toMatchObject({ kind: 'bytes' });
      expect(place.writes).toBe(0);
    }
  });

  it.each(KIT_FORMS)('is refused as a %s by the name of a file that is missing', async (form) => {
    const { kit, index } = await make();
    for (const { path } of [...listKitFiles(index)].filter((_, at) => at % 7 === 0)) {
      const place = newPath(form);
      await writeFiles(
        place,
        form,
        [...kit.files].filter(([each]) => each !== path),
      );
      const store = new MemoryStorePlace();
      await expect(takeKit(store.open(), openKitAt(place, form))).rejects.toMatchObject({
        kind: 'bytes',
        message: expect.stringContaining(path),
      });
      expect(store.writes).toBe(0);
    }
  });

  it('is refused where the index was changed and its own digests made right again', async () => {
    const { kit, index } = await make();
    const [item] = index.items;
    const [entry] = index.history;
    if (item === undefined || entry === undefined) return expect.unreachable();
    const elsewhere = { ...item.payload, path: '../../../etc/cron.d/evil' };
    const changed: KitIndex[] = [
      { ...index, items: index.items.slice(1) },
      { ...index, images: [] },
      { ...index, items: [{ ...item, payload: elsewhere }, ...index.items.slice(1)] },
      { ...index, items: [item, ...index.items] },
      { ...index, items: index.items.toReversed() },
      { ...index, items: [...index.items, { ...item, kind: 'image.surface' }] },
      { ...index, items: [{ ...item, tenant: 'evil' }, ...index.items.slice(1)] },
      { ...index, history: [{ ...entry, name: 'other' }, ...index.history.slice(1)] },
      { ...index, history: [{ ...entry, snapshotDigest: digestOf('x') }, ...index.history.slice(1)] },
      {
        ...index,
        items: [{ ...item, payload: { ...item.payload, size: 2 ** 40 } }, ...index.items.slice(1)],
      },
    ];
    for (const each of changed) {
      const copy = kit.copy();
      copy.files.set(KIT_INDEX, kitIndexBytes(each));
      const place = new MemoryStorePlace();
      await expect(takeKit(place.open(), copy)).rejects.toMatchObject({ kind: 'bytes' });
      expect(place.writes).toBe(0);
    }
  });

  it('is refused where its index is not one', async () => {
    const { kit, index } = await make();
    const texts = [
      '',
      '{}',
      '[',
      `${'['.repeat(100_000)}`,
      JSON.stringify(index),
      '{"schema":"varve.kit@2"}',
    ];
    for (const text of texts) {
      const copy = kit.copy();
      copy.files.set(KIT_INDEX, Buffer.from(text));
      await refused(copy, 'manifest-index.json');
    }
    expect(() => parseKitIndex(Buffer.alloc(65 * 1024 * 1024, '['), 'it')).toThrow(
      expect.objectContaining({ code: 'limit-exceeded' }),
    );
  });
});

function flipAt(bytes: Uint8Array, at: number): Uint8Array {
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ 0x10;
  return flipped;
}

/** Writes files as a kit has them, whatever they are. */
async function writeFiles(
  place: string,
  form: KitForm,
  files: readonly (readonly [path: string, bytes: Uint8Array])[],
): Promise<void> {
  if (form === 'folder') {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(place, path)), { recursive: true });
      writeFileSync(join(place, path), bytes);
    }
    return;
  }
  const archive = pack();
  for (const [name, bytes] of files) archive.entry({ name }, Buffer.from(bytes));
  archive.finalize();
  const tar = await buffer(archive);
  writeFileSync(place, form === 'kit.tar' ? tar : zstdCompressSync(tar));
}

describe('a hostile archive', () => {
  const whole = async (): Promise<[string, Uint8Array][]> => {
    const store = newStore();
    await saveRun(store, numberedRun(1));
    const folder = newPath('kit');
    return [...MemoryKit.of(folder, await writeKit(store, folder)).files];
  };
  const tarOf = async (entries: readonly (readonly [Partial<Header> & { name: string }, Uint8Array?])[]) => {
    const archive = pack();
    for (const [header, bytes] of entries) archive.entry(header, Buffer.from(bytes ?? ''));
    archive.finalize();
    return await buffer(archive);
  };
  const files = (entries: readonly [string, Uint8Array][]) =>
    entries.map(([name, bytes]) => [{ name }, bytes] as const);

  it.each<
    [
      string,
      (
        entries: [string, Uint8Array][],
      ) => readonly (readonly [Partial<Header> & { name: string }, Uint8Array?])[],
    ]
  >([
    [
      'has a path that leads out',
      (entries) => [...files(entries), [{ name: '../../evil' }, Buffer.from('x')]],
    ],
    [
      'has a link',
      (entries) => [...files(entries), [{ name: 'offline/link', type: 'symlink', linkname: '/etc' }]],
    ],
    ['has a folder', (entries) => [[{ name: 'offline', type: 'directory' }], ...files(entries)]],
    ['has a file twice', (entries) => files([...entries, ...entries.slice(-1)])],
    ['is in another order', (entries) => files([...entries.slice(0, 1), ...entries.slice(1).toReversed()])],
    ['does not begin with its index', (entries) => files(entries.toReversed())],
    ['has another index behind', (entries) => files([...entries, ...entries.slice(0, 1)])],
  ])('that %s is refused', async (_, change) => {
    const tar = await tarOf(change(await whole()));
    const place = new MemoryStorePlace();
    await expect(takeKit(place.open(), archiveOf(tar))).rejects.toMatchObject({ object: 'the archive' });
    expect(place.writes).toBe(0);
  });

  it('that expands to no end, or has no end of headers, is refused early', async () => {
    const endless = Buffer.concat(
      Array.from({ length: 64 }, () => zstdCompressSync(Buffer.alloc(64 * 1024 * 1024))),
    );
    const before = process.memoryUsage().rss;
    await expect(takeKit(newStore(), archiveOf(endless))).rejects.toMatchObject({ kind: 'bytes' });
    const header = await tarOf([[{ name: 'x' }]]);
    header.write('77777777777\0', 124);
    header.write('x', 156);
    header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
    const endlessHeader = Buffer.concat([header.subarray(0, 512), Buffer.alloc(8 * 1024 * 1024, '9')]);
    await expect(takeKit(newStore(), archiveOf(endlessHeader))).rejects.toMatchObject({ kind: 'bytes' });
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 1024 * 1024);
  });
});

/** The checksum of a header: the sum of its bytes, its own field taken as spaces. */
function checksumOf(header: Buffer): number {
  const spaced = Buffer.from(header.subarray(0, 512)).fill(' ', 148, 156);
  return spaced.reduce((sum, byte) => sum + byte, 0);
}

describe('a kit in a zip', () => {
  const make = async (): Promise<Buffer> => {
    const store = newStore();
    await saveRun(store, numberedRun(1));
    const path = newPath('kit.tar.zst');
    await writeKit(store, path, { form: 'kit.tar.zst' });
    return readFileSync(path);
  };
  const open = (zip: Uint8Array): KitReader =>
    new ArchiveKit('the zip', () => readTarInZip([zip], 'the zip'));

  it.each([0, 6] as const)('is read where CI systems compress with level %i', async (level) => {
    const zip = zipSync({ 'notes/read.me': Buffer.from('x'), 'kit.tar.zst': await make() }, { level });
    const store = newStore();
    await takeKit(store, open(zip));
    expect(await lacking(store, [1])).toEqual([]);
  });

  it('is refused where it is cut, damaged, a bomb, or not there', async () => {
    const zip = zipSync({ 'kit.tar.zst': await make() });
    const bomb = zipSync({ 'kit.tar': Buffer.alloc(64 * 1024 * 1024) }, { level: 9 });
    for (const bytes of [zip.subarray(0, zip.length >> 1), flipAt(zip, zip.length >> 1), bomb]) {
      await expect(takeKit(newStore(), open(bytes))).rejects.toMatchObject({ kind: 'bytes' });
    }
    for (const bytes of [zipSync({ 'other.txt': Buffer.from('x') }), Buffer.from('PK\u0003\u0004')]) {
      const taking = takeKit(newStore(), open(bytes));
      await expect(taking).rejects.toMatchObject({ code: 'kit-not-found', object: 'the zip' });
    }
  });
});

describe('an import that dies', () => {
  it('at any step leaves nothing half, and is made good by the next', async () => {
    const near = newStore();
    await saveRun(near, numberedRun(1));
    const path = await kitOf(near);
    for (let at = 0; ; at++) {
      const root = newPath('store');
      const died = await takeKit(
        openDirectoryStore(root, { operations: failingAt(at) }),
        openKitAt(path, 'folder'),
      ).then(
        () => false,
        () => true,
      );
      const store = openDirectoryStore(root);
      expect(await Array.fromAsync(verifyStore(store))).toEqual([]);
      if (!died) break;
      await takeKit(store, openKitAt(path, 'folder'));
      expect(await lacking(openDirectoryStore(root), [1])).toEqual([]);
    }
  });
});

/** Operations of which one fails, and all after it. */
function failingAt(at: number): FileOperations {
  return watchedOperations((_operation, _path, step) => {
    if (step >= at) throw systemFault('EIO');
  });
}

describe('what came with a kit', () => {
  it.each(KINDS)('spares no reading in a %s', async (kind) => {
    const near = newStore();
    await saveRun(near, numberedRun(1));
    const open = STORES[kind]?.() ?? newStore;
    await takeKit(open(), openKitAt(await kitOf(near), 'folder'));
    const { snapshot } = numberedRun(1);
    for (const { diffId, digest } of snapshot.layers) {
      expect(await open().layers.findLayer('acme', diffId)).toBeNull();
      if (digest !== null) expect(await open().layers.findDiffId('acme', digest)).toBeNull();
    }
    await saveRun(open(), { ...numberedRun(1), entry: { ...numberedRun(1).entry, scanId: 'own' } });
    for (const { diffId } of snapshot.layers)
      expect(await open().layers.findLayer('acme', diffId)).not.toBeNull();
  });

  it('goes into a registry only with its snapshots', async () => {
    const near = newStore();
    await saveRun(near, numberedRun(1));
    const path = newPath('kit');
    await writeKit(near, path, { selection: { ...EVERYTHING, kinds: ['layer.files'] } });
    const place = new MemoryPlace();
    const into = takeKit(composeOciStore(place, SETTING, true), openKitAt(path, 'folder'));
    await expect(into).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('layer.files'),
    });
    expect(place.writes).toBe(0);
  });
});

describe('the summary of a kit', () => {
  it('counts snapshots, kinds and bytes', async () => {
    const near = newStore();
    for (const number of [1, 2]) await saveRun(near, numberedRun(number));
    const { index } = await planKit(near, EVERYTHING, new Received(null), QUIETLY);
    const summary = summarizeKit(index);
    expect(summary).toMatchObject({ images: 2, requires: 0 });
    expect(summary.items.map(({ kind, count }) => [kind, count])).toEqual([
      ['image.config', 2],
      ['image.snapshot', 2],
      ['layer.files', 3],
    ]);
    expect(summary.history).toMatchObject([{ name: 'app', snapshots: 2 }]);
    expect(summary.bytes).toBe([...listKitFiles(index)].reduce((sum, { size }) => sum + size, 0));
  });
});
