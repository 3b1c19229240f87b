import type { Finding } from '../words/finding.ts';
import { type LayerType, parseLayerType } from './media-type.ts';

/**
 * What is odd about the media type of a layer whose bytes were read: bytes decide how a layer is read, and a media
 * type that says otherwise makes other tools fail on it. Null when it is right, or of an unknown kind.
 */
export function layerTypeFinding(mediaType: string | null, found: LayerType['compression']): Finding | null {
  const stated = mediaType === null ? null : parseLayerType(mediaType);
  if (stated === null || stated.compression === found) return null;
  return {
    code: 'media-type',
    detail: `the bytes are ${WORDS[found]}, the media type says ${WORDS[stated.compression]}`,
  };
}

const WORDS: Readonly<Record<LayerType['compression'], string>> = {
  none: 'not compressed',
  gzip: 'gzip',
  zstd: 'zstd',
};
