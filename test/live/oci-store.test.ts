import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../../src/core/image/media-type.ts';
import type { Pointer } from '../../src/core/run/pointer.ts';
import { runAction } from '../support/action-runner.ts';
import { type CallOutcome, callVarve } from '../support/call-varve.ts';
import { type EditableManifest, titleOf } from '../support/memory-place.ts';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type DockerRegistry, startDockerRegistry } from './support/docker-registry.ts';
import { tellNotTried } from './support/not-tried.ts';
import { run } from './support/program.ts';

const newPath = temporaryFolder();
const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const V1 = `oci:${FIXTURES}/app-v1`;
const V2 = `oci:${FIXTURES}/app-v2`;

let registry: DockerRegistry;
let folder: string;
let repositories = 0;
let repository: string;
let baseline: string;

beforeAll(async () => {
  folder = newPath('registry');
  registry = await startDockerRegistry(folder);
});

afterAll(() => registry.stop());

beforeEach(() => {
  repository = `${registry.host}/team/baselines-${++repositories}`;
  baseline = `oci://${repository}`;
});

/** Calls a command with the repository as baseline, on a machine that has nothing of its own. */
const call = (...args: readonly string[]): Promise<CallOutcome> =>
  callVarve(
    ...args,
    '--baseline',
    baseline,
    ...(args[0] === 'snapshot' ? ['--cas-root', newPath('cas')] : []),
  );

async function json<T>(...args: readonly string[]): Promise<T> {
  const { status, stdout, stderr } = await call(...args, '--format', 'json');
  expect([args, status, stderr]).toEqual([args, 0, '']);
  return JSON.parse(stdout);
}

const snapshot = (image: string, ...args: readonly string[]) =>
  json<Pointer & { comparisonDocument: unknown }>('snapshot', image, '--name', 'shop', ...args);
const history = () => json<HistoryEntry[]>('history', 'shop');

async function tags(): Promise<string[]> {
  const response = await fetch(
    `http://${registry.host}/v2/${repository.split('/').slice(1).join('/')}/tags/list`,
  );
  return ((await response.json()) as { tags: string[] }).tags;
}

/** Digests of all blobs that the registry keeps: manifests among them. */
function blobsOf(): string[] {
  const root = join(folder, 'data/docker/registry/v2/blobs/sha256');
  return readdirSync(root).flatMap((shard) => readdirSync(join(root, shard)));
}

/** What the registry itself keeps of a blob. */
const blobPath = (digest: string): string =>
  join(folder, 'data/docker/registry/v2/blobs/sha256', digest.slice(7, 9), digest.slice(7), 'data');

async function manifestOf(tag: string): Promise<EditableManifest> {
  const [, ...path] = repository.split('/');
  const response = await fetch(`http://${registry.host}/v2/${path.join('/')}/manifests/${tag}`, {
    headers: { accept: `${OCI_MANIFEST}, ${OCI_INDEX}` },
  });
  return (await response.json()) as EditableManifest;
}

async function entryTags(): Promise<string[]> {
  return (await tags()).filter((tag) => tag.startsWith('h-'));
}

