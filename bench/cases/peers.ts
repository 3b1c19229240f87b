import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cachePath } from '../cache.ts';
import { benchImage } from '../image/bench-image.ts';
import { layerBlobs } from '../image/layout.ts';
import { workFolder } from '../measure.ts';
import { run } from '../shell.ts';
import { type Case, cached, program, root } from './case.ts';
import { snykFolder } from './snyk-install.ts';

const peersFolder = join(import.meta.dirname, '..', 'peers');
const bundle = join(workFolder, 'umoci-bundle');
const podmanRoot = join(workFolder, 'podman');
const copied = join(workFolder, 'copied');
const changedLayers = cachePath('image', 'changed-layer');

const remove = (path: string) => rmSync(path, { recursive: true, force: true });
const skopeoCopy = (to: string) => ({
  program: 'skopeo',
  args: ['--insecure-policy', 'copy', '--quiet', `oci:${benchImage.gzipV1}:v1`, to],
});

/** Other tools that read the same image whole. */
export const peers: Case[] = [
  {
    id: 'peer/python-tarfile',
    what: "Python's `tarfile` + `hashlib`: SHA-256 of every file, gzip layers",
    group: 'peer',
    wholeImage: true,
    needs: [cached(benchImage.gzipV1), program('python3')],
    command: () => ({
      program: 'python3',
      args: [join(peersFolder, 'inventory.py'), ...layerBlobs(benchImage.gzipV1).map(({ path }) => path)],
    }),
  },
  {
    id: 'peer/skopeo-archive',
    what: '`skopeo copy oci: docker-archive:` (inflates)',
    group: 'peer',
    wholeImage: true,
    needs: [cached(benchImage.gzipV1), program('skopeo')],
    reset: () => remove(copied),
    command: () => skopeoCopy(`docker-archive:${copied}:bench:v1`),
  },
  {
    id: 'peer/skopeo-oci',
    what: '`skopeo copy oci: oci:` (hashes compressed bytes only)',
    group: 'peer',
    wholeImage: true,
    needs: [cached(benchImage.gzipV1), program('skopeo')],
    reset: () => remove(copied),
    command: () => skopeoCopy(`oci:${copied}:v1`),
  },
  {
    id: 'peer/snyk-docker-archive',
    what: "snyk-docker-plugin's default analysis of the docker-archive",
    group: 'peer',
    wholeImage: true,
    needs: [cached(benchImage.dockerV1), cached(snykFolder)],
    command: () => snyk(`docker-archive:${benchImage.dockerV1}`),
  },
  {
    id: 'peer/snyk-oci-archive',
    what: "snyk-docker-plugin's default analysis of the OCI archive, gzip layers",
    group: 'peer',
    wholeImage: true,
    needs: [cached(benchImage.ociArchiveV1), cached(snykFolder)],
    command: () => snyk(`oci-archive:${benchImage.ociArchiveV1}`),
  },
  {
    id: 'peer/umoci-unpack',
    what: '`umoci unpack`, gzip layers',
    group: 'peer',
    wholeImage: true,
    needs: [cached(benchImage.gzipV1), program('umoci'), root],
    reset: () => remove(bundle),
    command: () => ({ program: 'umoci', args: ['unpack', '--image', `${benchImage.gzipV1}:v1`, bundle] }),
  },
  {
    id: 'peer/podman-pull',
    what: '`podman pull oci:` into overlay storage, gzip layers',
    group: 'peer',
    wholeImage: true,
    needs: [cached(benchImage.gzipV1), program('podman'), root],
    reset: removePodmanStorage,
    // podman makes an image name of the path, so the path must be a plain relative one.
    directory: dirname(benchImage.gzipV1),
    command: () => ({ program: 'podman', args: [...podmanStorage, 'pull', '--quiet', 'oci:oci-gzip-v1:v1'] }),
  },
  {
    id: 'peer/diffoscope',
    what: 'diffoscope of the changed layer alone (19 MB, v1 against v2)',
    group: 'peer',
    needs: [cached(benchImage.gzipV1), cached(benchImage.gzipV2), program('diffoscope')],
    prepare: extractChangedLayers,
    accepts: [0, 1],
    command: () => ({
      program: 'diffoscope',
      args: ['--no-progress', join(changedLayers, 'v1', 'layer.tar'), join(changedLayers, 'v2', 'layer.tar')],
    }),
  },
];

const podmanStorage = [
  ...['--root', join(podmanRoot, 'storage'), '--runroot', join(podmanRoot, 'run')],
  ...['--storage-driver', 'overlay'],
];

function snyk(path: string) {
  return { program: process.execPath, args: [join(peersFolder, 'snyk.ts'), snykFolder, path] };
}

/** A pull that fails leaves its storage mounted on itself. */
function removePodmanStorage(): void {
  spawnSync('umount', ['--quiet', join(podmanRoot, 'storage', 'overlay')]);
  remove(podmanRoot);
}

function extractChangedLayers(): void {
  for (const [version, layout] of [
    ['v1', benchImage.gzipV1],
    ['v2', benchImage.gzipV2],
  ] as const) {
    const blob = layerBlobs(layout).at(-1);
    if (!blob) throw new Error(`${layout} has no layers`);
    const folder = join(changedLayers, version);
    mkdirSync(folder, { recursive: true });
    run('sh', ['-c', 'gzip -dc < "$1" > "$2"', 'sh', blob.path, join(folder, 'unfinished')]);
    renameSync(join(folder, 'unfinished'), join(folder, 'layer.tar'));
  }
}

/** Unmounts and removes what the peers left. */
export function cleanAfterPeers(): void {
  removePodmanStorage();
}
