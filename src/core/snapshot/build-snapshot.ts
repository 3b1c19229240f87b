import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { compareFragments, type FragmentRecord } from '../analysis/fragment.ts';
import type { SourceImage } from '../image/image-source.ts';
import { assembleSnapshot, type Snapshot } from './snapshot.ts';

/** What a snapshot says of a layer in addition to what the image claims. */
export interface LayerResults {
  readonly step: string;
  readonly createdBy: string;
  readonly uncompressedSize: number;
  readonly fragments: readonly FragmentRecord[];
}

/**
 * The snapshot of an image whose layers were all verified or were known.
 * @param contents one for each layer, in their order.
 * @param fragments those of the image as a whole.
 */
export function buildSnapshot(
  image: Pick<SourceImage, 'platform' | 'manifest' | 'config' | 'layers'>,
  contents: readonly LayerResults[],
  fragments: readonly FragmentRecord[] = [],
): Snapshot {
  const { platform, manifest, config } = image;
  const facts = {
    platform: { ...platform },
    manifest: manifest && {
      digest: manifest.digest,
      mediaType: manifest.mediaType,
      size: manifest.bytes.length,
    },
    config: { digest: config.digest, size: config.bytes.length },
    layers: image.layers.map((layer, index) => {
      const content = contents[index];
      if (content === undefined) throw new VarveError('internal', `layer ${index} was not looked at`);
      return {
        index,
        diffId: layer.diffId,
        digest: layer.digest,
        size: layer.size,
        mediaType: layer.mediaType,
        uncompressedSize: content.uncompressedSize,
        step: content.step.toWellFormed(),
        createdBy: content.createdBy.toWellFormed(),
        fragments: [...content.fragments].sort(compareFragments),
      };
    }),
  };
  return assembleSnapshot(facts, [...fragments].sort(compareFragments));
}

/** The bytes that are stored, and that the snapshot's digest is over. */
export function snapshotBytes(snapshot: Snapshot): Buffer {
  return canonicalBytes(snapshot);
}

export function snapshotDigest(snapshot: Snapshot): Digest {
  return digestOf(snapshotBytes(snapshot));
}
