import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ensurePackages } from './debian-packages.ts';
import { type Background, run, startBackground } from './program.ts';
import { makeCertificate } from './throw-away-certificate.ts';

export const LOGIN = { username: 'ann', password: 'correct horse' } as const;

const READ_ONLY = ', maintenance: {readonly: {enabled: true}}';

export type RegistryKind = 'plain' | 'htpasswd' | 'tls' | 'read-only';

/** Debian's docker-registry, on a port of its own. */
export interface DockerRegistry extends Background {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** PEM file of the authority that its certificate is from; null without TLS. */
  readonly ca: string | null;
  /** A folder with the `config.json` of who is logged in. */
  readonly dockerConfig: string;
  /** Options that make skopeo come through, as its `--dest-…` ones. */
  readonly skopeoOptions: readonly string[];
  /** Digests of the blobs that were read since the start, as often as they were. */
  blobReads(): string[];
}

/**
 * Starts a registry that keeps all that it is given in a new folder.
 * @param data where its blobs are, if not there.
 */
export async function startDockerRegistry(
  folder: string,
  kind: RegistryKind = 'plain',
  data = join(folder, 'data'),
): Promise<DockerRegistry> {
  await ensurePackages('docker-registry', 'apache2-utils');
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const lines = [
    'version: 0.1',
    'log: {level: error}',
    `storage: {filesystem: {rootdirectory: ${data}}, delete: {enabled: true}${kind === 'read-only' ? READ_ONLY : ''}}`,
    'http:',
    `  addr: ${host}`,
  ];
  const ca = kind === 'tls' ? join(folder, 'ca.pem') : null;
  if (kind === 'tls') {
    await makeCertificate(folder);
    lines.push(`  tls: {certificate: ${join(folder, 'server.pem')}, key: ${join(folder, 'server.key')}}`);
  }
  if (kind === 'htpasswd') {
    const file = join(folder, 'htpasswd');
    const { username, password } = LOGIN;
    writeFileSync(file, await run('htpasswd', ['-n', '-b', '-B', username, password]));
    lines.push('auth:', `  htpasswd: {realm: here, path: ${file}}`);
  }
  const config = join(folder, 'config.yml');
  writeFileSync(config, `${lines.join('\n')}\n`);
  const log = join(folder, 'log');
  const registry = await startBackground('docker-registry', ['serve', config], log, () =>
    answers(port, kind),
  );
  return {
    ...registry,
    host,
    ca,
    dockerConfig: writeDockerConfig(folder, host),
    skopeoOptions: [
      '--dest-tls-verify=false',
      ...(kind === 'htpasswd' ? [`--dest-creds=${LOGIN.username}:${LOGIN.password}`] : []),
    ],
    blobReads: () =>
      [...readFileSync(log, 'utf8').matchAll(/"GET \/v2\/\S+\/blobs\/(sha256:\w+) /g)].map(
        ([, digest = '']) => digest,
      ),
  };
}

function writeDockerConfig(folder: string, host: string): string {
  const auth = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
  return folder;
}

function answers(port: number, kind: RegistryKind): Promise<boolean> {
  const request = kind === 'tls' ? tlsRequest : plainRequest;
  return new Promise((resolve) => {
    request({ host: '127.0.0.1', port, path: '/v2/', rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve(true);
    })
      .on('error', () => resolve(false))
      .end();
  });
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
