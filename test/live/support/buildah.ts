import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { type RunOptions, run } from './program.ts';

/** Buildah with storage of the tests' own. */
export interface Buildah {
  /** Runs buildah and gives its stdout. */
  run(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Builds a folder's Dockerfile as `localhost/TAG`, with the layer cache on unless `args` say otherwise. */
  build(context: string, tag: string, ...args: readonly string[]): Promise<void>;
  /** Writes an image to a destination such as `oci:FOLDER:TAG`. */
  push(tag: string, destination: string, ...args: readonly string[]): Promise<void>;
}

/** Prepares Buildah with its storage below a folder. The vfs driver mounts nothing, so the folder is simply removed. */
export async function prepareBuildah(folder: string): Promise<Buildah> {
  await ensurePackages('buildah');
  const storage = [
    '--storage-driver',
    'vfs',
    '--root',
    join(folder, 'storage'),
    '--runroot',
    join(folder, 'run'),
  ];
  const buildah: Buildah['run'] = (args, options) => run('buildah', [...storage, ...args], options);
  return {
    run: buildah,
    build: async (context, tag, ...args) => {
      const common = ['bud', '--isolation', 'chroot', '--layers', '--tag', `localhost/${tag}`];
      await buildah([...common, ...args, context]);
    },
    push: async (tag, destination, ...args) => {
      await buildah(['push', '--quiet', '--format', 'oci', ...args, `localhost/${tag}`, destination]);
    },
  };
}
