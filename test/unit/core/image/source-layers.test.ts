import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import type { Descriptor, ImageManifest } from '../../../../src/core/image/manifest.ts';
import { pairLayers } from '../../../../src/core/image/source-layers.ts';

const [a, b, c] = ['a', 'b', 'c'].map((text) => digestOf(text)) as [
  Descriptor['digest'],
  Descriptor['digest'],
  Descriptor['digest'],
];
const layer = (digest: Descriptor['digest']): Descriptor => ({ mediaType: 'x', digest, size: 1 });
const manifest = (...digests: Descriptor['digest'][]): ImageManifest => ({
  schemaVersion: 2,
  config: layer(c),
  layers: digests.map(layer),
});
const config = (...diff_ids: Descriptor['digest'][]) => ({ rootfs: { diff_ids } });

describe('pairLayers', () => {
  it('lays layers and diffIDs side by side', () => {
    const paired = pairLayers(manifest(c, c), config(a, b), 'it');
    expect(paired.map(({ descriptor, diffId }) => [descriptor.digest, diffId])).toEqual([
      [c, a],
      [c, b],
    ]);
    expect(pairLayers(manifest(), config(), 'it')).toEqual([]);
    expect(pairLayers(manifest(a, b, a), config(a, b, a), 'it')).toHaveLength(3);
  });

  it.each([
    ['fewer layers', manifest(a), config(a, b)],
    ['more layers', manifest(a, b), config(a)],
    ['the right layers in a wrong order', manifest(b, a), config(a, b)],
    ['a layer in place of one that stands twice', manifest(a, b, b), config(a, b, a)],
  ])('refuses %s, and says what may help', (_, wrong, right) => {
    expect(() => pairLayers(wrong, right, 'it')).toThrow(
      expect.objectContaining({ code: 'malformed', hint: expect.stringContaining('docker-archive:') }),
    );
  });
});
