import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDigest } from '../../src/base/digest.ts';
import type { Pointer } from '../../src/core/run/pointer.ts';
import { callVarve } from '../support/call-varve.ts';
import { type MadeBlob, makeImage, makeLayer } from '../support/image-maker.ts';
import { MemoryRegistry } from '../support/memory-registry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A build of buildx, its image as an OCI layout, and what it wrote: `__fixtures__/README.md` says how. */
const BUILDX = join(import.meta.dirname, '../../__fixtures__/buildx');
const LAYOUT = join(BUILDX, 'layout');
const metadata = (name: string) => readFileSync(join(BUILDX, name), 'utf8');

const place = temporaryFolder();
const store = place('store');

async function snapshot(...args: readonly string[]) {
  const baseline = args.includes('--baseline') ? [] : ['--baseline', 'none'];
  const options = [...baseline, '--cas-root', store, '--format', 'json'];
  const outcome = await callVarve('snapshot', ...args, ...options);
  const pointer = (): Pointer => JSON.parse(outcome.stdout);
  return { ...outcome, pointer };
}

/** The blobs of the layout; manifests as what they say they are. */
function layoutBlobs(): MadeBlob[] {
  const folder = join(LAYOUT, 'blobs/sha256');
  return readdirSync(folder).map((hex) => {
    const bytes = readFileSync(join(folder, hex));
    const digest = parseDigest(`sha256:${hex}`);
    const mediaType = bytes[0] === 0x7b ? JSON.parse(bytes.toString()).mediaType : undefined;
    return { bytes, digest, descriptor: { mediaType, digest, size: bytes.length } };
  });
}

const builtDigest = parseDigest(JSON.parse(metadata('build.json'))['containerimage.digest']);
let registry: MemoryRegistry;
/** What the build wrote, as if it had pushed to the registry. */
let pushed: string;

