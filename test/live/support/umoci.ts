import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { run } from './program.ts';

/**
 * Makes an OCI layout with one image of the given layers.
 * @param layout folder to make
 * @param layers uncompressed tars, lowest first
 */
export async function umociImage(layout: string, tag: string, layers: readonly Buffer[]): Promise<void> {
  await umoci('init', '--layout', layout);
  await umoci('new', '--image', `${layout}:${tag}`);
  for (const [index, tar] of layers.entries()) {
    const file = `${layout}-layer-${index}.tar`;
    writeFileSync(file, tar);
    const step = ['--history.created_by', `layer ${index}`];
    await umoci('raw', 'add-layer', '--image', `${layout}:${tag}`, ...step, file);
  }
}

/**
 * Unpacks an image of an OCI layout as root.
 * @param image `FOLDER:TAG`
 * @param bundle folder to make
 * @returns the folder of the root filesystem
 */
export async function umociUnpack(image: string, bundle: string): Promise<string> {
  await umoci('unpack', '--image', image, bundle);
  return join(bundle, 'rootfs');
}

/** Runs umoci and gives its stdout. */
export async function umoci(...args: readonly string[]): Promise<string> {
  await ensurePackages('umoci');
  return run('umoci', args);
}
