import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pointer } from '../../src/core/run/pointer.ts';
import { DIST } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { debianImage } from './support/debian-image.ts';
import { ensurePackages } from './support/debian-packages.ts';
import { type DockerRegistry, type RegistryKind, startDockerRegistry } from './support/docker-registry.ts';
import { numberedLayers } from './support/numbered-layers.ts';
import { attempt, type Outcome, run } from './support/program.ts';
import { skopeoCopy } from './support/skopeo.ts';
import { umociImage } from './support/umoci.ts';
import { startUnreliableProxy, type Trouble } from './support/unreliable-proxy.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const newPath = temporaryFolder();

/** Runs the built command line as somebody who is logged in nowhere, unless they say so. */
function varve(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return attempt(process.execPath, [join(DIST, 'cli.js'), ...args], {
    env: { DOCKER_CONFIG: '/nonexistent', ...env },
  });
}

async function take(image: string, store: string, ...more: readonly string[]): Promise<Pointer> {
  const args = [
    'snapshot',
    image,
    '--name',
    'shop',
    '--baseline',
    `dir:${store}`,
    '--format',
    'json',
    ...more,
  ];
  const { status, stdout, stderr } = await varve(args);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const digests = ({ snapshotDigest, manifestDigest, manifest }: Pointer) => ({
  snapshotDigest,
  manifestDigest,
  artifacts: manifest.artifacts.map(({ kind, digest }) => `${kind} ${digest}`),
});

describe.each<RegistryKind>(['plain', 'htpasswd', 'tls'])('a registry of the kind %s', (kind) => {
  let registry: DockerRegistry;
  let options: string[];
  let env: Record<string, string>;

  beforeAll(async () => {
    registry = await startDockerRegistry(newPath('registry'), kind);
    options = registry.ca === null ? [] : ['--ca', registry.ca];
    env = kind === 'htpasswd' ? { DOCKER_CONFIG: registry.dockerConfig } : {};
    await skopeoCopy(
      `oci:${join(FIXTURES, 'app-v1')}:shop:v1`,
      `docker://${registry.host}/team/shop:v1`,
      ...registry.skopeoOptions,
    );
  });

  afterAll(() => registry?.stop());

  it('gives what the layout gives', async () => {
    const args = ['--name', 'shop', '--format', 'json', '--cas-root'];
    const layout = await varve(['snapshot', `oci:${join(FIXTURES, 'app-v1')}:shop:v1`, ...args, newPath()]);
    const image = `docker://${registry.host}/team/shop:v1`;
    const pulled = await varve(['snapshot', image, ...args, newPath(), ...options], env);
    expect(pulled.stderr).toBe('');
    expect(digests(JSON.parse(pulled.stdout))).toEqual(digests(JSON.parse(layout.stdout)));
  });

  if (kind === 'htpasswd')
    it('refuses who is not logged in', async () => {
      const { status, stderr } = await varve([
        'tree',
        `docker://${registry.host}/team/shop:v1`,
        '--cas-root',
        newPath(),
      ]);
      expect([status, stderr]).toEqual([4, expect.stringContaining(`docker login ${registry.host}`)]);
    });

  if (kind === 'tls')
    it('is not trusted without its authority', async () => {
      const { status, stderr } = await varve([
        'tree',
        `docker://${registry.host}/team/shop:v1`,
        '--cas-root',
        newPath(),
      ]);
      expect([status, stderr]).toEqual([4, expect.stringContaining('--ca')]);
    });
});

describe('a build that was pushed', () => {
  const layout = `oci:${join(FIXTURES, 'buildx/layout')}`;
  let registry: DockerRegistry;
  let metadata: string;

  beforeAll(async () => {
    registry = await startDockerRegistry(newPath('registry'));
    const options = ['--all', '--preserve-digests', ...registry.skopeoOptions];
    await skopeoCopy(`${layout}:2.0`, `docker://${registry.host}/shop/web:2.0`, ...options);
    const written = readFileSync(join(FIXTURES, 'buildx/build.json'), 'utf8');
    metadata = written.replaceAll('registry.example/', `${registry.host}/`);
  });

  afterAll(() => registry?.stop());

  it('is found by what buildx wrote of it, with its attestation and the lines that made it', async () => {
    const args = ['snapshot', '--metadata', metadata, '--format', 'json', '--cas-root', newPath()];
    const { status, stdout, stderr } = await varve(args);
    expect([status, stderr]).toEqual([0, '']);
    const found: Pointer = JSON.parse(stdout);
    const there = await take(layout, newPath());
    expect(digests(found)).toEqual(digests(there));
    expect(found.attachments).toEqual(there.attachments);
    expect(found.locations).toEqual(there.locations);
    expect(found.locations.at(-1)).toMatchObject({ file: 'web.Dockerfile', firstLine: 15 });
  });

  it('is told from what was pushed over its tag', async () => {
    const image = `docker://${registry.host}/shop/web:2.0`;
    await skopeoCopy(`oci:${join(FIXTURES, 'app-v1')}:shop:v1`, image, ...registry.skopeoOptions);
    const args = ['snapshot', image, '--metadata', metadata, '--cas-root', newPath()];
    const { status, stderr } = await varve(args);
    expect(status).toBe(3);
    expect(stderr).toContain('was pushed over the tag since');
  });
});

describe('what was read once is not fetched again', () => {
  let registry: DockerRegistry;
  const layout = newPath('ten');
  const store = newPath('store');
  const image = () => `docker://${registry.host}/ten:latest`;

  async function push(tag: string): Promise<void> {
    await skopeoCopy(`oci:${layout}:${tag}`, image(), ...registry.skopeoOptions);
  }

  beforeAll(async () => {
    await ensurePackages('umoci');
    registry = await startDockerRegistry(newPath('registry'));
    await umociImage(layout, 'first', numberedLayers(10, 0));
    const second = newPath('second');
    await umociImage(second, 'second', numberedLayers(10, 1));
    await skopeoCopy(`oci:${second}:second`, `oci:${layout}:second`);
    await push('first');
  });

  afterAll(() => registry?.stop());

  it('of an unchanged image nothing is', async () => {
    expect((await take(image(), store)).layers).toMatchObject({ total: 10, read: 10 });
    const before = registry.blobReads().length;
    expect((await take(image(), store)).layers).toMatchObject({ total: 10, read: 0, bytesRead: 0 });
    expect(registry.blobReads().length).toBe(before);
  });

  it('of ten layers of which one changed, one is', async () => {
    await push('second');
    const before = registry.blobReads().length;
    const pointer = await take(image(), store);
    expect(pointer.layers).toMatchObject({ total: 10, read: 1, reused: 9 });
    // The layer, and the config that names it.
    expect(registry.blobReads().slice(before)).toHaveLength(2);
  });

  it('of an image whose environment alone changed no layer is, and the change is seen', async () => {
    const changed = newPath('env');
    cpSync(layout, changed, { recursive: true });
    await run('umoci', ['config', '--image', `${changed}:second`, '--config.env', 'SHOP_VERSION=2']);
    await skopeoCopy(`oci:${changed}:second`, image(), ...registry.skopeoOptions);
    const before = registry.blobReads().length;
    const args = ['snapshot', image(), '--name', 'shop', '--baseline', `dir:${store}`, '--format', 'json'];
    const { stdout } = await varve(args);
    const { layers, comparisonDocument } = JSON.parse(stdout);
    expect(layers.read).toBe(0);
    expect(registry.blobReads().slice(before)).toHaveLength(1);
    expect(comparisonDocument.changed).toBe(true);
    expect(comparisonDocument.config).toEqual([
      { path: '/config/Env/SHOP_VERSION', base: null, target: '2' },
    ]);
  });
});

describe('between Varve and a registry', () => {
  let registry: DockerRegistry;
  let expected: ReturnType<typeof digests>;

  beforeAll(async () => {
    registry = await startDockerRegistry(newPath('registry'));
    const image = `oci:${await debianImage()}:debian`;
    await skopeoCopy(image, `docker://${registry.host}/debian:12`, ...registry.skopeoOptions);
    expected = digests(await take(image, newPath('store')));
  });

  afterAll(() => registry?.stop());

  async function takeThrough(trouble: Trouble): Promise<Outcome & { readonly store: string }> {
    await using proxy = await startUnreliableProxy(registry.host, trouble);
    const store = newPath('store');
    const args = ['snapshot', `docker://${proxy.host}/debian:12`, '--name', 'shop', '--cas-root', store];
    return { ...(await varve([...args, '--format', 'json'])), store };
  }

  /** Numbers that look random and are the same each time. */
  const scattered = (seed: number, most: number) => (Math.imul(seed + 1, 2654435761) >>> 0) % most;

  it.each([1, 2, 3, 4])('connections may be cut anywhere (%i)', async (seed) => {
    const { status, stdout, stderr } = await takeThrough((connection) =>
      connection % 4 === 3 ? {} : { cutAfter: 2_000_000 + scattered(seed * 100 + connection, 20_000_000) },
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(digests(JSON.parse(stdout))).toEqual(expected);
  });

  it.each([3_000_000, 9_000_000])('a byte that turns on its way (%i) is found out', async (flip) => {
    const { status, stderr, store } = await takeThrough(() => ({ flip }));
    expect([status, stderr]).toEqual([3, expect.stringMatching(/digest-mismatch|malformed/)]);
    const { stdout } = await varve(['surface', 'list', '--cas-root', store, '--format', 'json']);
    expect(stdout).not.toContain('image.snapshot');
  });

  it('a registry that is not there is said to be out of reach', async () => {
    const { status, stderr } = await varve(['tree', 'docker://127.0.0.1:9/x', '--cas-root', newPath()]);
    expect([status, stderr]).toEqual([4, expect.stringContaining('unreachable')]);
  });
});
