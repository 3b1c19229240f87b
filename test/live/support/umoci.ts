import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { run } from './program.ts';

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
