import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { compareSnapshots } from '../../../../src/core/comparison/compare.ts';
import { findContradiction } from '../../../../src/core/comparison/contradiction.ts';
import { file } from '../../../support/inventory-maker.ts';
import { snapshotView } from '../../../support/inventory-snapshot.ts';
import { INVENTORY_ANALYZER, makeSnapshot, makeSnapshotLayer } from '../../../support/item-makers.ts';

const snapshot = makeSnapshot(['a', 'b']);
const [first, ...others] = snapshot.layers;
if (first === undefined) throw new Error('the snapshot has no layers');
const edited = (change: Partial<typeof first>) => ({
  ...snapshot,
  layers: [{ ...first, ...change }, ...others],
});
const otherResult = { ...INVENTORY_ANALYZER, digest: digestOf('other') };

describe('snapshots that cannot both be right', () => {
  it.each([
    ['a blob is two layers', { diffId: digestOf('layer x') }, `blob ${first.digest} is layer`],
    ['a layer has two lengths', { uncompressedSize: 1 }, `layer ${first.diffId} has`],
    ['an analyzer found two things', { fragments: [otherResult] }, `layer ${first.diffId} has layer.files`],
  ])('%s', (_, change, sentence) => {
    const forged = edited(change);
    expect(findContradiction(snapshot, forged)).toContain(sentence);
    expect(findContradiction(forged, snapshot)).toContain(sentence);
  });

  it.each([
    ['in two layers', { index: 2, diffId: digestOf('layer x') }],
    ['in two lengths', { index: 2, uncompressedSize: 1 }],
    ['in two results', { index: 2, fragments: [otherResult] }],
  ])('one of them contradicts itself %s, whichever comes first', (_, change) => {
    for (const layers of [
      [...snapshot.layers, { ...first, ...change }],
      [{ ...first, ...change }, ...snapshot.layers],
    ]) {
      expect(findContradiction({ ...snapshot, layers }, snapshot)).not.toBeNull();
      expect(findContradiction(snapshot, { ...snapshot, layers })).not.toBeNull();
    }
  });

  it('are not compared', async () => {
    const layer = { step: 'ADD rootfs', entries: [file('etc/motd')] };
    const [base, target] = [snapshotView({ layers: [layer] }), snapshotView({ layers: [layer] })];
    const layers = base.snapshot.layers.map((each) => ({ ...each, uncompressedSize: 1 }));
    const forged = { ...base, snapshot: { ...base.snapshot, layers } };
    await expect(compareSnapshots(forged, target)).rejects.toMatchObject({
      code: 'malformed',
      object: `snapshot ${base.snapshotDigest}`,
      message: expect.stringContaining(`contradicts snapshot ${target.snapshotDigest}: layer `),
    });
  });
});

describe('snapshots that may both be right', () => {
  it.each([
    ['the same', snapshot],
    ['other layers', makeSnapshot(['b', 'c', 'a'])],
    ['the same layers in other blobs', edited({ digest: digestOf('recompressed') })],
    ['layers that are not distributed', edited({ digest: null, size: null })],
    ['of another analyzer', edited({ fragments: [{ ...otherResult, analyzer: 'inventory@2' }] })],
    [
      'of an analyzer with other options',
      edited({ fragments: [{ ...otherResult, options: digestOf('x') }] }),
    ],
    ['not analyzed', edited({ fragments: [] })],
    ['a layer twice', { ...snapshot, layers: [first, makeSnapshotLayer(1, 'a')] }],
  ])('%s', (_, other) => {
    expect(findContradiction(snapshot, other)).toBeNull();
    expect(findContradiction(other, snapshot)).toBeNull();
  });
});
