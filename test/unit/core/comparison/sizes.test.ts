import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { alignLayers } from '../../../../src/core/comparison/align.ts';
import { compareSizes, summarizeLayers } from '../../../../src/core/comparison/sizes.ts';
import { measureImage } from '../../../../src/core/snapshot/image-size.ts';
import { type LayerPlan, snapshotView } from '../../../support/inventory-snapshot.ts';

const image = (...layers: LayerPlan[]) => snapshotView({ layers }).snapshot;
const layer = (salt: string, size: number | null = 100, uncompressedSize = 1000): LayerPlan => ({
  ...{ salt, size, uncompressedSize },
  ...(size === null && { digest: null }),
});

const summary = (base: LayerPlan[], target: LayerPlan[]) =>
  summarizeLayers(alignLayers(image(...base).layers, image(...target).layers));

describe('sizes', () => {
  it('are those of all layers, and their difference', () => {
    expect(measureImage(image(layer('a', 1, 10), layer('b', 2, 20)))).toEqual({
      compressedSize: 3,
      uncompressedSize: 30,
    });
    expect(compareSizes(image(layer('a')), image(layer('a'), layer('b', 7, 70)))).toEqual({
      uncompressedDelta: 70,
      compressedDelta: 7,
      pullBytes: 7,
    });
    expect(measureImage(image())).toEqual({ compressedSize: 0, uncompressedSize: 0 });
  });

  it('to pull are those of distinct blobs that the base lacks', () => {
    const target = image(layer('b', 5), layer('a', 100), layer('b', 5));
    expect(compareSizes(image(layer('a')), target).pullBytes).toBe(5);
    expect(compareSizes(target, image(layer('a'))).pullBytes).toBe(0);
    const recompressed = { ...layer('a', 80), digest: digestOf('zstd') };
    expect(compareSizes(image(layer('a')), image(recompressed)).pullBytes).toBe(80);
  });

  it('are null, not nought, where it is not known what is distributed', () => {
    const unknown = image(layer('a', null), layer('b'));
    expect(measureImage(unknown).compressedSize).toBeNull();
    const nothing = { compressedDelta: null, pullBytes: null };
    expect(compareSizes(unknown, image(layer('a'), layer('b')))).toMatchObject(nothing);
    expect(compareSizes(image(layer('a')), unknown)).toMatchObject({ ...nothing, uncompressedDelta: 1000 });
    expect(compareSizes(unknown, image())).toMatchObject({ compressedDelta: null, pullBytes: 0 });
  });

  it('add up beyond 32 bits', () => {
    const huge = layer('a', 3 * 2 ** 32, 2 ** 40);
    expect(compareSizes(image(), image(huge, layer('b')))).toEqual({
      uncompressedDelta: 2 ** 40 + 1000,
      compressedDelta: 3 * 2 ** 32 + 100,
      pullBytes: 3 * 2 ** 32 + 100,
    });
  });
});

describe('the summary of layers', () => {
  it('counts what became of them, and what share was reused', () => {
    const found = summary(
      [layer('a'), layer('b'), { ...layer('c'), step: 'RUN x' }, layer('d')],
      [
        layer('d'),
        layer('a'),
        layer('b'),
        { ...layer('C'), step: 'RUN x' },
        { ...layer('e'), step: 'RUN y' },
      ],
    );
    expect(found).toMatchObject({
      unchanged: 2,
      moved: 1,
      rebuilt: 1,
      added: 1,
      removed: 0,
      reuseRatio: 0.6,
    });
  });

  it('names the first new layer and all that was shipped with it', () => {
    const found = summary(
      [layer('a'), { ...layer('b'), step: 'RUN x' }, layer('k')],
      [
        layer('a'),
        { ...layer('B', 1, 5), step: 'RUN x' },
        layer('k'),
        { ...layer('c', 1, 7), step: 'RUN y' },
      ],
    );
    expect(found).toMatchObject({ firstRebuilt: 1, cascade: { layers: 2, uncompressedSize: 12 } });
  });

  it('has no first new layer where the base has them all', () => {
    const none = { firstRebuilt: null, cascade: { layers: 0, uncompressedSize: 0 } };
    expect(summary([layer('a'), layer('b')], [layer('b')])).toMatchObject({
      ...none,
      removed: 1,
      reuseRatio: 1,
    });
    expect(summary([layer('a'), layer('b')], [layer('b'), layer('a')])).toMatchObject({ ...none, moved: 1 });
    expect(summary([layer('a')], [])).toMatchObject({ ...none, reuseRatio: 1 });
  });
});
