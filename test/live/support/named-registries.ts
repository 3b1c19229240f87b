import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { freePort } from './docker-registry.ts';
import { startBackground } from './program.ts';

/** A registry that tests may fill. */
export interface LiveRegistry {
  readonly host: string;
  /** PEM file of the authority that its certificate is from; null without TLS. */
  readonly ca: string | null;
  /** A folder with the `config.json` of who is logged in; null when nobody has to be. */
  readonly dockerConfig: string | null;
  /** Options that make skopeo come through, as its `--dest-…` ones. */
  readonly skopeoOptions: readonly string[];
  stop(): Promise<void>;
}

/** A registry that is not in Debian: it takes part when a variable names its program, or where it runs. */
export interface NamedRegistry {
  readonly name: string;
  readonly variable: string;
  /** Whether it is known to take blobs from another of its repositories. */
  readonly mounts: boolean;
  /** Arguments of the program, for a port and a folder of its own. */
  args(port: number, folder: string): readonly string[];
}

export const NAMED_REGISTRIES: readonly NamedRegistry[] = [
  {
    name: 'zot',
    variable: 'VARVE_TEST_ZOT',
    mounts: false,
    args: (port, folder) => ['serve', writeZotConfig(port, folder)],
  },
  {
    name: 'distribution 3',
    variable: 'VARVE_TEST_REGISTRY3',
    mounts: true,
    args: (port, folder) => ['serve', writeDistributionConfig(port, folder)],
  },
  {
    name: 'the registry of go-containerregistry',
    variable: 'VARVE_TEST_GGCR',
    mounts: false,
    args: (port) => ['-port', String(port)],
  },
];

/** Starts the program that the variable names, or takes the registry at the address that it gives. */
export async function startNamedRegistry(
  { args }: NamedRegistry,
  place: string,
  folder: string,
): Promise<LiveRegistry> {
  const url = /^https?:\/\//.test(place) ? new URL(place) : null;
  const common = { ca: null, dockerConfig: null, skopeoOptions: ['--dest-tls-verify=false'] };
  if (url !== null) return { ...common, host: url.host, stop: async () => {} };
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const program = await startBackground(place, args(port, folder), join(folder, 'log'), () => answers(port));
  return { ...common, host: `127.0.0.1:${port}`, ...program };
}

function writeZotConfig(port: number, folder: string): string {
  return writeConfig(folder, {
    storage: { rootDirectory: join(folder, 'data') },
    http: { address: '127.0.0.1', port: String(port) },
    log: { level: 'error' },
  });
}

function writeDistributionConfig(port: number, folder: string): string {
  return writeConfig(folder, {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
  });
}

/** JSON is YAML too. */
function writeConfig(folder: string, config: unknown): string {
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path: '/v2/' }, (response) => {
      response.resume();
      resolve(true);
    })
      .on('error', () => resolve(false))
      .end();
  });
}