describe('a run with a repository as baseline', () => {
  it('adds to it, and the next is compared with it and reads only what is new', async () => {
    const first = await snapshot(V1, '--branch', 'main');
    expect(first.baseline).toBeNull();
    const second = await snapshot(V2, '--branch', 'main');
    expect(second.baseline).toMatchObject({ place: baseline, snapshotDigest: first.snapshotDigest });
    expect(second.layers.reused).toBeGreaterThan(0);
    const again = await snapshot(V2, '--branch', 'main');
    expect(again.layers).toMatchObject({ read: 0, bytesRead: 0 });
    expect(again.snapshotDigest).toBe(second.snapshotDigest);
    expect((await history()).map(({ scanId }) => scanId)).toEqual(
      [again, second, first].map(({ run: { scanId } }) => scanId),
    );
    expect(await json('surface', 'verify')).toEqual([]);
    const { stdout } = await call('surface', 'get', `image.snapshot@${first.snapshotDigest}`);
    expect(JSON.parse(stdout).layers).toHaveLength(first.layers.total);
    const day = again.run.generatedAt.slice(0, 10);
    expect((await tags()).filter((tag) => !tag.startsWith('h-')).sort()).toEqual([day, 'latest', 'main']);
  });

  it('says the same of an image as with a directory', async () => {
    const folder = newPath('directory');
    for (const image of [V1, V2]) {
      const there = await snapshot(image);
      const args = ['snapshot', image, '--name', 'shop', '--format', 'json', '--baseline', `dir:${folder}`];
      const here = JSON.parse((await callVarve(...args)).stdout);
      expect([there.manifestDigest, there.comparisonDocument]).toEqual([
        here.manifestDigest,
        here.comparisonDocument,
      ]);
    }
  });

  it('sends nothing that is there already, and takes nothing that it has', async () => {
    const cas = ['--cas-root', newPath('cas')];
    const args = ['snapshot', V1, '--name', 'shop', '--format', 'json', '--baseline', baseline, ...cas];
    expect((await callVarve(...args)).status).toBe(0);
    const before = blobsOf();
    expect((await callVarve(...args)).status).toBe(0);
    const added = blobsOf().filter((digest) => !before.includes(digest));
    // The entry, the line of history that it is, and the manifest; everything else is the same.
    expect(added).toHaveLength(3);
  });

  it('only reads it when told to', async () => {
    const first = await snapshot(V1);
    const second = await snapshot(V2, '--no-save');
    expect(second.baseline?.snapshotDigest).toBe(first.snapshotDigest);
    expect(await history()).toHaveLength(1);
  });

  it('of a pull request is compared with its base, and moves no tag', async () => {
    const base = await snapshot(V1, '--branch', 'main', '--commit', 'a'.repeat(40));
    const moved = await tags();
    const event = join(newPath('event'));
    writeFileSync(
      event,
      JSON.stringify({
        pull_request: {
          number: 7,
          base: { sha: 'a'.repeat(40), ref: 'main' },
          head: { sha: 'c'.repeat(40), ref: 'fix' },
        },
        repository: { default_branch: 'main' },
      }),
    );
    const environment = {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: event,
      GITHUB_SHA: 'b'.repeat(40),
      GITHUB_HEAD_REF: 'fix',
      GITHUB_BASE_REF: 'main',
      GITHUB_RUN_ID: '1',
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_SERVER_URL: 'https://github.example',
      GITHUB_REPOSITORY: 'acme/web',
    };
    for (const [index, image] of [V2, V2].entries()) {
      const args = ['snapshot', image, '--name', 'shop', '--format', 'json', '--baseline', baseline];
      const outcome = await runVarve([...args, '--cas-root', newPath('cas')], { env: environment });
      expect(outcome.status).toBe(0);
      const pointer: Pointer = JSON.parse(outcome.stdout);
      expect(pointer.baseline).toMatchObject({ snapshotDigest: base.snapshotDigest, found: 'base-commit' });
      if (index === 0) expect(pointer.layers.reused).toBeGreaterThan(0);
      else expect(pointer.layers.read).toBe(0);
    }
    const added = (await tags()).filter((tag) => !moved.includes(tag));
    expect(added.map((tag) => tag.slice(0, 2))).toEqual(['h-', 'h-']);
  });

  it('of another tenant sees none of it', async () => {
    await snapshot(V1);
    const other = await snapshot(V1, '--tenant', 'other');
    expect(other.baseline).toBeNull();
    expect(other.layers.reused).toBe(0);
  });
});

