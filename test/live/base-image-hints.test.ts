import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Pointer } from '../../src/core/run/pointer.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import {
  type ImagePlan,
  type MadeBlob,
  type MadeImage,
  type MadeLayer,
  makeAttestation,
  makeImage,
  makeIndex,
  makeLayer,
  makeStatement,
} from '../support/image-maker.ts';
import { MemoryEngine } from '../support/memory-engine.ts';
import { MemoryRegistry } from '../support/memory-registry.ts';
import { runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const layers: Record<string, MadeLayer> = {};
const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };

beforeAll(async () => {
  for (const name of ['os', 'node-1', 'node-2', 'arm-1', 'arm-2', 'app-1', 'app-2'])
    layers[name] = await makeLayer({ [`opt/${name}`]: name });
});

const of = (names: readonly string[], plan: ImagePlan = {}): MadeImage =>
  makeImage(
    names.map((name) => layers[name] as MadeLayer),
    plan,
  );
const nodeOf = (version: number): MadeImage => of(['os', `node-${version}`]);

/** An image as it is put in a place: its descriptor, and all blobs. */
interface Placed {
  readonly root: MadeBlob;
  readonly manifests: readonly MadeBlob[];
  readonly blobs: readonly MadeBlob[];
}

/** How an image tells which one it is built on. */
type Telling = (names: readonly string[], base: string, digest?: string) => Placed;

const alone = (image: MadeImage): Placed => ({ root: image, manifests: [image], blobs: image.blobs });
const stating = (base: string, digest?: string) => ({
  'org.opencontainers.image.base.name': base,
  ...(digest !== undefined && { 'org.opencontainers.image.base.digest': digest }),
});

const annotated: Telling = (names, base, digest) =>
  alone(of(names, { manifest: { annotations: stating(base, digest) } }));
const labelled: Telling = (names, base, digest) =>
  alone(of(names, { config: { config: { Labels: stating(base, digest) } } }));
const attested: Telling = (names, base, digest) => {
  const image = of(names, { descriptor: { platform: AMD64 } });
  const [, path = '', tag = ''] = /^(.*):([^:]*)$/.exec(base) ?? [];
  const uri = `pkg:docker/${path}@${tag}?${digest === undefined ? '' : `digest=${digest}&`}platform=linux%2Famd64`;
  const predicate = { buildDefinition: { resolvedDependencies: [{ uri: 'pkg:npm/x@1' }, { uri }] } };
  const provenance = makeStatement([image.digest], 'https://slsa.dev/provenance/v1', predicate);
  const attestation = makeAttestation(image.digest, [provenance]);
  const index = makeIndex([image.descriptor, attestation.descriptor]);
  const manifest = attestation.blobs[0] as MadeBlob;
  return { root: index, manifests: [manifest, image, index], blobs: [...image.blobs, ...attestation.blobs] };
};

const TELLINGS: readonly (readonly [string, Telling])[] = [
  ['annotations', annotated],
  ['labels', labelled],
  ['provenance', attested],
];

/** A registry with two versions of a base image. */
async function startRegistry(): Promise<MemoryRegistry> {
  const registry = await MemoryRegistry.start();
  for (const version of [1, 2]) {
    const { bytes, config, descriptor } = nodeOf(version);
    registry.manifests.keep('node', String(version), bytes, String(descriptor.mediaType));
    registry.keep('node', config.digest, config.bytes);
  }
  return registry;
}

function push(
  registry: MemoryRegistry,
  repository: string,
  tag: string,
  { manifests, blobs }: Placed,
): string {
  for (const { bytes, descriptor } of manifests)
    registry.manifests.keep(repository, tag, bytes, String(descriptor.mediaType));
  for (const { digest, bytes } of blobs) registry.keep(repository, digest, bytes);
  return `docker://${registry.host}/${repository}:${tag}`;
}

function layout({ root, blobs, manifests }: Placed): string {
  return `oci:${writeFolder(newPath('image'), layoutFiles([root.descriptor], [...blobs, ...manifests]))}`;
}

