import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../src/base/digest.ts';
import { readSnapshot } from '../../src/core/snapshot/read-snapshot.ts';
import type { ItemKey, SurfaceItem } from '../../src/core/surface/item.ts';
import { buildItemManifest, extendManifest } from '../../src/core/surface/item-manifest.ts';
import { packItem } from '../../src/core/surface/pack-item.ts';
import { compressPayload } from '../../src/core/surface/payload-codec.ts';
import { readDocument } from '../../src/core/surface/read-payload.ts';
import { buildSurfaceManifest, listItem } from '../../src/core/surface/surface-manifest.ts';
import type { Damage, SurfaceStore } from '../../src/core/surface/surface-store.ts';
import { makeFragment, makeOrigin, makeRun } from '../support/item-makers.ts';

/** An empty store of a test's own, and what can befall its bytes from outside. */
export interface SurfaceStoreUnderTest {
  readonly store: SurfaceStore;
  /** The same place, opened anew. */
  reopen(): SurfaceStore;
  /** Changes the stored bytes of an item's payload. */
  damagePayload(item: SurfaceItem, change: (bytes: Buffer) => Buffer): void | Promise<void>;
  /** Changes the stored bytes of an item's manifest. */
  damageManifest(item: SurfaceItem, change: (bytes: Buffer) => Buffer): void | Promise<void>;
  /** Changes the stored bytes of a surface manifest. */
  damageSurfaceManifest(
    tenant: string,
    digest: Digest,
    change: (bytes: Buffer) => Buffer,
  ): void | Promise<void>;
  /** Removes an item's payload. */
  losePayload(item: SurfaceItem): void | Promise<void>;
  /** Whether items can be deleted from the place. */
  readonly deletes: boolean;
  /** Puts the payload of an item alone, where the place can have one without a manifest. */
  orphan?(item: SurfaceItem): void | Promise<void>;
  /** How often something has been written so far: what is put again must not be written again. */
  writes(): number | Promise<number>;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const flip = (bytes: Buffer): Buffer => {
  const flipped = Buffer.from(bytes);
  const at = bytes.length >> 1;
  flipped.writeUInt8(flipped.readUInt8(at) ^ 0x01, at);
  return flipped;
};
const cut = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);
const textOf = ({ compressed }: SurfaceItem): string => zstdDecompressSync(compressed).toString();
const empty = (): Buffer => Buffer.alloc(0);

