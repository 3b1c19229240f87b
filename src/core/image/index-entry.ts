import { type Digest, isDigest } from '../../base/digest.ts';
import type { Attachment } from './image-source.ts';
import type { ImageManifest, IndexEntry } from './manifest.ts';
import { IN_TOTO, isImageConfigType, isIndexType, isLayerLike, isManifestType } from './media-type.ts';

/** Annotations that BuildKit gives the manifests it attaches to an image. */
const REFERENCE_TYPE = 'vnd.docker.reference.type';
const REFERENCE_DIGEST = 'vnd.docker.reference.digest';
const ATTESTATION = 'attestation-manifest';

/**
 * What an entry leads to, as far as its index tells. `manifest`: an image, or an artifact that only its manifest will tell
 * from one. Engines choose an image by its platform alone, so an entry that is for a platform may be one whatever else it
 * claims to be.
 * @see https://github.com/moby/buildkit/blob/v0.18.0/docs/attestations/attestation-storage.md
 * @see https://github.com/containerd/containerd/blob/v2.1.4/core/images/image.go
 */
export function classifyEntry(entry: IndexEntry): 'index' | 'manifest' | Attachment['kind'] {
  if (isIndexType(entry.mediaType)) return 'index';
  const { os, architecture } = entry.platform ?? {};
  const isForNone = os === 'unknown' && architecture === 'unknown';
  return isManifestType(entry.mediaType) && !isForNone ? 'manifest' : (claimedKind(entry) ?? 'artifact');
}

/** What an entry claims to be in place of an image; null where it claims nothing. */
export function claimedKind({ annotations, artifactType }: IndexEntry): Attachment['kind'] | null {
  if (annotations?.[REFERENCE_TYPE] === ATTESTATION) return 'attestation';
  return artifactType === undefined || isImageConfigType(artifactType) ? null : 'artifact';
}

/** What a manifest, once read, turns out to be: the image of a container, or something that travels as one. */
export function classifyManifest({
  artifactType,
  config,
  layers,
}: ImageManifest): 'image' | Attachment['kind'] {
  if (layers.length > 0 && layers.every((layer) => layer.mediaType === IN_TOTO)) return 'attestation';
  if (artifactType !== undefined && !isImageConfigType(artifactType)) return 'artifact';
  if (!isImageConfigType(config.mediaType)) return 'artifact';
  // Signatures have the config of an image, but nothing in them is a layer.
  return layers.length === 0 || layers.some((layer) => isLayerLike(layer.mediaType)) ? 'image' : 'artifact';
}

/** The record of an entry that is not an image. What its manifest says comes first, where it was read. */
export function toAttachment(
  kind: Attachment['kind'],
  entry: IndexEntry,
  manifest: ImageManifest | null = null,
): Attachment {
  return {
    kind,
    digest: entry.digest,
    mediaType: entry.mediaType,
    size: entry.size,
    artifactType: manifest?.artifactType ?? entry.artifactType ?? artifactConfigType(manifest),
    subject: manifest?.subject?.digest ?? referencedDigest(entry),
  };
}

/** A manifest without an artifactType is of the type of its config. */
function artifactConfigType(manifest: ImageManifest | null): string | null {
  const type = manifest?.config.mediaType;
  return type === undefined || isImageConfigType(type) ? null : type;
}

/** The manifest that an attachment's annotation names as the one it speaks of. */
export function referencedDigest(entry: IndexEntry): Digest | null {
  const digest = entry.annotations?.[REFERENCE_DIGEST];
  return digest !== undefined && isDigest(digest) ? digest : null;
}
