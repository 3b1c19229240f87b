import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callVarve, callVarveIn } from '../support/call-varve.ts';
import {
  classicDockerFiles,
  containerdFiles,
  type FormFile,
  layoutFiles,
  oldDockerFiles,
  packFiles,
  writeFolder,
} from '../support/image-forms.ts';
import { type MadeImage, makeImage, makeIndex, makeLayer } from '../support/image-maker.ts';
import { type EngineImage, MemoryEngine, sendEngineJson } from '../support/memory-engine.ts';
import { OUTSIDE } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const place = temporaryFolder();
const layers = [
  await makeLayer({ 'etc/os': 'linux' }),
  await makeLayer({ 'app/a': '1' }),
  await makeLayer({ 'app/b': '1' }),
];
const image = makeImage(layers);
const rebuilt = makeImage([...layers.slice(0, 2), await makeLayer({ 'app/b': '2' })]);
const configured = makeImage(layers, { config: { config: { Env: ['PATH=/bin', 'A=2'] } } });

let engine: MemoryEngine;
let store: string;
let temporary: string;

beforeEach(async () => {
  engine = await MemoryEngine.start(place('engine.sock'));
  store = place();
  temporary = place('temporary');
  mkdirSync(temporary);
});

afterEach(async () => {
  await engine[Symbol.asyncDispose]();
  expect(readdirSync(temporary)).toEqual([]);
});

/** The forms of engines: what inspecting tells, and how they export. */
const ENGINES: Readonly<Record<string, (made: MadeImage) => Promise<Omit<EngineImage, 'names'>>>> = {
  'Docker up to 24': (made) => classic(made, oldDockerFiles(made, [])),
  'Docker from 25': (made) => classic(made, classicDockerFiles(made, [])),
  "Docker on containerd's store": async (made) => {
    const { digest } = made;
    const descriptor = { ...made.descriptor };
    return {
      inspection: {
        Id: digest,
        Descriptor: descriptor,
        Manifests: [{ ID: digest, Descriptor: descriptor, Available: true, Kind: 'image' }],
      },
      archive: await packFiles(containerdFiles(made)),
    };
  },
  "Docker 25 to 27 on containerd's store": async (made) => ({
    inspection: { Id: made.digest },
    archive: await packFiles(containerdFiles(made)),
  }),
};

async function classic(made: MadeImage, files: readonly FormFile[]): Promise<Omit<EngineImage, 'names'>> {
  return { inspection: { Id: made.config.digest }, archive: await packFiles(files) };
}

const varve = (...args: readonly string[]) =>
  callVarveIn({ DOCKER_HOST: `unix://${engine.socket}`, RUNNER_TEMP: temporary }, ...args);

