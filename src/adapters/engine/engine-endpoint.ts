import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import { type DockerContext, findDockerContext } from './docker-context.ts';
import { type EngineTls, readCertificates } from './engine-certificates.ts';

/** Where a container engine listens. */
export interface EngineEndpoint {
  /** As users write it: `unix:///var/run/docker.sock`, `tcp://10.0.0.5:2376`. */
  readonly address: string;
  readonly target:
    | { readonly kind: 'socket'; readonly path: string }
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly tls: EngineTls | null };
}

/** What says where the engine is. */
export interface EngineSettings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's folder; null for a user without one. */
  readonly home: string | null;
  /** Docker's own folder, with `config.json` and `contexts`. */
  readonly dockerFolder: string | null;
}

/**
 * Finds the engine that the docker client would talk to: `DOCKER_HOST`, else the context in use, else a socket where
 * Docker, rootless Docker, Docker Desktop or Podman put theirs.
 * @returns null when none of these is there.
 * @throws VarveError `bad-option` for an address or a context that cannot be used.
 * @see https://docs.docker.com/engine/manage-resources/contexts/
 */
export function findEngineEndpoint(settings: EngineSettings): EngineEndpoint | null {
  const { environment } = settings;
  if (environment.DOCKER_HOST) return parseEndpoint(environment.DOCKER_HOST, 'DOCKER_HOST', tlsOf(settings));
  const context = findContext(settings);
  if (context !== null) return parseEndpoint(context.host, `the docker context ${context.name}`, context.tls);
  if (environment.CONTAINER_HOST) return parseEndpoint(environment.CONTAINER_HOST, 'CONTAINER_HOST', null);
  const path = usualSockets(settings).find((candidate) => existsSync(candidate));
  return path === undefined ? null : socketAt(path);
}

function findContext({ environment, dockerFolder }: EngineSettings): DockerContext | null {
  const { DOCKER_CONTEXT: named } = environment;
  if (dockerFolder !== null) return findDockerContext(dockerFolder, named);
  if (named) throw noFolder(`the docker context ${named}`);
  return null;
}

/** Where engines listen when nobody says otherwise, in the order of preference. */
function usualSockets({ environment, home }: EngineSettings): string[] {
  const runtime = environment.XDG_RUNTIME_DIR;
  return [
    '/var/run/docker.sock',
    ...(runtime ? [join(runtime, 'docker.sock')] : []),
    ...(home === null ? [] : [join(home, '.docker/run/docker.sock')]),
    '/run/podman/podman.sock',
    ...(runtime ? [join(runtime, 'podman/podman.sock')] : []),
  ];
}

const socketAt = (path: string): EngineEndpoint => ({
  address: `unix://${path}`,
  target: { kind: 'socket', path },
});

/** @param origin what the address was taken from, for errors. */
function parseEndpoint(address: string, origin: string, tls: EngineTls | null): EngineEndpoint {
  const path = /^(?:unix:\/\/|(?=\/))(.+)$/.exec(address)?.[1];
  if (path !== undefined) return socketAt(path);
  const isHttps = address.startsWith('https:');
  // Of a scheme that has no port of its own, every port is kept.
  const url = /^(?:tcp|https?):\/\/./.test(address) && URL.parse(address.replace(/^https?:/, 'tcp:'));
  if (!url || url.hostname === '') throw unusable(address, origin);
  const secured = tls ?? (isHttps ? { ca: null, cert: null, key: null, verify: true } : null);
  const port = url.port === '' ? (secured === null ? 2375 : 2376) : Number(url.port);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { address, target: { kind: 'tcp', host, port, tls: secured } };
}

/** What the docker client reads when `DOCKER_HOST` names a server. */
function tlsOf({ environment, dockerFolder }: EngineSettings): EngineTls | null {
  const verify = Boolean(environment.DOCKER_TLS_VERIFY);
  if (!verify && !environment.DOCKER_TLS) return null;
  const folder = environment.DOCKER_CERT_PATH || dockerFolder;
  if (folder === null) throw noFolder("the engine's certificates");
  return readCertificates(folder, verify);
}

function noFolder(wanted: string): VarveError {
  return new VarveError('bad-option', `this user has no home folder to look for ${wanted} in`, {
    object: wanted,
    hint: 'name the folder of docker with DOCKER_CONFIG',
  });
}

function unusable(address: string, origin: string): VarveError {
  const scheme = /^([a-z]+):\/\//.exec(address)?.[1];
  const isKnown = scheme === undefined || ['unix', 'tcp', 'http', 'https'].includes(scheme);
  const problem = isKnown ? 'it is not an address' : `engines are not reached by ${scheme}`;
  const object = address.slice(0, 200);
  return new VarveError('bad-option', `${origin} is ${JSON.stringify(object)}: ${problem}`, {
    object,
    hint:
      scheme === 'ssh'
        ? 'forward its socket (ssh -L /tmp/docker.sock:/var/run/docker.sock HOST) and name that: unix:///tmp/docker.sock'
        : 'write unix:///PATH or tcp://HOST:PORT',
  });
}