/** What every surface store does. */
export function describeSurfaceStore(
  open: () => SurfaceStoreUnderTest | Promise<SurfaceStoreUnderTest>,
): void {
  const read = async (store: SurfaceStore, key: ItemKey): Promise<string | null> =>
    (await readDocument(store, key))?.toString() ?? null;

  describe('putting and getting', () => {
    it('gives back what was put, also when the store is opened anew', async () => {
      const { store, reopen } = await open();
      const fragment = makeFragment('etc/passwd');
      const config = packItem(makeOrigin(), 'image.config', Buffer.from('{ "os":\n"linux" }'));
      await store.put([fragment, config]);
      for (const each of [store, reopen()]) {
        expect(await read(each, fragment.key)).toBe(textOf(fragment));
        expect(await read(each, config.key)).toBe('{ "os":\n"linux" }');
        expect(await each.getManifest(fragment.key)).toEqual(buildItemManifest(fragment));
      }
    });

    it('gives back an item as it was put, to put it elsewhere with the same bytes', async () => {
      const { store, reopen, damagePayload, losePayload } = await open();
      const [fragment, other, lost] = [makeFragment('a'), makeFragment('b'), makeFragment('c')];
      await store.put([fragment, other, lost]);
      const compressed = Buffer.from(fragment.compressed);
      expect(await reopen().getItem(fragment.key)).toEqual({ ...fragment, compressed });
      expect(await store.getItem({ ...fragment.key, tenant: 'other' })).toBeNull();
      await damagePayload(other, flip);
      await losePayload(lost);
      await expect(reopen().getItem(other.key)).rejects.toMatchObject({ kind: 'bytes' });
      expect(await reopen().getItem(lost.key)).toBeNull();
    });

    it('takes nothing, an empty payload, and one item several times', async () => {
      const { store } = await open();
      const fragment = makeFragment('a');
      const nothing = packItem(makeOrigin(), 'runtime.events', Buffer.alloc(0), { format: 'ndjson' });
      await store.put([]);
      await store.put([fragment, nothing, fragment]);
      expect(await read(store, nothing.key)).toBe('');
      expect(await collect(store.list({ tenant: 'acme' }))).toHaveLength(2);
    });

    it('says that what is absent is absent', async () => {
      const { store } = await open();
      const { key } = makeFragment('a');
      expect(await store.getManifest(key)).toBeNull();
      expect(await store.getPayload(key)).toBeNull();
      expect(await store.getPayloadHead(key)).toBeNull();
      expect(await store.getSurfaceManifest('acme', digestOf('x'))).toBeNull();
      expect(await readSnapshot(store, 'acme', digestOf('x'))).toBeNull();
      expect(await collect(store.list({ tenant: 'acme' }))).toEqual([]);
      expect(await store.tenants()).toEqual([]);
      expect(await store.kinds('acme')).toEqual([]);
      await store.renew([key], () => null);
    });

    it('gives back a payload that is larger than one chunk', async () => {
      const { store } = await open();
      const bytes = Buffer.alloc(3_000_000, '{"path":"usr/share/doc"}\n');
      const large = packItem(makeOrigin(), 'layer.files', bytes, { format: 'ndjson' });
      await store.put([large]);
      expect(digestOf((await readDocument(store, large.key)) ?? '')).toBe(large.key.digest);
    });

    it('gives the head of a payload without reading the rest', async () => {
      const { store } = await open();
      const small = makeFragment('a');
      const bytes = Buffer.from(
        Array.from({ length: 300_000 }, (_, line) => `${line} ${digestOf(`${line}`)}\n`).join(''),
      );
      const large = packItem(makeOrigin(), 'layer.files', bytes, { format: 'ndjson' });
      const nothing = packItem(makeOrigin(), 'runtime.events', Buffer.alloc(0), { format: 'ndjson' });
      await store.put([small, large, nothing]);
      expect(`${await store.getPayloadHead(small.key)}`).toBe(await read(store, small.key));
      expect(Buffer.from((await store.getPayloadHead(large.key)) ?? [])).toEqual(
        bytes.subarray(0, 64 * 1024),
      );
      expect(await store.getPayloadHead(nothing.key)).toHaveLength(0);
    });

    it('refuses documents over the limit of their reader', async () => {
      const { store } = await open();
      const large = packItem(makeOrigin(), 'image.config', Buffer.alloc(21 * 1024 * 1024, ' '));
      await store.put([large]);
      await expect(readDocument(store, large.key)).rejects.toMatchObject({ code: 'limit-exceeded' });
    });

    it('reads snapshots', async () => {
      const { store } = await open();
      const run = makeRun(['a', 'b']);
      await store.put(run.items);
      expect(await readSnapshot(store, 'acme', run.snapshotDigest)).toEqual(run.snapshot);
    });
  });

  describe('putting again', () => {
    it('writes nothing when nothing is new', async () => {
      const { store, writes } = await open();
      const run = makeRun(['a', 'b']);
      await store.put(run.items);
      await store.putSurfaceManifest(run.surfaceManifest);
      const before = await writes();
      await store.put(makeRun(['a', 'b'], makeOrigin({ time: '2026-03-02T11:00:00.000Z' })).items);
      await store.putSurfaceManifest(run.surfaceManifest);
      expect(await writes()).toBe(before);
    });

    it('keeps the first time and source, and lets the expiry grow', async () => {
      const { store } = await open();
      const first = makeFragment('a');
      const later = makeFragment(
        'a',
        makeOrigin({
          time: '2026-03-20T12:00:00.000Z',
          source: { scannerBuild: 'varve@9', imageDigest: null, scanId: 'scan-2' },
        }),
      );
      await store.put([first]);
      await store.put([later]);
      const expected = extendManifest(buildItemManifest(first), later.expiresAt);
      expect(expected.expiresAt).toBe('2026-04-19T12:00:00.000Z');
      expect(await store.getManifest(first.key)).toEqual(expected);
      await store.put([first]);
      expect(await store.getManifest(first.key)).toEqual(expected);
    });

    it('repairs a damaged payload', async () => {
      for (const change of [flip, cut, empty]) {
        const { store, damagePayload } = await open();
        const fragment = makeFragment('a');
        await store.put([fragment]);
        await damagePayload(fragment, change);
        await store.put([fragment]);
        expect(await read(store, fragment.key)).toBe(textOf(fragment));
        expect(await collect(store.verify())).toEqual([]);
      }
    });

    it('repairs a lost payload', async () => {
      const { store, losePayload } = await open();
      const fragment = makeFragment('a');
      await store.put([fragment]);
      await losePayload(fragment);
      await store.put([fragment]);
      expect(await read(store, fragment.key)).toBe(textOf(fragment));
    });

    it('repairs a damaged manifest', async () => {
      const wrongSize = (bytes: Buffer) =>
        Buffer.from(bytes.toString().replace(/"sizeBytes":\d+/, '"sizeBytes":1'));
      for (const change of [flip, cut, empty, wrongSize]) {
        const { store, damageManifest } = await open();
        const fragment = makeFragment('a');
        await store.put([fragment]);
        await damageManifest(fragment, change);
        await store.put([fragment]);
        expect(await store.getManifest(fragment.key)).toEqual(buildItemManifest(fragment));
        expect(await collect(store.verify())).toEqual([]);
      }
    });

    it('repairs a damaged surface manifest', async () => {
      const { store, damageSurfaceManifest } = await open();
      const run = makeRun(['a']);
      await store.put(run.items);
      const digest = await store.putSurfaceManifest(run.surfaceManifest);
      await damageSurfaceManifest('acme', digest, cut);
      await store.putSurfaceManifest(run.surfaceManifest);
      expect(await store.getSurfaceManifest('acme', digest)).toEqual(run.surfaceManifest);
    });
  });

  describe('renewing', () => {
    it('lets expiry grow by steps of more than a day', async () => {
      const { store, writes } = await open();
      const fragment = makeFragment('a');
      await store.put([fragment]);
      await store.renew([fragment.key], () => '2026-05-01T00:00:00.000Z');
      expect((await store.getManifest(fragment.key))?.expiresAt).toBe('2026-05-01T00:00:00.000Z');
      const before = await writes();
      await store.renew([fragment.key], () => '2026-05-01T20:00:00.000Z');
      await store.renew([fragment.key], () => '2026-04-01T00:00:00.000Z');
      expect(await writes()).toBe(before);
      expect((await store.getManifest(fragment.key))?.expiresAt).toBe('2026-05-01T00:00:00.000Z');
    });
  });

  describe('refusing', () => {
    it.each<[string, (good: SurfaceItem) => SurfaceItem, string]>([
      [
        'other content',
        (good) => ({ ...good, compressed: compressPayload(Buffer.alloc(good.sizeBytes, 'x')) }),
        'digest-mismatch',
      ],
      ['another size', (good) => ({ ...good, sizeBytes: good.sizeBytes + 1 }), 'size-mismatch'],
      [
        'what is cut short',
        (good) => ({ ...good, compressed: good.compressed.subarray(0, -2) }),
        'truncated',
      ],
      ['what is not compressed', (good) => ({ ...good, compressed: Buffer.from('plain') }), 'malformed'],
      [
        'a tenant that is a path',
        (good) => ({ ...good, key: { ...good.key, tenant: '../x' } }),
        'bad-option',
      ],
      ['a kind that is a path', (good) => ({ ...good, key: { ...good.key, kind: '..' } }), 'bad-option'],
      [
        'a surface manifest as an item',
        (good) => ({ ...good, key: { ...good.key, kind: 'image.surface' } }),
        'bad-option',
      ],
    ])('takes nothing of a batch that has %s in it', async (_, spoil, code) => {
      const { store } = await open();
      const good = makeFragment('a');
      await expect(store.put([good, spoil(makeFragment('b'))])).rejects.toMatchObject({ code });
      expect(await collect(store.list({ tenant: 'acme' }))).toEqual([]);
      expect(await store.getPayload(good.key)).toBeNull();
      await store.put([good, makeFragment('b')]);
      expect(await collect(store.list({ tenant: 'acme' }))).toHaveLength(2);
    });

    it.each(['sha256:../../x', `sha256:${'A'.repeat(64)}`, 'sha256:abc'])(
      'looks for no digest %s',
      async (text) => {
        const { store } = await open();
        const digest = text as Digest;
        const key = { tenant: 'acme', kind: 'layer.files', digest };
        await expect(store.getManifest(key)).rejects.toMatchObject({ code: 'bad-reference' });
        await expect(store.getPayload(key)).rejects.toMatchObject({ code: 'bad-reference' });
        await expect(store.getSurfaceManifest('acme', digest)).rejects.toMatchObject({
          code: 'bad-reference',
        });
      },
    );

    it('takes no surface manifest whose items are another tenant’s', async () => {
      const { store } = await open();
      const { surfaceManifest } = makeRun(['a']);
      await expect(store.putSurfaceManifest({ ...surfaceManifest, tenant: 'evil' })).rejects.toMatchObject({
        code: 'malformed',
      });
      expect(await collect(store.listSurfaceManifests({ tenant: 'evil' }))).toEqual([]);
    });
  });

  describe('tenants', () => {
    it('see nothing of each other', async () => {
      const { store } = await open();
      const fragment = makeFragment('a');
      const theirs = makeFragment('b', makeOrigin({ tenant: 'other' }));
      await store.put([fragment, theirs]);
      expect(await store.getManifest({ ...fragment.key, tenant: 'other' })).toBeNull();
      expect(await store.getPayload({ ...fragment.key, tenant: 'other' })).toBeNull();
      expect(await collect(store.list({ tenant: 'other' }))).toEqual([buildItemManifest(theirs)]);
      expect(await store.tenants()).toEqual(['acme', 'other']);
    });
  });

  describe('listing', () => {
    const fragments = ['a', 'b', 'c', 'd'].map((text) => makeFragment(text));
    const config = packItem(makeOrigin(), 'image.config', Buffer.from('{}'));

    it('is by kind, then digest', async () => {
      const { store } = await open();
      await store.put([...fragments, config]);
      const digests = fragments.map(({ key }) => key.digest).sort();
      const listed = await collect(store.list({ tenant: 'acme' }));
      expect(listed.map(({ digest }) => digest)).toEqual([config.key.digest, ...digests]);
      const files = await collect(store.list({ tenant: 'acme', kind: 'layer.files' }));
      expect(files.map(({ digest }) => digest)).toEqual(digests);
      expect(await collect(store.list({ tenant: 'acme', kind: 'layer.fragments' }))).toEqual([]);
      expect(await store.kinds('acme')).toEqual(['image.config', 'layer.files']);
    });

    it('has surface manifests apart', async () => {
      const { store } = await open();
      const runs = [makeRun(['a']), makeRun(['b']), makeRun(['c'])];
      await store.put(runs.flatMap(({ items }) => items));
      for (const { surfaceManifest } of runs) await store.putSurfaceManifest(surfaceManifest);
      const listed = await collect(store.listSurfaceManifests({ tenant: 'acme' }));
      expect(listed.map(({ digest }) => digest)).toEqual(
        runs.map(({ entry }) => entry.surfaceManifestDigest).sort(),
      );
      const kinds = (await collect(store.list({ tenant: 'acme' }))).map(({ kind }) => kind);
      expect(kinds).not.toContain('image.surface');
      expect(await store.kinds('acme')).toContain('image.surface');
    });

    it('names damaged manifests and goes on, or stops at the first', async () => {
      const { store, damageManifest } = await open();
      await store.put(fragments);
      const [damaged] = fragments;
      if (damaged === undefined) throw new Error('no fragment');
      await damageManifest(damaged, cut);
      const damages: Damage[] = [];
      const listed = await collect(
        store.list({ tenant: 'acme', onDamage: (damage) => damages.push(damage) }),
      );
      expect(listed).toHaveLength(3);
      expect(damages).toEqual([
        { object: expect.stringContaining(damaged.key.digest.slice(7)), problem: 'is not JSON' },
      ]);
      await expect(collect(store.list({ tenant: 'acme' }))).rejects.toMatchObject({ code: 'malformed' });
    });
  });

  describe('verifying', () => {
    it('finds nothing wrong where nothing is', async () => {
      const { store } = await open();
      expect(await collect(store.verify())).toEqual([]);
      const run = makeRun(['a', 'b']);
      await store.put(run.items);
      await store.putSurfaceManifest(run.surfaceManifest);
      expect(await collect(store.verify())).toEqual([]);
    });

    it.each<[string, (bytes: Buffer) => Buffer]>([
      ['flipped', flip],
      ['cut short', cut],
      ['emptied', empty],
      ['lengthened', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
      ['replaced', () => Buffer.from(compressPayload(Buffer.from('another')))],
    ])('names a payload that was %s, and reading refuses it', async (_, change) => {
      const { store, damagePayload } = await open();
      const fragment = makeFragment('etc/passwd');
      await store.put([fragment, makeFragment('b')]);
      await damagePayload(fragment, change);
      const damages = await collect(store.verify());
      expect(damages).toEqual([
        { object: expect.stringContaining(fragment.key.digest.slice(7)), problem: expect.any(String) },
      ]);
      await expect(readDocument(store, fragment.key)).rejects.toMatchObject({ kind: 'bytes' });
    });

    it.each<[string, (bytes: Buffer) => Buffer]>([
      ['flipped', flip],
      ['cut short', cut],
      ['emptied', empty],
      ['given a field', (bytes) => Buffer.from(bytes.toString().replace('{', '{"extra":1,'))],
      ['moved to another tenant', (bytes) => Buffer.from(bytes.toString().replaceAll('acme', 'evil'))],
      [
        'given another size',
        (bytes) => Buffer.from(bytes.toString().replace(/"sizeBytes":\d+/, '"sizeBytes":7')),
      ],
    ])('names a manifest that was %s', async (_, change) => {
      const { store, damageManifest } = await open();
      const fragment = makeFragment('etc/passwd');
      await store.put([fragment, makeFragment('b')]);
      await damageManifest(fragment, change);
      const damages = await collect(store.verify());
      expect(damages).toEqual([
        { object: expect.stringContaining(fragment.key.digest.slice(7)), problem: expect.any(String) },
      ]);
      await expect(readDocument(store, fragment.key)).rejects.toMatchObject({ kind: 'bytes' });
    });

    it('names a lost payload, which counts as absent', async () => {
      const { store, losePayload } = await open();
      const fragment = makeFragment('a');
      await store.put([fragment]);
      await losePayload(fragment);
      expect(await collect(store.verify())).toEqual([
        {
          object: expect.stringContaining(fragment.key.digest.slice(7)),
          problem: 'is missing, but has a manifest',
        },
      ]);
      expect(await store.getManifest(fragment.key)).toBeNull();
      expect(await store.getPayload(fragment.key)).toBeNull();
    });

    it('names a damaged surface manifest', async () => {
      for (const change of [flip, cut, empty]) {
        const { store, damageSurfaceManifest } = await open();
        const run = makeRun(['a']);
        await store.put(run.items);
        const digest = await store.putSurfaceManifest(run.surfaceManifest);
        await damageSurfaceManifest('acme', digest, change);
        expect(await collect(store.verify())).toEqual([
          { object: expect.stringContaining(digest.slice(7)), problem: expect.any(String) },
        ]);
        await expect(store.getSurfaceManifest('acme', digest)).rejects.toMatchObject({ kind: 'bytes' });
      }
    });

    it('names a surface manifest that lists what is not there', async () => {
      const { store } = await open();
      const missing = makeFragment('a');
      const digest = await store.putSurfaceManifest(
        buildSurfaceManifest({
          tenant: 'acme',
          imageDigest: digestOf('image'),
          source: { component: 'varve', version: '1' },
          artifacts: [listItem(missing)],
        }),
      );
      expect(await collect(store.verify())).toEqual([
        {
          object: expect.stringContaining(digest.slice(7)),
          problem: `lists layer.files ${missing.key.digest}, which the store does not have`,
          lacks: { kind: 'layer.files', digest: missing.key.digest },
        },
      ]);
    });
  });

  describe('pages of a list', () => {
    it('go on after the last key of the page before, whatever was put or deleted meanwhile', async () => {
      const { store, deletes } = await open();
      const items = [
        ...['a', 'b', 'c', 'd', 'e'].map((text) => makeFragment(text)),
        packItem(makeOrigin(), 'image.config', Buffer.from('{}')),
        packItem(makeOrigin(), 'runtime.events', Buffer.from('x\n'), { format: 'ndjson' }),
      ];
      await store.put([...items, makeFragment('a', makeOrigin({ tenant: 'other' }))]);
      const whole = (await collect(store.list({ tenant: 'acme' }))).map(({ kind, digest }) => ({
        kind,
        digest,
      }));
      expect(whole).toHaveLength(7);
      const read = async (after: (typeof whole)[number], kind?: string) =>
        (await collect(store.list({ tenant: 'acme', after, ...(kind && { kind }) }))).map(
          ({ digest }) => digest,
        );
      for (const [at, after] of whole.entries()) {
        expect(await read(after)).toEqual(whole.slice(at + 1).map(({ digest }) => digest));
        const files = whole.slice(at + 1).filter(({ kind }) => kind === 'layer.files');
        expect(await read(after, 'layer.files')).toEqual(files.map(({ digest }) => digest));
      }
      expect(await read({ kind: 'layer.files', digest: digestOf('not there') }, 'image.config')).toEqual([]);
      const [first, last] = [whole[0], whole[3]];
      if (first === undefined || last === undefined || !deletes) return;
      await store.delete([{ tenant: 'acme', ...last }]);
      expect(await read(last)).toEqual(whole.slice(4).map(({ digest }) => digest));
    });

    it('are of surface manifests too', async () => {
      const { store } = await open();
      const runs = [makeRun(['a']), makeRun(['b']), makeRun(['c'])];
      await store.put(runs.flatMap(({ items }) => items));
      for (const { surfaceManifest } of runs) await store.putSurfaceManifest(surfaceManifest);
      const digests = runs.map(({ entry }) => entry.surfaceManifestDigest).sort();
      for (const [at, after] of digests.entries()) {
        const page = await collect(store.listSurfaceManifests({ tenant: 'acme', after }));
        expect(page.map(({ digest }) => digest)).toEqual(digests.slice(at + 1));
      }
    });
  });

  describe('stored sizes', () => {
    it('are those of the compressed bytes, in the order of the items', async () => {
      const { store, reopen, losePayload } = await open();
      const items = [makeFragment('a'), makeFragment('b'.repeat(3000)), makeFragment('c')];
      await store.put(items);
      const manifests = items.map(buildItemManifest);
      expect(await reopen().storedSizes(manifests)).toEqual(items.map(({ compressed }) => compressed.length));
      expect(await store.storedSizes([])).toEqual([]);
      const [first, , last] = items;
      if (first === undefined || last === undefined) return;
      await losePayload(last);
      const absent = { ...buildItemManifest(first), tenant: 'other' };
      const some = manifests.toReversed();
      expect(await reopen().storedSizes([...some, absent])).toEqual([
        null,
        items[1]?.compressed.length,
        first.compressed.length,
        null,
      ]);
    });
  });

  describe('renewing', () => {
    it('names what is absent', async () => {
      const { store } = await open();
      const [there, absent] = [makeFragment('a'), makeFragment('b')];
      await store.put([there]);
      const later = () => '2027-05-01T00:00:00.000Z';
      expect(await store.renew([absent.key, there.key], later)).toEqual([absent.key]);
      expect(await store.renew([there.key], () => null)).toEqual([]);
      const theirs = { ...there.key, tenant: 'other' };
      expect(await store.renew([theirs], later)).toEqual([theirs]);
    });
  });

  describe('deleting', () => {
    it('is refused where the place cannot', async () => {
      const { store, deletes } = await open();
      const fragment = makeFragment('a');
      await store.put([fragment]);
      if (deletes) return;
      await expect(store.delete([fragment.key])).rejects.toMatchObject({
        code: 'unsupported',
        hint: expect.stringContaining('registry'),
      });
      expect(await read(store, fragment.key)).toBe(textOf(fragment));
    });

    it('takes away manifest and payload, and leaves all else', async () => {
      const { store, reopen, deletes } = await open();
      if (!deletes) return;
      const [gone, left] = [makeFragment('a'), makeFragment('b')];
      const config = packItem(makeOrigin(), 'image.config', Buffer.from('{}'));
      await store.put([gone, left, config]);
      const absent = makeFragment('absent').key;
      expect(await store.delete([gone.key, absent, config.key])).toEqual([gone.key, config.key]);
      for (const each of [store, reopen()]) {
        expect(await each.getManifest(gone.key)).toBeNull();
        expect(await each.getItem(gone.key)).toBeNull();
        expect(await each.getPayload(gone.key)).toBeNull();
        expect(await each.getPayloadHead(gone.key)).toBeNull();
        expect(await collect(each.list({ tenant: 'acme' }))).toEqual([buildItemManifest(left)]);
        expect(await each.kinds('acme')).toEqual(['layer.files']);
        expect(await collect(each.listOrphans('acme'))).toEqual([]);
      }
      expect(await store.delete([gone.key])).toEqual([]);
      expect(await store.delete([])).toEqual([]);
      expect(await collect(store.verify())).toEqual([]);
      const later = makeFragment('a', makeOrigin({ time: '2026-05-01T00:00:00.000Z' }));
      await store.put([later]);
      expect(await store.getManifest(gone.key)).toEqual(buildItemManifest(later));
    });

    it('takes away surface manifests, and no item with them', async () => {
      const { store, deletes } = await open();
      if (!deletes) return;
      const run = makeRun(['a']);
      await store.put(run.items);
      const digest = await store.putSurfaceManifest(run.surfaceManifest);
      const key = { tenant: 'acme', kind: 'image.surface', digest };
      expect(await store.delete([key])).toEqual([key]);
      expect(await store.getSurfaceManifest('acme', digest)).toBeNull();
      expect(await collect(store.listSurfaceManifests({ tenant: 'acme' }))).toEqual([]);
      expect(await collect(store.list({ tenant: 'acme' }))).toHaveLength(run.items.length);
    });

    it('finds nothing of another tenant', async () => {
      const { store, deletes } = await open();
      if (!deletes) return;
      const fragment = makeFragment('a');
      await store.put([fragment]);
      expect(await store.delete([{ ...fragment.key, tenant: 'other' }])).toEqual([]);
      expect(await read(store, fragment.key)).toBe(textOf(fragment));
      const both = [fragment.key, { ...fragment.key, tenant: 'other' }];
      expect(await store.delete(both)).toEqual([fragment.key]);
    });

    it('asks first, where it is told to', async () => {
      const { store, deletes } = await open();
      if (!deletes) return;
      const [due, kept] = [makeFragment('a'), makeFragment('b')];
      await store.put([due, kept]);
      await store.renew([kept.key], () => '2027-01-01T00:00:00.000Z');
      const mayGo = ({ expiresAt }: { expiresAt: string | null }) => (expiresAt ?? '') < '2027';
      expect(await store.delete([kept.key, due.key], mayGo)).toEqual([due.key]);
      expect(await read(store, kept.key)).toBe(textOf(kept));
    });

    it('takes away what is damaged where it is told to, and lets it be where it should ask', async () => {
      const { store, deletes, damageManifest, losePayload } = await open();
      if (!deletes) return;
      const [damaged, lost] = [makeFragment('a'), makeFragment('b')];
      await store.put([damaged, lost]);
      await damageManifest(damaged, cut);
      await losePayload(lost);
      expect(await store.delete([damaged.key], () => true)).toEqual([]);
      expect(await store.delete([damaged.key, lost.key])).toEqual([damaged.key, lost.key]);
      expect(await collect(store.verify())).toEqual([]);
      expect(await store.kinds('acme')).toEqual([]);
    });

    it('takes away payloads without a manifest, which are listed', async () => {
      const { store, orphan } = await open();
      if (orphan === undefined) return;
      const [alone, whole] = [makeFragment('a'), makeFragment('b')];
      await store.put([whole]);
      await orphan(alone);
      expect(await collect(store.listOrphans('acme'))).toEqual([
        { key: alone.key, storedSize: alone.compressed.length, writtenAt: expect.any(Number) },
      ]);
      expect(await collect(store.listOrphans('other'))).toEqual([]);
      expect(await store.delete([alone.key], () => false)).toEqual([alone.key]);
      expect(await collect(store.listOrphans('acme'))).toEqual([]);
      expect(await read(store, whole.key)).toBe(textOf(whole));
    });

    it.each(['sha256:../../x', 'sha256:abc'])('takes %s for no digest', async (text) => {
      const { store, deletes } = await open();
      const key = { tenant: 'acme', kind: 'layer.files', digest: text as Digest };
      if (deletes) await expect(store.delete([key])).rejects.toMatchObject({ code: 'bad-reference' });
    });

    it('never takes away what is put or renewed meanwhile', async () => {
      const { store, reopen, deletes } = await open();
      if (!deletes) return;
      const old = makeFragment('a', makeOrigin({ time: '2020-01-01T00:00:00.000Z' }));
      const again = makeFragment('a', makeOrigin({ time: '2026-03-01T00:00:00.000Z' }));
      const isDue = ({ expiresAt }: { expiresAt: string | null }) => (expiresAt ?? '9') < '2026';
      for (let round = 0; round < 20; round++) {
        await store.put([old]);
        await Promise.all([
          reopen().delete([old.key], isDue),
          store.put([again]),
          reopen().delete([old.key], isDue),
        ]);
        expect(await read(reopen(), again.key)).toBe(textOf(again));
        await store.delete([again.key]);
        await store.put([old]);
        const [absent] = await Promise.all([
          store.renew([old.key], () => again.expiresAt),
          reopen().delete([old.key], isDue),
        ]);
        expect(await read(store, old.key)).toBe(absent.length === 0 ? textOf(old) : null);
        await store.delete([old.key]);
      }
    });
  });

  describe('several writers in one process', () => {
    it('lose nothing', async () => {
      const { reopen } = await open();
      const runs = Array.from({ length: 8 }, (_, index) => makeRun(['shared', `own ${index}`]));
      await Promise.all(
        runs.map(async ({ items, surfaceManifest }) => {
          const store = reopen();
          await store.put(items);
          await store.putSurfaceManifest(surfaceManifest);
        }),
      );
      const store = reopen();
      expect(await collect(store.verify())).toEqual([]);
      expect(await collect(store.listSurfaceManifests({ tenant: 'acme' }))).toHaveLength(8);
      for (const { items } of runs) {
        for (const { key } of items) expect(await store.getManifest(key)).not.toBeNull();
      }
    });

    it('agree on the first time, and on the latest expiry', async () => {
      const { reopen } = await open();
      const days = Array.from({ length: 8 }, (_, index) => `2026-03-${`${10 + 2 * index}`}T00:00:00.000Z`);
      await Promise.all(days.map((time) => reopen().put([makeFragment('a', makeOrigin({ time }))])));
      const manifest = await reopen().getManifest(makeFragment('a').key);
      expect(days).toContain(manifest?.createdAt);
      expect(manifest?.expiresAt).toBe('2026-04-23T00:00:00.000Z');
    });
  });
}
