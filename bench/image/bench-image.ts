import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachePath, makeOnce } from '../cache.ts';
import { findProgram, run, say } from '../shell.ts';
import { withEngine } from './engine.ts';
import { ingredients } from './ingredients.ts';

const VERSIONS = ['v1', 'v2'] as const;

/** The finished forms of the bench image; v2 differs from v1 in the app layer alone. */
export const benchImage = {
  gzipV1: cachePath('image', 'oci-gzip-v1'),
  gzipV2: cachePath('image', 'oci-gzip-v2'),
  zstdV1: cachePath('image', 'oci-zstd-v1'),
  ociArchiveV1: cachePath('image', 'oci-archive-v1.tar'),
  dockerV1: cachePath('image', 'docker-save-v1.tar'),
  dockerV2: cachePath('image', 'docker-save-v2.tar'),
} as const;

const context = cachePath('build', 'context');
const storage = cachePath('build', 'storage');
const buildahRoot = [
  '--storage-driver',
  'overlay',
  '--root',
  storage,
  '--runroot',
  cachePath('build', 'run'),
];

/** Builds what is missing of the bench image; tells what it cannot build and goes on. */
export async function buildBenchImage(): Promise<void> {
  if (!existsSync(benchImage.gzipV1) || !existsSync(benchImage.gzipV2)) {
    const missing = ['buildah', 'mmdebstrap', 'apt-get', 'npm'].filter((program) => !findProgram(program));
    if (missing.length > 0) return say(`bench image: not built, ${missing.join(', ')} not installed`);
    if (process.getuid?.() !== 0) return say('bench image: not built, building needs root');
    await makeIngredients();
    await buildLayouts();
  }
  await convert();
  await saveFromEngine();
}

async function makeIngredients(): Promise<void> {
  for (const { name, what, make } of ingredients) {
    const path = join(context, name);
    if (existsSync(path)) continue;
    say(`bench image: making ${what} …`);
    await makeOnce(path, make);
  }
}

async function buildLayouts(): Promise<void> {
  const shared = 'localhost/varve-bench:shared';
  const containerfile = join(import.meta.dirname, 'Containerfile');
  say('bench image: building the shared layers …');
  build(containerfile, shared);
  for (const version of VERSIONS) {
    const name = `localhost/varve-bench:${version}`;
    const recipe = cachePath('build', `Containerfile.${version}`);
    writeFileSync(recipe, `FROM ${shared}\nCOPY app-${version} /srv/app/src\n`);
    say(`bench image: building ${version} …`);
    build(recipe, name);
    await makeOnce(version === 'v1' ? benchImage.gzipV1 : benchImage.gzipV2, (temporary) => {
      run('buildah', [...buildahRoot, 'push', '--format', 'oci', name, `oci:${temporary}:${version}`]);
    });
  }
  // buildah unmounts what it mounted before its storage goes.
  run('buildah', [...buildahRoot, 'rm', '--all']);
  run('buildah', [...buildahRoot, 'rmi', '--all', '--force']);
  run('rm', ['-rf', storage, cachePath('build', 'run')]);
}

/**
 * The host's own apt settings are mounted while the image is built, so that packages come from where
 * the host takes them and the image keeps no trace of it.
 */
function build(containerfile: string, name: string): void {
  run('buildah', [
    ...[...buildahRoot, 'build', '--isolation', 'chroot', '--layers', '--format', 'oci'],
    ...['--volume', '/etc/apt:/etc/apt:ro', '--volume', `${join(context, 'wheels')}:/wheels:ro`],
    ...['--env', 'DEBIAN_FRONTEND=noninteractive', '--file', containerfile, '--tag', name, context],
  ]);
}

async function convert(): Promise<void> {
  if (!findProgram('skopeo') || !existsSync(benchImage.gzipV1)) return;
  const from = `oci:${benchImage.gzipV1}:v1`;
  if (!existsSync(benchImage.zstdV1)) {
    say('bench image: writing the layout with zstd layers …');
    await makeOnce(benchImage.zstdV1, (temporary) => {
      copy(['--dest-compress-format', 'zstd', from, `oci:${temporary}:v1`]);
    });
  }
  if (!existsSync(benchImage.ociArchiveV1)) {
    say('bench image: writing the OCI archive …');
    await makeOnce(benchImage.ociArchiveV1, (temporary) => copy([from, `oci-archive:${temporary}:v1`]));
  }
}

async function saveFromEngine(): Promise<void> {
  const wanted = [benchImage.dockerV1, benchImage.dockerV2].filter((path) => !existsSync(path));
  if (wanted.length === 0 || !findProgram('skopeo') || !findProgram('docker')) return;
  if (!existsSync(benchImage.gzipV1) || !existsSync(benchImage.gzipV2)) return;
  const engineStorage = cachePath('build', 'engine');
  const layouts = { v1: benchImage.gzipV1, v2: benchImage.gzipV2 };
  const files = { v1: benchImage.dockerV1, v2: benchImage.dockerV2 };
  say('bench image: loading it into a Docker engine and saving it …');
  const saved = await withEngine(engineStorage, async (host) => {
    for (const version of VERSIONS) {
      const name = `varve-bench:${version}`;
      copy(['--dest-daemon-host', host, `oci:${layouts[version]}:${version}`, `docker-daemon:${name}`]);
      await makeOnce(files[version], (temporary) => {
        run('docker', ['--host', host, 'save', '--output', temporary, name]);
      });
    }
  });
  if (!saved) return say('bench image: no docker-archive, since no Docker engine can be started here');
  run('rm', ['-rf', engineStorage]);
}

function copy(args: string[]): void {
  run('skopeo', ['--insecure-policy', 'copy', '--quiet', ...args]);
}
