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
  /** Shows an image in a folder, which is made, as the kernel overlays its layers; until the engine stops. */
  mountImage(image: string, folder: string): Promise<void>;
  /** Runs containerd's client against the engine's containerd and gives its stdout. */
  ctr(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export interface DockerEngineOptions {
  /** The engine's program; Debian's when left out. */
  readonly program?: string;
  /** Settings of its `daemon.json`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Where it listens next to its socket: `tcp://…`. */
  readonly address?: string;
}

/** Starts a Docker engine with socket, storage and settings below a folder, and no network. */
export async function startDockerEngine(
  folder: string,
  {
    program = '/usr/sbin/dockerd',
    settings = { 'storage-driver': 'overlay2' },
    address,
  }: DockerEngineOptions = {},
): Promise<DockerEngine> {
  await ensurePackages('docker.io');
  const at = (name: string): string => join(folder, name);
  const host = `unix://${at('docker.sock')}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(at('daemon.json'), JSON.stringify(settings));
  const client: DockerEngine['docker'] = (args, options = {}) =>
    run('docker', ['--host', host, ...args], { ...options, env: { DOCKER_BUILDKIT: '0', ...options.env } });
  const engine = await startBackground(
    program,
    [
      ...['--host', host, '--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid')],
      ...(address === undefined ? [] : ['--host', address]),
      ...['--config-file', at('daemon.json'), '--iptables=false', '--bridge=none'],
    ],
    at('log'),
    async () => (await attempt('docker', ['--host', host, 'version'])).status === 0,
  );
  const mounted: string[] = [];
  const mountImage = async (image: string, target: string): Promise<void> => {
    const { Data } = JSON.parse(
      await client(['image', 'inspect', image, '--format', '{{json .GraphDriver}}']),
    );
    const layers = [Data.UpperDir, Data.LowerDir].filter(Boolean).join(':');
    mkdirSync(target);
    await run('mount', ['-t', 'overlay', 'overlay', '-o', `ro,lowerdir=${layers}`, target]);
    mounted.push(target);
  };
  const ctr: DockerEngine['ctr'] = (...args) =>
    run('ctr', ['--address', at('exec/containerd/containerd.sock'), '--namespace', 'test', ...args]);
  const stop = async (): Promise<void> => {
    for (const target of mounted) await run('umount', [target]);
    await engine.stop();
    // A build with the host's network leaves its namespace mounted, and the folder could not be removed.
    await attempt('umount', [join(at('exec'), 'netns', 'default')]);
  };
  return { host, docker: client, mountImage, ctr, stop };
}