describe('programs of others', () => {
  it('copy what a run has kept: skopeo gives the bytes of its files', async () => {
    await snapshot(V1);
    const target = newPath('skopeo');
    await run('skopeo', ['copy', '--src-tls-verify=false', `docker://${repository}:latest`, `dir:${target}`]);
    const { layers, config } = await manifestOf('latest');
    for (const { digest, size } of [...layers, config]) {
      const bytes = readFileSync(join(target, digest.slice(7)));
      expect([digestOf(bytes), bytes.length]).toEqual([digest, size]);
    }
    const named = (title: string): Buffer => {
      const layer = layers.find((each) => titleOf(each) === title);
      return readFileSync(join(target, layer?.digest.slice(7) ?? 'none'));
    };
    const entry: HistoryEntry = JSON.parse(gunzipSync(named('history.jsonl.gz')).toString());
    // What the list adds is of the snapshot, not of its entry.
    expect((await history())[0]).toEqual({ ...entry, layers: 7, size: expect.any(Object) });
    const payload = named(`image.snapshot-${entry.snapshotDigest.slice(7)}.json.zst`);
    expect(digestOf(zstdDecompressSync(payload))).toBe(entry.snapshotDigest);
  });

  const orasProgram = process.env.VARVE_TEST_ORAS ?? '';
  if (orasProgram === '') tellNotTried('the program oras', 'VARVE_TEST_ORAS');
  else
    it('copy it: oras restores the files by their names', async () => {
      await snapshot(V1);
      const target = newPath('oras');
      await run(orasProgram, ['pull', '--plain-http', '--output', target, `${repository}:latest`]);
      const { layers } = await manifestOf('latest');
      expect(readdirSync(target).sort()).toEqual(layers.map(titleOf).sort());
      for (const layer of layers)
        expect(digestOf(readFileSync(join(target, titleOf(layer))))).toBe(layer.digest);
    });

  const regctlProgram = process.env.VARVE_TEST_REGCTL ?? '';
  if (regctlProgram === '') tellNotTried('the program regctl', 'VARVE_TEST_REGCTL');
  else
    it('copy it: regctl restores the files by their names', async () => {
      await snapshot(V1);
      const target = newPath('regctl');
      mkdirSync(target);
      const regctl = (...args: readonly string[]) =>
        run(regctlProgram, args, { env: { HOME: newPath('home') } });
      const host = `reg=${registry.host},tls=disabled`;
      await regctl('artifact', 'get', '--host', host, '--output', target, `${repository}:latest`);
      const { layers } = await manifestOf('latest');
      expect(readdirSync(target).sort()).toEqual(layers.map(titleOf).sort());
      for (const layer of layers)
        expect(digestOf(readFileSync(join(target, titleOf(layer))))).toBe(layer.digest);
    });

  it('are told by what they copy, and Varve takes it back: push, skopeo, unpack', async () => {
    const source = newPath('source');
    mkdirSync(join(source, 'sub'), { recursive: true });
    writeFileSync(join(source, 'report.md'), '# It');
    writeFileSync(join(source, 'sub/data.bin'), 'x'.repeat(100_000));
    const pushed = await callVarve('artifact', 'push', source, `${baseline}:v1`, '--format', 'json');
    expect(pushed).toMatchObject({ status: 0, stderr: '' });
    const before = blobsOf();
    await callVarve('artifact', 'push', source, `${baseline}:v1`);
    expect(blobsOf()).toEqual(before);
    const layout = newPath('layout');
    await run('skopeo', ['copy', '--src-tls-verify=false', `docker://${repository}:v1`, `oci:${layout}:v1`]);
    for (const artifact of [`${baseline}:v1`, `oci:${layout}:v1`]) {
      const target = newPath('target');
      expect(await callVarve('artifact', 'pull', artifact, target)).toMatchObject({ status: 0, stderr: '' });
      expect(readFileSync(join(target, 'sub/data.bin'), 'utf8')).toBe('x'.repeat(100_000));
      expect(readFileSync(join(target, 'report.md'), 'utf8')).toBe('# It');
    }
    const target = newPath('target');
    const { digest } = JSON.parse(pushed.stdout);
    expect(await callVarve('artifact', 'pull', `${baseline}@${digest}`, target)).toMatchObject({ status: 0 });
    const absent = await callVarve('artifact', 'pull', `${baseline}:v2`, newPath('target'));
    expect(absent).toMatchObject({ status: 2, stderr: expect.stringContaining('image-not-found') });
  });
});

