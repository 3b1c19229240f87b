import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { attempt, type RunOptions, run, startBackground } from './program.ts';

/** A Docker engine of the tests' own: nothing else on the machine sees it. */
export interface DockerEngine {
  /** Address for clients, `unix://…`. */
  readonly host: string;
  /** Runs the docker client against this engine and gives its stdout. */
  docker(args: readonly string[], options?: RunOptions): Promise<string>;
  stop(): Promise<void>;
}

/** Starts Debian's Docker engine with socket, storage and settings below a folder, and no network. */
export async function startDockerEngine(folder: string): Promise<DockerEngine> {
  await ensurePackages('docker.io');
  const at = (name: string): string => join(folder, name);
  const host = `unix://${at('docker.sock')}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(at('daemon.json'), '{}');
  const client: DockerEngine['docker'] = (args, options = {}) =>
    run('docker', ['--host', host, ...args], { ...options, env: { DOCKER_BUILDKIT: '0', ...options.env } });
  const engine = await startBackground(
    '/usr/sbin/dockerd',
    [
      ...['--host', host, '--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid')],
      ...['--config-file', at('daemon.json'), '--iptables=false', '--bridge=none'],
    ],
    at('log'),
    async () => (await attempt('docker', ['--host', host, 'version'])).status === 0,
  );
  const stop = async (): Promise<void> => {
    await engine.stop();
    // A build with the host's network leaves its namespace mounted, and the folder could not be removed.
    await attempt('umount', [join(at('exec'), 'netns', 'default')]);
  };
  return { host, docker: client, stop };
}
