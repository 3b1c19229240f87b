import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Buildah } from './buildah.ts';
import { makeBusyboxContext, makeBusyboxRoot } from './busybox-context.ts';
import type { DockerEngine } from './docker-engine.ts';
import { run } from './program.ts';
import { randomChanges } from './random-changes.ts';
import { umoci, umociImage, umociUnpack } from './umoci.ts';

/** Layers of an image, next to the one of its base. */
const CHANGES = 6;
const COMMANDS = 250;

/**
 * Makes an image with umoci, which compares a folder before and after each of many changes.
 * @param folder folder to make
 * @returns the image as `LAYOUT:TAG`, and the folder of files as the last change left it
 */
export async function buildWithUmoci(folder: string): Promise<{ image: string; root: string }> {
  mkdirSync(folder);
  const layout = join(folder, 'layout');
  const bundle = join(folder, 'bundle');
  await umociImage(layout, 'built', []);
  const root = await umociUnpack(`${layout}:built`, bundle);
  await makeBusyboxRoot(root);
  // Where a directory becomes a symlink, umoci 0.4.7 writes whiteouts below the link, which then hide elsewhere.
  for (const script of randomChanges(2, CHANGES, COMMANDS, 'own')) {
    await run('chroot', [root, '/bin/sh', '-c', script]);
    await umoci('repack', '--refresh-bundle', '--image', `${layout}:built`, bundle);
  }
  return { image: `${layout}:built`, root };
}

/**
 * Builds an image with Docker, which keeps it as `built:1`.
 * @param folder folder to make
 * @returns the archive that it is saved in
 */
export async function buildWithDocker({ docker }: DockerEngine, folder: string): Promise<string> {
  const context = join(folder, 'context');
  await makeBusyboxContext(context, randomChanges(3, CHANGES, COMMANDS));
  await docker(['build', '--quiet', '--network=none', '--tag', 'built:1', context]);
  const archive = join(folder, 'saved.tar');
  await docker(['save', '--output', archive, 'built:1']);
  return archive;
}

/**
 * Builds an image with Buildah, which keeps it as `localhost/built`.
 * @param folder folder to make
 * @returns the image as `LAYOUT:TAG`
 */
export async function buildWithBuildah(buildah: Buildah, folder: string): Promise<string> {
  const context = join(folder, 'context');
  await makeBusyboxContext(context, randomChanges(4, CHANGES, COMMANDS));
  await buildah.build(context, 'built');
  const image = `${join(folder, 'layout')}:built`;
  await buildah.push('built', `oci:${image}`);
  return image;
}
