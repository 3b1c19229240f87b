import { benchImage } from '../image/bench-image.ts';
import { layerBlobs } from '../image/layout.ts';
import { quote } from '../shell.ts';
import { type Case, cached, each, program, shell } from './case.ts';

const blobsOf = (layout: string) => layerBlobs(layout).map(({ path }) => path);
const gzipImage = cached(benchImage.gzipV1);

/** What reading the same bytes costs with nothing but a decompressor and a hash. */
export const floors: Case[] = [
  {
    id: 'floor/gzip-sha256',
    what: '`gzip -dc \\| sha256sum` of each layer in turn (floor A)',
    group: 'floor',
    wholeImage: true,
    needs: [gzipImage],
    command: () => each(blobsOf(benchImage.gzipV1), (blob) => `gzip -dc < ${blob} | sha256sum`),
  },
  {
    id: 'floor/gzip-sha256-pairs',
    what: '`gzip -dc \\| sha256sum`, two layers at a time',
    group: 'floor',
    wholeImage: true,
    needs: [gzipImage],
    command: () => {
      const blobs = blobsOf(benchImage.gzipV1).map(quote).join(' ');
      return shell(`printf '%s\\0' ${blobs} | xargs -0 -P 2 -I{} sh -c 'gzip -dc < "$1" | sha256sum' sh {}`);
    },
  },
  {
    id: 'floor/igzip-openssl',
    what: '`igzip -dc \\| openssl dgst -sha256` of each layer in turn (floor B)',
    group: 'floor',
    wholeImage: true,
    needs: [gzipImage, program('igzip'), program('openssl')],
    command: () => each(blobsOf(benchImage.gzipV1), (blob) => `igzip -dc < ${blob} | openssl dgst -sha256`),
  },
  {
    id: 'floor/zstd-openssl',
    what: '`zstd -dc \\| openssl dgst -sha256` of each zstd layer in turn',
    group: 'floor',
    wholeImage: true,
    needs: [cached(benchImage.zstdV1), program('zstd'), program('openssl')],
    command: () => each(blobsOf(benchImage.zstdV1), (blob) => `zstd -dcq < ${blob} | openssl dgst -sha256`),
  },
  {
    id: 'floor/openssl-archive',
    what: '`openssl dgst -sha256` of the docker-archive',
    group: 'floor',
    wholeImage: true,
    needs: [cached(benchImage.dockerV1), program('openssl')],
    command: () => ({ program: 'openssl', args: ['dgst', '-sha256', benchImage.dockerV1] }),
  },
  {
    id: 'floor/node',
    what: '`node -e 0`',
    group: 'floor',
    needs: [],
    command: () => ({ program: process.execPath, args: ['-e', '0'] }),
  },
];
