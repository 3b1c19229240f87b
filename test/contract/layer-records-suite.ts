import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../src/base/digest.ts';
import type { LayerRecords } from '../../src/core/snapshot/layer-records.ts';
import { assembleSnapshot, type Snapshot } from '../../src/core/snapshot/snapshot.ts';
import type { Damage } from '../../src/core/surface/surface-store.ts';
import { INVENTORY_ANALYZER, makeSnapshot, makeSnapshotLayer } from '../support/item-makers.ts';
import { collect } from './surface-store-suite.ts';

/** Empty records of a test's own, and what can befall their bytes from outside. */
export interface LayerRecordsUnderTest {
  readonly records: LayerRecords;
  /** The same place, opened anew. */
  reopen(): LayerRecords;
  /** Changes the stored bytes of every record. */
  damage(change: (bytes: Buffer) => Buffer): void | Promise<void>;
  /** How often something has been written so far. */
  writes(): number | Promise<number>;
}

/** What layer records do, wherever they are kept. */
export function describeLayerRecords(
  open: () => LayerRecordsUnderTest | Promise<LayerRecordsUnderTest>,
): void {
  const snapshot = makeSnapshot(['a', 'b']);
  const [first] = snapshot.layers;
  if (first === undefined) throw new Error('the snapshot has no layers');
  const blob = first.digest as Digest;
  const { diffId, uncompressedSize, fragments } = first;

  /** What is told while a layer and a blob are looked up. */
  async function tellOf(records: LayerRecords): Promise<Damage[]> {
    const told: Damage[] = [];
    await records.findDiffId('acme', blob, (damage) => told.push(damage));
    await records.findLayer('acme', diffId, (damage) => told.push(damage));
    return told;
  }

  async function* none(): AsyncGenerator<Snapshot> {}
  async function* only(...snapshots: Snapshot[]): AsyncGenerator<Snapshot> {
    yield* snapshots;
  }

  it('knows nothing at first', async () => {
    const { records } = await open();
    expect(await records.findDiffId('acme', blob)).toBeNull();
    expect(await records.findLayer('acme', diffId)).toBeNull();
    expect(await collect(records.verify(none))).toEqual([]);
  });

  it('knows what a snapshot proves, also when it is opened anew', async () => {
    const { records, reopen } = await open();
    await records.record('acme', snapshot);
    for (const each of [records, reopen()]) {
      expect(await each.findDiffId('acme', blob)).toBe(diffId);
      expect(await each.findLayer('acme', diffId)).toEqual({ diffId, uncompressedSize, fragments });
      expect(await tellOf(each)).toEqual([]);
    }
  });

  it('takes no diffID for a blob, and no blob for a diffID', async () => {
    const { records } = await open();
    await records.record('acme', snapshot);
    expect(await records.findDiffId('acme', diffId)).toBeNull();
    expect(await records.findLayer('acme', blob)).toBeNull();
  });

  it('knows layers that are not distributed by their diffID alone', async () => {
    const { records } = await open();
    const layers = [makeSnapshotLayer(0, 'x', { digest: null, size: null, mediaType: null })];
    await records.record('acme', { ...snapshot, manifest: null, layers });
    expect(await records.findDiffId('acme', digestOf('blob x'))).toBeNull();
    expect(await records.findLayer('acme', digestOf('layer x'))).not.toBeNull();
  });

  it('knows what a snapshot proves of the image as a whole, by its config', async () => {
    const { records, reopen, writes } = await open();
    const whole = { ...INVENTORY_ANALYZER, kind: 'image.packages', digest: digestOf('packages') };
    const { digest, size } = snapshot.config;
    await records.record('acme', snapshot);
    expect(await records.findLayer('acme', digest)).toBeNull();
    const more = assembleSnapshot(snapshot, [whole]);
    await records.record('acme', more);
    for (const each of [records, reopen()]) {
      const known = { diffId: digest, uncompressedSize: size, fragments: [whole] };
      expect(await each.findLayer('acme', digest)).toEqual(known);
      expect(await each.findDiffId('acme', digest)).toBeNull();
    }
    expect(await collect(records.verify(() => only(snapshot, more)))).toEqual([]);
    const before = await writes();
    await records.record('acme', more);
    expect(await writes()).toBe(before);
    await records.forget('acme', [digest]);
    expect(await records.findLayer('acme', digest)).toBeNull();
    expect(await records.findLayer('acme', diffId)).not.toBeNull();
  });

  it('adds a newer analyzer version to the older', async () => {
    const { records } = await open();
    const newer = { ...INVENTORY_ANALYZER, analyzer: 'inventory@2', digest: digestOf('newer') };
    await records.record('acme', snapshot);
    await records.record('acme', { ...snapshot, layers: [{ ...first, fragments: [newer] }] });
    const known = await records.findLayer('acme', diffId);
    expect(known?.fragments).toHaveLength(2);
    expect(known?.fragments).toEqual(expect.arrayContaining([newer, ...fragments]));
  });

  it('counts results that contradict each other as unknown, and says so', async () => {
    const { records } = await open();
    const other = { ...INVENTORY_ANALYZER, digest: digestOf('other') };
    await records.record('acme', snapshot);
    await records.record('acme', { ...snapshot, layers: [{ ...first, fragments: [other] }] });
    expect(await records.findLayer('acme', diffId)).toEqual({ diffId, uncompressedSize, fragments: [] });
    const contradiction = [{ object: `the records of layer ${diffId}`, problem: 'contradict each other' }];
    expect(await tellOf(records)).toEqual(contradiction);
    await records.record('acme', { ...snapshot, layers: [{ ...first, uncompressedSize: 1 }] });
    expect(await records.findLayer('acme', diffId)).toBeNull();
    expect(await tellOf(records)).toEqual(contradiction);
  });

  it('forgets layers, and learns them anew', async () => {
    const { records, reopen } = await open();
    const other = { ...INVENTORY_ANALYZER, digest: digestOf('other') };
    await records.record('other', snapshot);
    await records.record('acme', { ...snapshot, layers: [{ ...first, fragments: [other] }] });
    await records.forget('acme', [diffId, digestOf('never recorded')]);
    expect(await records.findLayer('acme', diffId)).toBeNull();
    expect(await records.findLayer('other', diffId)).not.toBeNull();
    await records.record('acme', snapshot);
    for (const each of [records, reopen()]) {
      expect(await each.findLayer('acme', diffId)).toEqual({ diffId, uncompressedSize, fragments });
      expect(await tellOf(each)).toEqual([]);
    }
  });

  it('writes nothing when nothing is new', async () => {
    const { records, writes } = await open();
    await records.record('acme', snapshot);
    const before = await writes();
    await records.record('acme', snapshot);
    expect(await writes()).toBe(before);
  });

  it('keeps tenants apart', async () => {
    const { records } = await open();
    await records.record('acme', snapshot);
    expect(await records.findDiffId('other', blob)).toBeNull();
    expect(await records.findLayer('other', diffId)).toBeNull();
    await expect(records.findDiffId('../acme', blob)).rejects.toMatchObject({ code: 'bad-option' });
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['emptied', () => Buffer.alloc(0)],
    ['cut short', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['scribbled over', (bytes) => Buffer.alloc(bytes.length, 'x')],
    ['replaced', () => Buffer.from('{}')],
  ])('counts as absent what was %s, names it, and is repaired by recording again', async (_, change) => {
    const { records, damage } = await open();
    await records.record('acme', snapshot);
    await damage(change);
    expect(await records.findDiffId('acme', blob)).toBeNull();
    expect(await records.findLayer('acme', diffId)).toBeNull();
    expect(await tellOf(records)).toEqual([
      { object: expect.stringContaining(blob.slice(7)), problem: 'holds no digest' },
      { object: expect.stringContaining(diffId.slice(7)), problem: 'does not hash to its name' },
    ]);
    expect(await collect(records.verify(() => only(snapshot)))).toHaveLength(4);
    await records.record('acme', snapshot);
    expect(await records.findDiffId('acme', blob)).toBe(diffId);
    expect(await records.findLayer('acme', diffId)).not.toBeNull();
    expect(await collect(records.verify(() => only(snapshot)))).toEqual([]);
  });

  it('believes no record that was edited into another of the same form', async () => {
    const { records, damage } = await open();
    await records.record('acme', snapshot);
    await damage((bytes) =>
      Buffer.from(bytes.toString().replace('"uncompressedSize":1000', '"uncompressedSize":1001')),
    );
    expect(await records.findLayer('acme', diffId)).toBeNull();
  });

  describe('verifying', () => {
    it('finds nothing wrong with what snapshots bear out', async () => {
      const { records } = await open();
      await records.record('acme', snapshot);
      expect(await collect(records.verify(() => only(snapshot, makeSnapshot(['c']))))).toEqual([]);
    });

    it('names what no snapshot bears out', async () => {
      const { records } = await open();
      await records.record('acme', snapshot);
      const damages = await collect(records.verify(() => only(makeSnapshot(['a']))));
      expect(damages.length).toBeGreaterThanOrEqual(2);
      expect(new Set(damages.map(({ problem }) => problem))).toEqual(
        new Set(['is borne out by no stored snapshot']),
      );
    });

    it('names what the snapshots contradict', async () => {
      const { records } = await open();
      await records.record('acme', snapshot);
      const layers = [{ ...first, diffId: digestOf('another layer') }, ...snapshot.layers.slice(1)];
      const damages = await collect(records.verify(() => only({ ...snapshot, layers })));
      expect(damages).toContainEqual({
        object: expect.stringContaining(blob.slice(7)),
        problem: 'disagrees with the stored snapshots',
      });
    });
  });

  it('loses nothing to several writers', async () => {
    const { reopen } = await open();
    const snapshots = Array.from({ length: 8 }, (_, index) => makeSnapshot(['shared', `own ${index}`]));
    await Promise.all(snapshots.map((each) => reopen().record('acme', each)));
    for (const { digest, diffId: expected } of snapshots.flatMap(({ layers }) => layers)) {
      expect(await reopen().findDiffId('acme', digest as Digest)).toBe(expected);
      expect(await reopen().findLayer('acme', expected)).not.toBeNull();
    }
  });
}
