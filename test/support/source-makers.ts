import { digestOf } from '../../src/base/digest.ts';
import type { SourceImage, SourceLayer } from '../../src/core/image/image-source.ts';

/** A layer as an image claims it; its blob and diffID follow from the text, as those of `makeSnapshotLayer` do. */
export function makeSourceLayer(text: string, overrides: Partial<SourceLayer> = {}): SourceLayer {
  return {
    index: 0,
    diffId: digestOf(`layer ${text}`),
    digest: digestOf(`blob ${text}`),
    size: 100,
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    address: digestOf(`blob ${text}`),
    storedSize: 100,
    location: { kind: 'file', path: '/dev/null/nothing', offset: 0, length: 100 },
    ...overrides,
  };
}

/** An image of some layers whose documents say no more than they must. */
export function makeSourceImage(layers: readonly SourceLayer[]): SourceImage {
  const bytes = Buffer.from('{}');
  const diffIds = layers.map((layer) => layer.diffId);
  return {
    platform: { os: 'linux', architecture: 'amd64' },
    manifest: {
      bytes,
      digest: digestOf(bytes),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      value: {
        schemaVersion: 2,
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digestOf(bytes), size: 2 },
        layers: [],
      },
    },
    config: {
      bytes,
      digest: digestOf(bytes),
      mediaType: 'application/vnd.oci.image.config.v1+json',
      value: { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: diffIds } },
    },
    layers,
    findings: [],
  };
}
