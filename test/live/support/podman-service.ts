import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { attempt, type Background, run, startBackground } from './program.ts';

/** A Podman of the tests' own that speaks Docker's language. */
export interface PodmanService extends Background {
  /** Address for clients, `unix://…`. */
  readonly host: string;
  /** Runs podman on the same storage and gives its stdout. */
  podman(args: readonly string[]): Promise<string>;
}

/** Starts Debian's Podman as a service with socket and storage below a folder. The vfs driver mounts nothing. */
export async function startPodmanService(folder: string): Promise<PodmanService> {
  await ensurePackages('podman');
  mkdirSync(folder, { recursive: true });
  const host = `unix://${join(folder, 'podman.sock')}`;
  const storage = [
    ...['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')],
    ...['--storage-driver', 'vfs', '--events-backend', 'file'],
  ];
  const service = await startBackground(
    'podman',
    [...storage, 'system', 'service', '--time', '0', host],
    join(folder, 'log'),
    async () => (await attempt('podman', ['--url', host, 'version'])).status === 0,
  );
  return { ...service, host, podman: (args) => run('podman', [...storage, ...args]) };
}