interface Run {
  readonly store?: string;
  readonly name?: string;
  readonly more?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function snapshot(image: string, format: 'json' | 'text', run: Run = {}): Promise<VarveOutcome> {
  const { store = newPath('store'), name = 'web', more = [], env = {} } = run;
  const where = ['--name', name, '--baseline', `dir:${store}`, '--format', format];
  return runVarve(['snapshot', image, ...where, ...more], { env });
}

async function basesOf(image: string, run: Run = {}): Promise<Pointer['baseImage']> {
  const { status, stdout, stderr } = await snapshot(image, 'json', run);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout).baseImage;
}

const asked = (registry: MemoryRegistry, repository: string): string[] =>
  registry.seen.map(({ path }) => path).filter((path) => path.startsWith(`/v2/${repository}/`));

describe.each(TELLINGS)('a base image that is named in %s', (_, tell) => {
  it('is told before and after, and is read without its layers', async () => {
    await using registry = await startRegistry();
    const store = newPath('store');
    const node = `${registry.host}/node`;
    const base = (version: number) => ({
      name: `${node}:${version}`,
      digest: nodeOf(version).digest,
      layers: 2,
    });
    const image = (version: number, app: string) =>
      push(
        registry,
        'web',
        `${version}-${app}`,
        tell(['os', `node-${version}`, app], `${node}:${version}`, nodeOf(version).digest),
      );

    expect(await basesOf(image(1, 'app-1'), { store })).toEqual({ before: null, after: base(1) });
    const config = `/v2/node/blobs/${nodeOf(1).config.digest}`;
    const manifest = `/v2/node/manifests/${nodeOf(1).digest}`;
    expect(new Set(asked(registry, 'node'))).toEqual(new Set([manifest, config]));

    registry.seen.length = 0;
    // Only the own layer.
    expect(await basesOf(image(1, 'app-2'), { store })).toEqual({ before: base(1), after: base(1) });
    expect(asked(registry, 'node')).toEqual([]);
    // Only the base.
    expect(await basesOf(image(2, 'app-2'), { store })).toEqual({ before: base(1), after: base(2) });
    // Both.
    expect(await basesOf(image(1, 'app-1'), { store })).toEqual({ before: base(2), after: base(1) });

    registry.seen.length = 0;
    expect(await basesOf(image(1, 'app-1'), { store })).toEqual({ before: base(1), after: base(1) });
    expect(asked(registry, 'node')).toEqual([]);
  });

  it('is found by its tag where no digest is given', async () => {
    await using registry = await startRegistry();
    const reference = push(registry, 'web', 'v1', tell(['os', 'node-1', 'app-1'], `${registry.host}/node:1`));
    const after = { name: `${registry.host}/node:1`, digest: nodeOf(1).digest, layers: 2 };
    expect(await basesOf(reference)).toEqual({ before: null, after });
  });

  it.each([
    ['has other layers', ['os', 'node-2', 'app-1'], 'node:1'],
    ['is the image itself', ['os', 'node-1'], 'node:1'],
    ['has more layers', ['os'], 'node:1'],
    ['is not there', ['os', 'node-1', 'app-1'], 'node:9'],
    ['has no name', ['os', 'node-1', 'app-1'], '../../etc:passwd'],
  ])('is none that %s', async (_case, names, base) => {
    await using registry = await startRegistry();
    const text = base.startsWith('node') ? `${registry.host}/${base}` : base;
    const reference = push(registry, 'web', 'v1', tell(names, text));
    expect(await basesOf(reference)).toEqual({ before: null, after: null });
  });
});

describe('comparing two tags', () => {
  it.each(TELLINGS)('tells the bump of a base image that is named in %s', async (_, tell) => {
    await using registry = await startRegistry();
    const [old, now] = [1, 2].map((version) =>
      push(
        registry,
        'web',
        `v${version}`,
        tell(['os', `node-${version}`, 'app-1'], `${registry.host}/node:${version}`, nodeOf(version).digest),
      ),
    );
    const args = ['compare', String(old), String(now), '--cas-root', newPath('store')];
    const { stdout, stderr } = await runVarve(args, { env: { COLUMNS: '200' } });
    expect(stderr).toBe('');
    const shown = (version: number) =>
      `${registry.host}/node:${version}@${nodeOf(version).digest.slice(0, 'sha256:'.length + 12)}`;
    expect(stdout).toContain(`base image: ${shown(1)} → ${shown(2)}\n`);
  });
});