async function snapshot(reference: string): Promise<Record<string, Record<string, unknown>>> {
  const { status, stdout, stderr } = await varve(
    ...['snapshot', reference, '--baseline', `dir:${store}`, '--format', 'json'],
  );
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const put = async (form: string, made: MadeImage, ...names: readonly string[]): Promise<void> => {
  const maker = ENGINES[form];
  if (maker !== undefined) engine.images.push({ names, ...(await maker(made)) });
};

it('an engine that has one platform twice gives the first, and tells of the other', async () => {
  const platform = { os: 'linux', architecture: 'amd64' };
  const have = async (other: MadeImage) => {
    const twins = [image, other].map((made) => ({ ...made.descriptor, platform }));
    const index = makeIndex(twins);
    engine.images.splice(0, 1, {
      names: ['app:1'],
      inspection: {
        Id: index.digest,
        Descriptor: { ...index.descriptor },
        Manifests: twins.map((Descriptor) => ({ Descriptor, Available: true, Kind: 'image' })),
      },
      archive: await packFiles(layoutFiles([index.descriptor], [index, ...image.blobs, ...other.blobs])),
    });
  };
  const run = async () =>
    JSON.parse(
      (
        await varve(
          ...['snapshot', 'docker-daemon:app:1', '--baseline', `dir:${store}`],
          ...['--platform', 'all', '--format', 'json'],
        )
      ).stdout,
    );
  await have(rebuilt);
  const findings = [{ code: 'platform-twice' }];
  expect(await run()).toMatchObject({ schema: 'varve.pointer@1', findings });
  expect(await run()).toMatchObject({
    ...{ findings, layers: { read: 0 } },
    comparisonDocument: { changed: false },
  });
  await have(configured);
  expect(await run()).toMatchObject({
    ...{ findings, layers: { read: 0 } },
    comparisonDocument: {
      changed: true,
      sections: {
        uncompared: {
          items: [
            { why: 'passed-over', side: 'base', digest: rebuilt.digest },
            { why: 'passed-over', side: 'target', digest: configured.digest },
          ],
        },
      },
    },
  });
});

it('an engine that has images for several releases of Windows gives the one that is named', async () => {
  const made = ['10.0.17763', '10.0.20348'].map((version, index) => {
    const platform = { os: 'windows', architecture: 'amd64', 'os.version': version };
    return makeImage(image.layers.slice(index), { config: platform, descriptor: { platform } });
  });
  const index = makeIndex(made.map(({ descriptor }) => descriptor));
  engine.images.splice(0, 1, {
    names: ['app:1'],
    inspection: {
      Id: index.digest,
      Descriptor: { ...index.descriptor },
      Manifests: made.map(({ descriptor }) => ({ Descriptor: descriptor, Available: true, Kind: 'image' })),
    },
    archive: await packFiles(layoutFiles([index.descriptor], [index, ...made.flatMap(({ blobs }) => blobs)])),
  });
  const inspect = (platform: string) =>
    varve('inspect', 'docker-daemon:app:1', '--platform', platform, '--json', '--cas-root', store);
  for (const [place, version] of ['10.0.17763', '10.0.20348'].entries()) {
    const { stdout, stderr } = await inspect(`windows(${version})/amd64`);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).images).toMatchObject([{ manifest: { digest: made[place]?.digest } }]);
  }
  expect(await inspect('windows/amd64')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('several images for windows/amd64'),
  });
});

describe.each(Object.keys(ENGINES))('an image in %s', (form) => {
  it('is exported once, and not at all when nothing of it is new', async () => {
    await put(form, image, 'app:1');
    const first = await snapshot('docker-daemon:app:1');
    expect(first.layers).toMatchObject({ total: 3, read: 3, reused: 0 });
    expect(first.image).toMatchObject({ reference: 'docker-daemon:app:1', name: 'app' });
    expect(engine.exports).toBe(1);
    const second = await snapshot('docker-daemon:app:1');
    expect(second.layers).toMatchObject({ total: 3, read: 0, reused: 3, bytesRead: 0 });
    expect(second.snapshotDigest).toBe(first.snapshotDigest);
    expect(engine.exports).toBe(1);
  });

  it('is not exported either when a baseline next to the store of the run knows it', async () => {
    await put(form, image, 'app:1');
    await snapshot('docker-daemon:app:1');
    const args = ['snapshot', 'docker-daemon:app:1', '--baseline', `dir:${store}`, '--cas-root', place()];
    const { stdout } = await varve(...args, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ layers: { read: 0 }, comparisonDocument: { changed: false } });
    expect(engine.exports).toBe(1);
  });

  it('is found by what buildx tells of its build, without an export', async () => {
    await put(form, image, 'app:1');
    await snapshot('docker-daemon:app:1');
    const id = engine.images[0]?.inspection.Id;
    const metadata = JSON.stringify({ 'containerimage.digest': id, 'image.name': 'app:1' });
    const args = ['snapshot', '--metadata', metadata, '--baseline', `dir:${store}`, '--format', 'json'];
    const { status, stderr } = await varve(...args);
    expect([status, stderr]).toEqual([0, '']);
    expect(engine.exports).toBe(1);
  });

  it('has only the layers read that are new', async () => {
    await put(form, image, 'app:1');
    await put(form, rebuilt, 'app:2');
    await snapshot('docker-daemon:app:1');
    const { layers } = await snapshot('docker-daemon:app:2');
    expect(layers).toMatchObject({ total: 3, read: 1, reused: 2 });
  });

  it('has no layer read where its configuration alone is new', async () => {
    await put(form, image, 'app:1');
    await put(form, configured, 'app:2');
    await snapshot('docker-daemon:app:1');
    const { layers, comparisonDocument } = await snapshot('docker-daemon:app:2');
    expect(layers).toMatchObject({ read: 0, reused: 3 });
    expect(comparisonDocument).toMatchObject({ changed: true, config: [{ path: '/config/Env/A' }] });
  });

  it('gives the fragments that its files give', async () => {
    await put(form, image, 'app:1');
    const fromEngine = await snapshot('docker-daemon:app:1');
    const folder = writeFolder(place('layout'), layoutFiles([image.descriptor], image.blobs));
    const fromFiles = await varve(
      'snapshot',
      `oci:${folder}`,
      '--name',
      'app',
      '--cas-root',
      place(),
      '--format',
      'json',
    );
    const fragments = ({ manifest }: { manifest?: { artifacts?: { kind: string; digest: string }[] } }) =>
      manifest?.artifacts?.filter(({ kind }) => kind === 'layer.files');
    expect(fragments(fromEngine)).toEqual(fragments(JSON.parse(fromFiles.stdout)));
  });
});