beforeAll(async () => {
  registry = await MemoryRegistry.start();
  pushed = metadata('build.json').replaceAll('registry.example/', `${registry.host}/`);
  const blobs = layoutBlobs();
  registry.put(
    'any',
    blobs.filter(({ descriptor }) => descriptor.mediaType !== undefined),
    blobs,
  );
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

describe('the image of a build', () => {
  it('is found in the registry by the digest that buildx wrote', async () => {
    const { status, stderr, pointer } = await snapshot('--metadata', pushed);
    expect([status, stderr]).toEqual([0, '']);
    expect(pointer().image).toMatchObject({
      name: 'shop/web',
      reference: `docker://${registry.host}/shop/web@${builtDigest}`,
    });
  });

  it('is held to that digest where a reference says where it is', async () => {
    const file = place('metadata.json');
    writeFileSync(file, metadata('build.json'));
    const found = await snapshot('--metadata', file, `oci:${LAYOUT}`);
    expect([found.status, found.stderr]).toEqual([0, '']);
    expect(found.pointer().image.name).toBe('registry.example/shop/web');
    const loaded = await snapshot(
      '--metadata',
      join(BUILDX, 'load.json'),
      join(BUILDX, 'load.tar'),
      '--name',
      'web',
    );
    expect([loaded.status, loaded.stderr]).toEqual([0, '']);
  });

  it('is not another one that stands under its tag: the error names both', async () => {
    const other = makeImage([await makeLayer({ 'etc/other': 'build' })]);
    registry.put('2.0', [other], other.blobs);
    const { status, stdout, stderr } = await snapshot(
      '--metadata',
      pushed,
      `docker://${registry.host}/shop/web:2.0`,
    );
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain(`is ${other.digest}, but the build made ${builtDigest}`);
    expect(stderr).toContain('another image was pushed over the tag');
    const inFolder = await snapshot('--metadata', metadata('bake.json'), '--target', 'base', `oci:${LAYOUT}`);
    expect(inFolder.status).toBe(3);
    expect(inFolder.stderr).toContain(builtDigest);
  });

  it('is one of those of a bake, which has to be chosen', async () => {
    const { status, stderr } = await snapshot('--metadata', metadata('bake.json'), `oci:${LAYOUT}`);
    expect(status).toBe(2);
    expect(stderr).toContain('has the targets base, web');
    // Its own digest is that of the manifest alone: the build had no attestation.
    const chosen = await snapshot('--metadata', metadata('bake.json'), '--target', 'web', `oci:${LAYOUT}`);
    expect([chosen.status, chosen.stderr]).toEqual([0, '']);
  });

  it.each([
    [[], 'neither an image nor the metadata of a build is given'],
    [['--target', 'web', `oci:${LAYOUT}`], 'target is given without metadata'],
    [['--metadata', 'no/such/file.json'], 'there is no build metadata at no/such/file.json'],
    [['--metadata', metadata('unnamed.json')], 'does not give the image a name'],
    [['--metadata', '{"buildx.build.ref":"a/b/c"}', `oci:${LAYOUT}`], 'contains no image'],
  ])('is asked for where it is not told: %#', async (args, message) => {
    const { status, stderr } = await snapshot(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('is not told by a folder, nor by more than may be read', async () => {
    expect(await snapshot('--metadata', BUILDX)).toMatchObject({ status: 4 });
    expect(await snapshot('--metadata', '/dev/zero')).toMatchObject({ status: 3 });
  });
});

describe('what is attached to an image', () => {
  const lines = [
    [8, 9, 9],
    [9, 10, 10],
    [10, 11, 14],
    [11, 15, 15],
  ].map(([layer, firstLine, lastLine]) => ({ layer, file: 'web.Dockerfile', firstLine, lastLine }));

  it.each([
    ['a layout', () => `oci:${LAYOUT}`],
    ['a registry', () => `docker://${registry.host}/shop/web@${builtDigest}`],
  ])('stands in the pointer with the lines that made the layers: from %s', async (_, reference) => {
    const { pointer } = await snapshot(reference());
    expect(pointer().attachments).toMatchObject([
      { kind: 'attestation', predicateTypes: ['https://slsa.dev/provenance/v1'] },
    ]);
    expect(pointer().locations).toEqual(lines);
    expect(pointer().findings).toEqual([]);
  });

  it('need not be there, where the build told it itself', async () => {
    const told = await snapshot(
      '--metadata',
      join(BUILDX, 'load.json'),
      join(BUILDX, 'load.tar'),
      '--name',
      'web',
    );
    expect(told.pointer().attachments).toEqual([]);
    expect(told.pointer().locations).toEqual(lines);
    const untold = await snapshot(join(BUILDX, 'load.tar'), '--name', 'web');
    expect(untold.pointer().locations).toEqual([]);
    expect(untold.pointer().snapshotDigest).toBe(told.pointer().snapshotDigest);
  });

  it('shows in the report', async () => {
    const { stdout } = await callVarve(
      'snapshot',
      `oci:${LAYOUT}`,
      '--baseline',
      'none',
      '--cas-root',
      store,
    );
    expect(stdout).toContain('web.Dockerfile:11-14  RUN echo');
    expect(stdout).toContain('attached: SLSA provenance v1');
  });

  it('costs one small request when nothing is new', async () => {
    const reference = `docker://${registry.host}/shop/web@${builtDigest}`;
    const baseline = ['--baseline', `dir:${place('kept')}`];
    await snapshot(reference, ...baseline);
    const before = registry.blobReads().length;
    const { pointer } = await snapshot(reference, ...baseline);
    expect(registry.blobReads().slice(before)).toEqual([]);
    expect(pointer()).toMatchObject({ attachments: [{ kind: 'attestation' }], locations: [] });
  });

  it.each([
    ['manifest', (digests: Digests) => digests.manifest, []],
    ['statement', (digests: Digests) => digests.statement, ['https://slsa.dev/provenance/v1']],
  ])('is nothing to the image when its %s is damaged, but is said', async (_, pick, predicateTypes) => {
    const folder = place('damaged');
    cpSync(LAYOUT, folder, { recursive: true });
    const path = join(folder, 'blobs', pick(attestationOf(folder)).replace(':', '/'));
    writeFileSync(path, readFileSync(path, 'utf8').replace('sha256', 'sha265'));
    const { status, pointer } = await snapshot(`oci:${folder}`);
    expect(status).toBe(0);
    expect(pointer()).toMatchObject({
      attachments: [{ kind: 'attestation', predicateTypes }],
      locations: [],
      findings: [{ layer: null, code: 'attestation', detail: expect.stringContaining('has the digest') }],
    });
  });
});

interface Digests {
  readonly manifest: string;
  readonly statement: string;
}

function attestationOf(folder: string): Digests {
  const read = (digest: string) =>
    JSON.parse(readFileSync(join(folder, 'blobs', digest.replace(':', '/')), 'utf8'));
  const [, { digest: manifest }] = read(builtDigest).manifests;
  return { manifest, statement: read(manifest).layers[0].digest };
}