describe('a base image in the store', () => {
  const web = (version = 1): string => layout(alone(of(['os', `node-${version}`, 'app-1'])));

  it('is found without any hint, the one with most layers', async () => {
    const store = newPath('store');
    await snapshot(layout(alone(of(['os']))), 'json', { store, name: 'debian' });
    await snapshot(layout(alone(nodeOf(1))), 'json', { store, name: 'node' });
    await snapshot(layout(alone(nodeOf(2))), 'json', { store, name: 'node' });
    const node = (version: number) => ({ name: 'node', digest: nodeOf(version).digest, layers: 2 });
    expect(await basesOf(web(1), { store })).toEqual({ before: null, after: node(1) });
    expect(await basesOf(web(2), { store })).toEqual({ before: node(1), after: node(2) });
  });

  it('is not an older snapshot of the image itself', async () => {
    const store = newPath('store');
    await snapshot(layout(alone(nodeOf(1))), 'json', { store });
    expect(await basesOf(web(), { store })).toEqual({ before: null, after: null });
  });

  it('is not what a pull request kept there', async () => {
    const store = newPath('store');
    const env = { GITLAB_CI: 'true', CI_MERGE_REQUEST_IID: '7', CI_COMMIT_SHA: 'a'.repeat(40) };
    await snapshot(layout(alone(nodeOf(1))), 'json', { store, name: 'node', env });
    expect(await basesOf(web(), { store })).toEqual({ before: null, after: null });
  });

  it('is not what a commit brought along', async () => {
    const folder = newPath('checkout');
    const store = join(folder, '.varve');
    await snapshot(layout(alone(nodeOf(1))), 'json', { store, name: 'node' });
    const env = { GITLAB_CI: 'true', CI_COMMIT_BRANCH: 'main', CI_COMMIT_SHA: 'a'.repeat(40) };
    const inCheckout = { ...env, CI_PROJECT_DIR: folder };
    expect(await basesOf(web(), { store, env: inCheckout, name: 'one' })).toMatchObject({ after: null });
    expect(await basesOf(web(), { store, env, name: 'two' })).toMatchObject({ after: { name: 'node' } });
  });

  it('is asked for before any registry', async () => {
    await using registry = await startRegistry();
    const store = newPath('store');
    const reference = push(registry, 'node', '1', alone(nodeOf(1)));
    await snapshot(reference, 'json', { store, name: `${registry.host}/node` });
    registry.seen.length = 0;
    const image = layout(annotated(['os', 'node-1', 'app-1'], `${registry.host}/node:1`));
    const after = { name: `${registry.host}/node:1`, digest: nodeOf(1).digest, layers: 2 };
    expect(await basesOf(image, { store })).toEqual({ before: null, after });
    expect(registry.seen).toEqual([]);
  });
});