describe('a name', () => {
  beforeEach(async () => {
    await put('Docker up to 24', image, 'shop/app:1', 'other:2');
    await put('Docker up to 24', rebuilt, 'shop/app:2');
  });

  it('that is bare is asked of the engine before any registry', async () => {
    expect((await snapshot('shop/app:1')).image).toMatchObject({ reference: 'docker-daemon:shop/app:1' });
  });

  it('that is given to another image meanwhile stands for the one that was asked for', async () => {
    engine.fault = (path) => {
      const [first, second] = engine.images;
      if (path.endsWith('/get') && first && second)
        engine.images.splice(0, 2, { ...first, names: [] }, { ...second, names: ['shop/app:1'] });
      return false;
    };
    const { layers } = await snapshot('docker-daemon:shop/app:1');
    expect(layers).toMatchObject({ read: 3 });
    expect(engine.asked).toContain(`/images/${image.config.digest}/get`);
  });

  it('that is an ID stands for the image under its first name', async () => {
    const id = image.config.digest.slice('sha256:'.length);
    expect((await snapshot(`docker-daemon:${id}`)).image).toMatchObject({ name: 'shop/app' });
  });

  it('that is not there is answered with what is', async () => {
    const { status, stderr } = await varve('snapshot', 'docker-daemon:shop/app:9');
    expect(status).toBe(2);
    expect(stderr).toMatch(/has no image shop\/app:9\n.*load: true.*; it has shop\/app:1, shop\/app:2/);
  });

  it('that is not in Podman is not put down to buildx', async () => {
    engine.greeting = { 'Api-Version': '1.41', 'Libpod-Api-Version': '4.3.1' };
    const { stderr } = await varve('snapshot', 'docker-daemon:nothing');
    expect(stderr).toMatch(/it has other:2, shop\/app:1, shop\/app:2$/m);
  });

  it('that many IDs begin with is answered with them', async () => {
    engine.images.length = 0;
    for (const end of ['1', '2']) {
      engine.images.push({
        names: [],
        inspection: { Id: `sha256:${'ab'.repeat(31)}c${end}` },
        archive: Buffer.of(),
      });
    }
    const { status, stderr } = await varve('snapshot', 'docker-daemon:abab');
    expect(status).toBe(2);
    expect(stderr).toMatch(/the IDs of 2 images begin like this\n.*give more of it: sha256:abab/);
  });
});