describe('a run that is published', () => {
  it('next to the image is found as its referrer, with what it found out', async () => {
    await run('skopeo', ['copy', '--dest-tls-verify=false', V2, `docker://${repository}:v2`]);
    await snapshot(V1);
    const outcome = await call(
      'snapshot',
      `docker://${repository}:v2`,
      '--name',
      'shop',
      '--publish',
      'image',
    );
    expect(outcome.status).toBe(0);
    const [, published = ''] = /^varve: published as (oci:.*)$/m.exec(outcome.stderr) ?? [];
    const target = newPath('published');
    expect(await callVarve('artifact', 'pull', published, target)).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(target).sort()).toEqual([
      'comparison.json',
      'report.md',
      'snapshot.json',
      'surface-manifest.json',
      'varve-pointer.json',
    ]);
    const snapshotBytes = readFileSync(join(target, 'snapshot.json'));
    const pointer: Pointer = JSON.parse(readFileSync(join(target, 'varve-pointer.json'), 'utf8'));
    expect(digestOf(snapshotBytes)).toBe(pointer.snapshotDigest);
    const { manifest } = JSON.parse(snapshotBytes.toString());
    const { subject, artifactType } = await manifestOf(published.slice(published.indexOf('@') + 1));
    expect([subject, artifactType]).toEqual([manifest, 'application/vnd.varve.report.v1']);
    // Debian's registry keeps no list of referrers: the tag that clients keep has both, the entry and the report.
    const index = await manifestOf(manifest.digest.replace(':', '-'));
    expect(index.manifests?.map((each) => each.artifactType).sort()).toEqual([
      'application/vnd.varve.report.v1',
      'application/vnd.varve.snapshot.v1',
    ]);
  });

  it('takes no tag from an image, be it asked to or not', async () => {
    for (const tag of ['latest', 'main', 'v2'])
      await run('skopeo', ['copy', '--dest-tls-verify=false', V2, `docker://${repository}:${tag}`]);
    const imageOf = async (tag: string) => (await manifestOf(tag)).artifactType;
    const args = ['snapshot', `docker://${repository}:v2`, '--name', 'shop', '--branch', 'main'];
    expect(await call(...args, '--publish', baseline)).toMatchObject({ status: 0 });
    expect(await call(...args, '--publish', `${baseline}:v2`)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('the tag v2'),
    });
    expect(await Promise.all(['latest', 'main', 'v2'].map(imageOf))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect((await entryTags()).length).toBe(2);
  });

  it('of an image that is in no registry needs a repository', async () => {
    const refused = await call('snapshot', V1, '--name', 'shop', '--publish', 'image');
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('--publish oci://') });
    const outcome = await call('snapshot', V1, '--name', 'shop', '--publish', `${baseline}:report`);
    expect(outcome.status).toBe(0);
    expect((await manifestOf('report')).artifactType).toBe('application/vnd.varve.report.v1');
  });
});

describe('the built action', () => {
  it('takes a repository as baseline, and publishes next to the image', async () => {
    for (const [tag, image] of Object.entries({ v1: V1, v2: V2 })) {
      await run('skopeo', ['copy', '--dest-tls-verify=false', image, `docker://${repository}:${tag}`]);
    }
    const act = (tag: string) => {
      const workspace = newPath('workspace');
      mkdirSync(workspace);
      const inputs = { image: `docker://${repository}:${tag}`, name: 'shop', baseline, publish: 'image' };
      const run = { GITHUB_RUN_ID: tag.slice(1), GITHUB_SHA: tag.slice(1).repeat(40) };
      const env = { GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main', ...run };
      return runAction({ inputs, workspace, env });
    };
    const first = await act('v1');
    expect([first.status, first.outputs['baseline-found'], first.outputs['baseline-saved']]).toEqual([
      0,
      'false',
      'true',
    ]);
    const second = await act('v2');
    expect([second.status, second.outputs['baseline-found'], second.outputs.changed]).toEqual([
      0,
      'true',
      'true',
    ]);
    const target = newPath('published');
    const pulled = await callVarve('artifact', 'pull', second.outputs.published ?? '', target);
    expect(pulled).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(readFileSync(join(target, 'comparison.json'), 'utf8')).changed).toBe(true);
    expect((await entryTags()).length).toBe(2);
  });
});

it('loses no entry to eight writers', async () => {
  const writers = Array.from({ length: 8 }, async (_, number) => {
    const args = [
      'snapshot',
      number % 2 === 0 ? V1 : V2,
      '--name',
      'shop',
      '--branch',
      `b${number}`,
      '--format',
      'json',
    ];
    return runVarve([...args, '--baseline', baseline, '--cas-root', newPath('cas')]);
  });
  for (const { status, stderr } of await Promise.all(writers)) expect([status, stderr]).toEqual([0, '']);
  const entries = await history();
  expect(entries.map(({ branch }) => branch).sort()).toEqual(
    Array.from({ length: 8 }, (_, number) => `b${number}`),
  );
  expect(await json('surface', 'verify')).toEqual([]);
});