describe('an image whose author names a base', () => {
  const hostile = (base: string): string => layout(annotated(['os', 'node-1', 'app-1'], base));

  it.each(['0.0.0.0', '10.0.0.1', '192.168.0.1', '169.254.169.254', '[fd00::1]'])(
    'does not make a run ask %s',
    async (host) => {
      await using registry = await startRegistry();
      const { status, stdout } = await snapshot(hostile(`${host}:${registry.port}/node:1`), 'text');
      expect(status).toBe(0);
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain('the base image could not be looked up: http');
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain('is in a private network');
      expect([registry.seen, registry.connections]).toEqual([[], 0]);
    },
  );

  // Builders name what they have made themselves like this.
  it.each(['localhost', '127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', 'x.localhost'])(
    'does not mean %s',
    async (host) => {
      await using registry = await startRegistry();
      const image = hostile(`${host}:${registry.port}/node:1`);
      const { status, stdout, stderr } = await snapshot(image, 'json');
      expect([status, stderr, registry.connections]).toEqual([0, '', 0]);
      expect(JSON.parse(stdout).baseImage).toEqual({ before: null, after: null });
    },
  );

  it('does not make a run ask another port of the machine that the image is from', async () => {
    await using registry = await startRegistry();
    await using other = await startRegistry();
    const image = annotated(['os', 'node-1', 'app-1'], `${other.host}/node:1`);
    expect(await basesOf(push(registry, 'web', 'v1', image))).toEqual({ before: null, after: null });
    expect(other.connections).toBe(0);
  });

  it('does not make a run ask the private network by a redirect', async () => {
    await using proxy = await startRegistry();
    await using target = await startRegistry();
    proxy.faults.push((request, response) => {
      if (!request.url?.includes('/manifests/')) return false;
      response
        .writeHead(307, { Location: `${target.origin}${new URL(request.url, proxy.origin).pathname}` })
        .end();
      return true;
    });
    const env = { HTTP_PROXY: `http://localhost:${proxy.port}` };
    const more = ['--plain-http'];
    const { status, stdout } = await snapshot(hostile('registry.example/node:1'), 'text', { env, more });
    expect([status, target.connections]).toEqual([0, 0]);
    expect(stdout).toContain('must not redirect there');
  });

  it('makes a run ask a registry of the open net, and send it no login of another', async () => {
    await using proxy = await startRegistry();
    const DOCKER_CONFIG = newPath('docker');
    const auths = { 'ghcr.io': { auth: Buffer.from('ann:secret').toString('base64') } };
    writeFolder(DOCKER_CONFIG, []);
    writeFileSync(join(DOCKER_CONFIG, 'config.json'), JSON.stringify({ auths }));
    const env = { HTTP_PROXY: `http://localhost:${proxy.port}`, DOCKER_CONFIG };
    const found = await basesOf(hostile('registry.example/node:1'), { env, more: ['--plain-http'] });
    const after = { name: 'registry.example/node:1', digest: nodeOf(1).digest, layers: 2 };
    expect(found).toEqual({ before: null, after });
    expect(proxy.seen.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    expect(proxy.seen.filter(({ method }) => method !== 'GET' && method !== 'CONNECT')).toEqual([]);
  });

  it.each([
    ['that nobody answers for', 'refused'],
    ['that stays silent', 'silent'],
  ])('costs a run little where it names a host %s', async (_, trouble) => {
    await using proxy = await startRegistry();
    proxy.faults.push(() => trouble === 'silent');
    const HTTP_PROXY = trouble === 'silent' ? `http://localhost:${proxy.port}` : 'http://127.0.0.1:1';
    const preload = new URL('../support/shortened-waits.ts?deadlines=60', import.meta.url);
    const env = { HTTP_PROXY, NODE_OPTIONS: `--import=${preload}` };
    const more = ['--plain-http'];
    const { status, stdout } = await snapshot(hostile('registry.example/node:1'), 'text', { env, more });
    expect(status).toBe(0);
    expect(stdout).toContain('the base image could not be looked up');
    expect(proxy.seen.length).toBeLessThan(2);
  });

  it('makes a run ask nobody with base-image: off', async () => {
    await using registry = await startRegistry();
    const image = annotated(['os', 'node-1', 'app-1'], `${registry.host}/node:1`);
    const reference = push(registry, 'web', 'v1', image);
    expect(await basesOf(reference, { more: ['--base-image', 'off'] })).toBeUndefined();
    expect(asked(registry, 'node')).toEqual([]);
  });
});

describe('a base image that the user names', () => {
  it('counts in place of any hint', async () => {
    await using registry = await startRegistry();
    const image = layout(annotated(['os', 'node-1', 'app-1'], '10.0.0.1/liar:1'));
    const more = ['--base-image', `docker://${registry.host}/node:1`];
    const after = { name: `${registry.host}/node:1`, digest: nodeOf(1).digest, layers: 2 };
    expect(await basesOf(image, { more })).toEqual({ before: null, after });
  });

  it('may be a file, and is told not to be it where it is not', async () => {
    const image = layout(alone(of(['os', 'node-1', 'app-1'])));
    const more = (version: number) => ['--base-image', layout(alone(nodeOf(version)))];
    const digest = nodeOf(1).digest;
    expect(await basesOf(image, { more: more(1) })).toMatchObject({
      after: { name: null, digest, layers: 2 },
    });
    expect(await basesOf(image, { more: more(2) })).toMatchObject({ after: null });
    const { stdout } = await snapshot(image, 'text', { more: more(2) });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('does not begin with the layers of the base image');
  });

  it('need not be that of an older image', async () => {
    const store = newPath('store');
    const image = (version: number) => layout(alone(of(['os', `node-${version}`, 'app-1'])));
    await snapshot(image(1), 'json', { store, more: ['--base-image', 'off'] });
    const more = ['--base-image', layout(alone(nodeOf(2)))];
    const { stdout, stderr } = await snapshot(image(2), 'json', { store, more });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).baseImage).toMatchObject({ before: null, after: { layers: 2 } });
  });

  it('is a mistake where it is no reference', async () => {
    const outcome = await snapshot('oci:x', 'json', { more: ['--base-image', 'http://x'] });
    expect([outcome.status, outcome.stderr]).toEqual([2, expect.stringContaining('base-image')]);
  });
});