describe('an engine in trouble', () => {
  beforeEach(() => put('Docker up to 24', image, 'app:1'));

  const failing = async (): Promise<{ status: number; stderr: string }> => {
    const { status, stderr, stdout } = await varve('snapshot', 'docker-daemon:app:1', '--cas-root', store);
    expect(stdout).toBe('');
    expect(stderr).not.toMatch(/^\s+at /m);
    return { status, stderr };
  };

  it.each([
    ['refuses to be asked', '/images/app:1/json', 500, 4, /answered with 500: out of order/],
    ['refuses an export', '/get', 500, 4, /answered with 500: out of order/],
    ['allows no export', '/get', 403, 4, /denied.*answered with 403: out of order/],
  ])('%s', async (_, path, code, status, stderr) => {
    engine.fault = (asked, response) => {
      if (!asked.endsWith(path)) return false;
      sendEngineJson(response, code, { message: 'out of order' });
      return true;
    };
    expect(await failing()).toEqual({ status, stderr: expect.stringMatching(stderr) });
  });

  const answering = (end: string, body: string): void => {
    engine.fault = (asked, response) => {
      if (!asked.endsWith(end)) return false;
      response.writeHead(200).end(body);
      return true;
    };
  };

  it.each([
    ['answers in no language', '/json', 'hello', 3],
    ['answers with something else', '/json', '[1]', 3],
    ['knows no ID', '/json', '{"Id":"latest"}', 3],
    ['exports no archive', '/get', 'x'.repeat(2000), 3],
    ['exports nothing', '/get', '', 3],
  ])('%s', async (_, end, body, status) => {
    answering(end, body);
    expect((await failing()).status).toBe(status);
  });

  it.each([0.1, 0.5, 0.95])('breaks off an export at %d of it', async (share) => {
    engine.fault = (asked, response) => {
      if (!asked.endsWith('/get')) return false;
      const archive = engine.images[0]?.archive ?? Buffer.of();
      response.writeHead(200, { 'Content-Length': archive.length });
      response.write(archive.subarray(0, Math.floor(archive.length * share)), () => response.destroy());
      return true;
    };
    expect(await failing()).toEqual({ status: 4, stderr: expect.stringMatching(/unreachable/) });
  });

  it('ends an export early, and says that it is whole', async () => {
    engine.fault = (asked, response) => {
      if (!asked.endsWith('/get')) return false;
      response.writeHead(200).end(engine.images[0]?.archive.subarray(0, 4096));
      return true;
    };
    expect((await failing()).status).toBe(3);
  });

  it('exports another image', async () => {
    const other = await packFiles(oldDockerFiles(rebuilt, []));
    engine.fault = (asked, response) => {
      if (!asked.endsWith('/get')) return false;
      response.writeHead(200).end(other);
      return true;
    };
    expect(await failing()).toEqual({ status: 3, stderr: expect.stringMatching(/exported another image/) });
  });

  it('exports a layer that is none of the image', async () => {
    const files = oldDockerFiles(image, []).map((file) =>
      file.name.endsWith('layer.tar') && 'bytes' in file
        ? { ...file, bytes: Buffer.from(file.bytes).fill('x', 600, 601) }
        : file,
    );
    const archive = await packFiles(files);
    engine.fault = (asked, response) => {
      if (!asked.endsWith('/get')) return false;
      response.writeHead(200).end(archive);
      return true;
    };
    expect(await failing()).toEqual({ status: 3, stderr: expect.stringMatching(/digest-mismatch|diff-id/) });
  });

  it('finds no place for what it exports', async () => {
    const environment = { DOCKER_HOST: `unix://${engine.socket}`, RUNNER_TEMP: '/proc/nowhere' };
    const { status, stderr } = await callVarveIn(
      environment,
      'snapshot',
      'docker-daemon:app:1',
      '--cas-root',
      store,
    );
    expect([status, stderr]).toEqual([
      4,
      expect.stringMatching(/store-unwritable.*cannot be kept there\n[\s\S]*TMPDIR/),
    ]);
  });

  it('is none', async () => {
    engine.greeting = {};
    expect(await failing()).toEqual({
      status: 4,
      stderr: expect.stringMatching(/is not a container engine/),
    });
  });
});

describe('no engine', () => {
  it('at the address that is named', async () => {
    const environment = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
    const { status, stderr } = await callVarveIn(environment, 'snapshot', 'docker-daemon:app');
    expect([status, stderr]).toEqual([
      4,
      expect.stringMatching(/no engine answers at unix:.*\n.*\n.*DOCKER_HOST/),
    ]);
  });

  it('is spoken to where an image file is named', async () => {
    const folder = writeFolder(place('layout'), layoutFiles([image.descriptor], image.blobs));
    const { status } = await callVarve('snapshot', folder, '--name', 'app', '--cas-root', store);
    expect(status).toBe(0);
  });
});

describe('a run that is told to end', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s leaves nothing of an export', async (signal) => {
    await put('Docker up to 24', image, 'app:1');
    engine.fault = (path, response) => {
      if (!path.endsWith('/get')) return false;
      response.writeHead(200).write(Buffer.alloc(100_000));
      return true;
    };
    const script = join(import.meta.dirname, '../../src/entry/cli.ts');
    const child = spawn(process.execPath, [script, 'snapshot', 'docker-daemon:app:1', '--cas-root', store], {
      env: { ...OUTSIDE, DOCKER_HOST: `unix://${engine.socket}`, RUNNER_TEMP: temporary },
      stdio: 'ignore',
    });
    const ended = once(child, 'close');
    while (readdirSync(temporary).length === 0) await sleep(5);
    child.kill(signal);
    expect(await ended).toEqual([130, null]);
  });
});
