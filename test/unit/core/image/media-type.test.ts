import { describe, expect, it } from 'vitest';
import { parseLayerType } from '../../../../src/core/image/media-type.ts';

const plain = { foreign: false, encrypted: false };

describe('parseLayerType', () => {
  it.each([
    ['application/vnd.oci.image.layer.v1.tar', { ...plain, compression: 'none' }],
    ['application/vnd.oci.image.layer.v1.tar+gzip', { ...plain, compression: 'gzip' }],
    ['application/vnd.oci.image.layer.v1.tar+zstd', { ...plain, compression: 'zstd' }],
    [
      'application/vnd.oci.image.layer.nondistributable.v1.tar',
      { ...plain, compression: 'none', foreign: true },
    ],
    [
      'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
      { ...plain, compression: 'gzip', foreign: true },
    ],
    [
      'application/vnd.oci.image.layer.v1.tar+gzip+encrypted',
      { ...plain, compression: 'gzip', encrypted: true },
    ],
    ['application/vnd.docker.image.rootfs.diff.tar', { ...plain, compression: 'none' }],
    ['application/vnd.docker.image.rootfs.diff.tar.gzip', { ...plain, compression: 'gzip' }],
    ['application/vnd.docker.image.rootfs.diff.tar.zstd', { ...plain, compression: 'zstd' }],
    [
      'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      { ...plain, compression: 'gzip', foreign: true },
    ],
  ])('%s', (mediaType, type) => {
    expect(parseLayerType(mediaType)).toEqual(type);
  });

  it.each(['', 'text/plain', 'application/vnd.in-toto+json', 'application/vnd.oci.image.layer.v1.tar+xz'])(
    '%j is no layer',
    (mediaType) => {
      expect(parseLayerType(mediaType)).toBeNull();
    },
  );
});