describe('an image of several platforms', () => {
  it('has a base image for each', async () => {
    await using registry = await startRegistry();
    const made = (platform: typeof AMD64, names: readonly string[], manifest = {}) =>
      of(names, { platform, descriptor: { platform }, manifest });
    const indexed = (images: readonly MadeImage[]): Placed => {
      const root = makeIndex(images.map(({ descriptor }) => descriptor));
      return { root, manifests: [...images, root], blobs: images.flatMap(({ blobs }) => blobs) };
    };
    const base = (version: number) =>
      indexed([made(AMD64, ['os', `node-${version}`]), made(ARM64, [`arm-${version}`])]);
    const store = newPath('store');
    for (const version of [1, 2]) {
      push(registry, 'node', `v${version}`, base(version));
      const annotations = stating(`${registry.host}/node:v${version}`, base(version).root.digest);
      const image = indexed([
        made(AMD64, ['os', `node-${version}`, 'app-1'], { annotations }),
        made(ARM64, [`arm-${version}`, 'app-1'], { annotations }),
      ]);
      const reference = push(registry, 'web', `v${version}`, image);
      const { stdout } = await snapshot(reference, 'json', { store, more: ['--platform', 'all'] });
      const of = (layers: number, tag: number) => ({
        name: `${registry.host}/node:v${tag}`,
        digest: base(tag).root.digest,
        layers,
      });
      expect(JSON.parse(stdout).platforms.map(({ baseImage }: Pointer) => baseImage)).toEqual(
        [2, 1].map((count) => ({ before: version === 1 ? null : of(count, 1), after: of(count, version) })),
      );
    }
  });
});

describe('an image of an engine', () => {
  it('has its base image looked up in the engine, without an export of that', async () => {
    await using engine = await MemoryEngine.start(newPath('engine.sock'));
    const image = of(['os', 'node-1', 'app-1'], { config: { config: { Labels: stating('acme/node:1') } } });
    const { packFiles, oldDockerFiles } = await import('../support/image-forms.ts');
    const RootFS = { Type: 'layers', Layers: nodeOf(1).layers.map(({ diffId }) => diffId) };
    const RepoDigests = [`other@${nodeOf(2).digest}`, `acme/node@${nodeOf(1).digest}`];
    engine.images.push(
      {
        names: ['web:1'],
        inspection: { Id: image.config.digest },
        archive: await packFiles(oldDockerFiles(image, ['web:1'])),
      },
      {
        names: ['acme/node:1'],
        inspection: { Id: nodeOf(1).config.digest, RootFS, RepoDigests },
        archive: Buffer.alloc(0),
      },
    );
    const env = { DOCKER_HOST: `unix://${engine.socket}` };
    const after = { name: 'acme/node:1', digest: nodeOf(1).digest, layers: 2 };
    expect(await basesOf('docker-daemon:web:1', { env })).toEqual({ before: null, after });
    expect(engine.exports).toBe(1);
  });
});