describe('a baseline that was poisoned', () => {
  it.each(['manifests.jsonl.gz', 'layer.files-'])(
    'by other bytes of a blob (%s) changes nothing of what is said of the image',
    async (name) => {
      const clean = await snapshot(V2);
      const [tag = ''] = await entryTags();
      const spoiled = (await manifestOf(tag)).layers.find((layer) => titleOf(layer).startsWith(name));
      const path = blobPath(spoiled?.digest ?? 'none');
      writeFileSync(path, Buffer.alloc(readFileSync(path).length, 'x'));
      const poisoned = await call('snapshot', V2, '--name', 'shop', '--format', 'json');
      expect([poisoned.status, poisoned.stderr]).toEqual([0, expect.stringMatching(/^(?:varve: .*\n)+$/)]);
      const { snapshotDigest, manifestDigest } = JSON.parse(poisoned.stdout);
      expect([snapshotDigest, manifestDigest]).toEqual([clean.snapshotDigest, clean.manifestDigest]);
    },
  );
});

describe('a registry in trouble', () => {
  it('that is gone is said, and the run goes on without', async () => {
    const args = ['snapshot', V1, '--name', 'shop', '--format', 'json', '--cas-root', newPath('cas')];
    const outcome = await callVarve(...args, '--baseline', 'oci://127.0.0.1:1/team/gone');
    expect([outcome.status, JSON.parse(outcome.stdout).baseline]).toEqual([0, null]);
    expect(outcome.stderr).toMatch(/the baseline in .* cannot be used .*\n.* was not saved in/);
  });

  it('that takes nothing is compared with, and it is said that nothing was saved', async () => {
    const first = await snapshot(V1);
    const readOnly = await startDockerRegistry(newPath('read-only'), 'read-only', join(folder, 'data'));
    try {
      const place = `oci://${readOnly.host}/${repository.split('/').slice(1).join('/')}`;
      const args = ['snapshot', V2, '--name', 'shop', '--format', 'json', '--cas-root', newPath('cas')];
      const outcome = await callVarve(...args, '--baseline', place);
      expect([outcome.status, JSON.parse(outcome.stdout).baseline.snapshotDigest]).toEqual([
        0,
        first.snapshotDigest,
      ]);
      expect(outcome.stderr).toMatch(/the snapshot was not saved in/);
    } finally {
      await readOnly.stop();
    }
  });
});

describe('a registry with passwords', () => {
  it('is a baseline for who is logged in, and is said to refuse everyone else', async () => {
    const guarded = await startDockerRegistry(newPath('htpasswd'), 'htpasswd');
    try {
      const take = (env: Readonly<Record<string, string>>) => {
        const args = ['snapshot', V1, '--name', 'shop', '--format', 'json', '--cas-root', newPath('cas')];
        return runVarve([...args, '--baseline', `oci://${guarded.host}/team/baselines`], { env });
      };
      const first = await take({ DOCKER_CONFIG: guarded.dockerConfig });
      expect([first.status, first.stderr]).toEqual([0, '']);
      const second = await take({ DOCKER_CONFIG: guarded.dockerConfig });
      const { snapshotDigest } = JSON.parse(first.stdout);
      expect(JSON.parse(second.stdout).baseline).toMatchObject({ snapshotDigest });
      const stranger = await take({});
      expect([stranger.status, JSON.parse(stranger.stdout).baseline]).toEqual([0, null]);
      expect(stranger.stderr).toMatch(/access is refused/);
    } finally {
      await guarded.stop();
    }
  });

  it('is reached with TLS by the authority that was named', async () => {
    const secure = await startDockerRegistry(newPath('tls'), 'tls');
    try {
      const source = newPath('source');
      mkdirSync(source);
      writeFileSync(join(source, 'report.md'), '# It');
      const place = `oci://${secure.host}/team/evidence:v1`;
      const ca = ['--ca', secure.ca ?? ''];
      expect(await callVarve('artifact', 'push', source, place, ...ca)).toMatchObject({
        status: 0,
        stderr: '',
      });
      const target = newPath('target');
      expect(await callVarve('artifact', 'pull', place, target, ...ca)).toMatchObject({
        status: 0,
        stderr: '',
      });
      expect(readFileSync(join(target, 'report.md'), 'utf8')).toBe('# It');
      expect(await callVarve('artifact', 'pull', place, newPath('other'))).toMatchObject({ status: 4 });
    } finally {
      await secure.stop();
    }
  });
});
