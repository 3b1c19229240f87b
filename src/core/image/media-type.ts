export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const DOCKER_INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';
export const IN_TOTO = 'application/vnd.in-toto+json';

const INDEXES = new Set([OCI_INDEX, DOCKER_INDEX]);
const MANIFESTS = new Set([OCI_MANIFEST, DOCKER_MANIFEST]);
const CONFIGS = new Set([OCI_CONFIG, DOCKER_CONFIG]);

export const isIndexType = (mediaType: string): boolean => INDEXES.has(mediaType);
export const isManifestType = (mediaType: string): boolean => MANIFESTS.has(mediaType);
/** Tells whether a media type is that of a container image's config, as opposed to an artifact's. */
export const isImageConfigType = (mediaType: string): boolean => CONFIGS.has(mediaType);

/** Tells whether a media type is that of a layer, even of a kind that is not known. */
export const isLayerLike = (mediaType: string): boolean =>
  /^application\/vnd\.(?:oci\.image\.layer|docker\.image\.rootfs)\./.test(mediaType);

/** What a layer's media type says of its bytes. */
export interface LayerType {
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** Foreign ("nondistributable") layers may be left out of registries and archives. */
  readonly foreign: boolean;
  readonly encrypted: boolean;
}

const LAYER =
  /^application\/vnd\.(?:oci\.image\.layer(?<nondistributable>\.nondistributable)?\.v1\.tar|docker\.image\.rootfs(?<foreign>\.foreign)?\.diff\.tar)(?:[+.](?<compression>gzip|zstd))?(?<encrypted>\+encrypted)?$/;

/**
 * Reads a layer's media type; null when it is not that of a layer.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md
 */
export function parseLayerType(mediaType: string): LayerType | null {
  const groups = LAYER.exec(mediaType)?.groups;
  if (groups === undefined) return null;
  const { nondistributable, foreign, compression, encrypted } = groups;
  return {
    compression: compression === 'gzip' || compression === 'zstd' ? compression : 'none',
    foreign: nondistributable !== undefined || foreign !== undefined,
    encrypted: encrypted !== undefined,
  };
}
