import { describe, expect, it } from 'vitest';
import { MemoryLayerRecords } from '../../../../../src/adapters/stores/memory/layer-records.ts';
import { digestOf } from '../../../../../src/base/digest.ts';
import type { Snapshot } from '../../../../../src/core/snapshot/snapshot.ts';
import type { Damage } from '../../../../../src/core/surface/surface-store.ts';
import { INVENTORY_ANALYZER, makeSnapshot, makeSnapshotLayer } from '../../../../support/item-makers.ts';

const blob = digestOf('blob a');
const diffId = digestOf('layer a');
const snapshot = makeSnapshot(['a', 'b']);
const contradicting: Snapshot = {
  ...snapshot,
  layers: [makeSnapshotLayer(0, 'a', { fragments: [{ ...INVENTORY_ANALYZER, digest: digestOf('other') }] })],
};

/** Records of tenant `acme`, whose stored snapshots these are; `asked` counts how often they are read. */
function open(...snapshots: Snapshot[]) {
  const asked = { times: 0 };
  const records = new MemoryLayerRecords(async function* (tenant) {
    asked.times++;
    if (tenant === 'acme') yield* snapshots;
  });
  return { records, asked };
}

describe('layer records that are learned from snapshots', () => {
  it('know what these prove, and read them once', async () => {
    const { records, asked } = open(snapshot);
    expect(await records.findDiffId('acme', blob)).toBe(diffId);
    expect(await records.findLayer('acme', diffId)).toMatchObject({ diffId, uncompressedSize: 1000 });
    expect(await records.findLayer('acme', digestOf('layer c'))).toBeNull();
    expect(asked.times).toBe(1);
  });

  it('know what is recorded later, and nothing of other tenants', async () => {
    const { records } = open();
    expect(await records.findDiffId('acme', blob)).toBeNull();
    await records.record('acme', snapshot);
    expect(await records.findDiffId('acme', blob)).toBe(diffId);
    expect(await records.findDiffId('other', blob)).toBeNull();
    await expect(records.findDiffId('../acme', blob)).rejects.toMatchObject({ code: 'bad-option' });
  });

  it('tell of contradictions, and are without them once the layer is forgotten', async () => {
    const { records } = open(snapshot, contradicting);
    const told: Damage[] = [];
    const layer = await records.findLayer('acme', diffId, (damage) => told.push(damage));
    expect(layer?.fragments).toEqual([]);
    expect(told).toEqual([{ object: `the records of layer ${diffId}`, problem: 'contradict each other' }]);
    await records.forget('acme', [diffId, digestOf('never recorded')]);
    expect(await records.findLayer('acme', diffId)).toBeNull();
    await records.record('acme', snapshot);
    expect((await records.findLayer('acme', diffId))?.fragments).toEqual(snapshot.layers[0]?.fragments);
  });

  it('forget also before anything was asked', async () => {
    const { records } = open(snapshot);
    await records.forget('acme', [diffId]);
    expect(await records.findLayer('acme', diffId)).toBeNull();
    expect(await records.findLayer('acme', digestOf('layer b'))).not.toBeNull();
  });
});
