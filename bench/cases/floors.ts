import { join } from 'node:path';
import { cachePath } from '../cache.ts';
import { benchImage } from '../image/bench-image.ts';
import { layerBlobs } from '../image/layout.ts';
import { quote, run } from '../shell.ts';
import { type Case, type Command, cached, each, type Need, program, shell } from './case.ts';

const blobsOf = (layout: string) => layerBlobs(layout).map(({ path }) => path);
const largestFirst = (layout: string) =>
  layerBlobs(layout)
    .toSorted((a, b) => b.size - a.size)
    .map(({ path }) => path);
const gzipImage = cached(benchImage.gzipV1);

/** Floor C: see `floors/inflate-and-hash.ts`. */
function bareNode(id: string, what: string, needs: readonly Need[], parts: () => readonly string[]): Case {
  const script = cachePath('build', 'inflate-and-hash.js');
  const source = join(import.meta.dirname, '..', 'floors', 'inflate-and-hash.ts');
  const bundler = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'rolldown');
  return {
    id,
    what,
    group: 'floor',
    needs,
    // Types would be stripped within what is timed.
    prepare: () => {
      run(bundler, [source, '--platform', 'node', '--format', 'esm', '--file', script]);
    },
    command: (): Command => ({ program: process.execPath, args: [script, ...parts()] }),
  };
}

/** The layers of the classic `docker save`, largest first, as parts of the file. */
function savedLayers(archive: string): string[] {
  return run('tar', ['--list', '--verbose', '--block-number', '--file', archive])
    .split('\n')
    .filter((line) => line.endsWith('/layer.tar'))
    .map((line) => line.split(/[:\s]+/))
    .map(([, block, , , size]) => ({ offset: (Number(block) + 1) * 512, size: Number(size) }))
    .sort((a, b) => b.size - a.size)
    .map(({ offset, size }) => `${archive}:${offset}:${size}`);
}

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
    ...bareNode(
      'floor/bare-gzip',
      'two bare Node threads inflate and hash the gzip layers (floor C)',
      [gzipImage],
      () => largestFirst(benchImage.gzipV1),
    ),
    wholeImage: true,
  },
  {
    ...bareNode(
      'floor/bare-zstd',
      'two bare Node threads inflate and hash the zstd layers',
      [cached(benchImage.zstdV1)],
      () => largestFirst(benchImage.zstdV1),
    ),
    wholeImage: true,
  },
  {
    ...bareNode(
      'floor/bare-archive',
      'two bare Node threads hash the layers in the docker-archive',
      [cached(benchImage.dockerV1)],
      () => savedLayers(benchImage.dockerV1),
    ),
    wholeImage: true,
  },
  bareNode(
    'floor/bare-layer',
    'bare Node inflates and hashes the one changed layer',
    [cached(benchImage.gzipV2)],
    () => blobsOf(benchImage.gzipV2).slice(-1),
  ),
  {
    id: 'floor/node',
    what: '`node -e 0`',
    group: 'floor',
    needs: [],
    command: () => ({ program: process.execPath, args: ['-e', '0'] }),
  },
];
