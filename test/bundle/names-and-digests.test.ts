import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type FormFile,
  layoutFiles,
  oldDockerFiles,
  packFiles,
  writeFolder,
} from '../support/image-forms.ts';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { schemaErrors } from '../support/json-schemas.ts';
import { MemoryEngine } from '../support/memory-engine.ts';
import { runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const V1 = `oci:${join(FIXTURES, 'app-v1')}:shop:v1`;
const V2 = `oci:${join(FIXTURES, 'app-v2')}:shop:v2`;
const CHANGED = '+290 B, 4 layers rebuilt, 1 added, 5 files changed, 3 config changes\n';

const newPath = temporaryFolder();
const at =
  (store: string) =>
  (...args: string[]): Promise<VarveOutcome> =>
    runVarve(args, { cwd: FIXTURES, env: { XDG_DATA_HOME: store, GIT_DIR: '/nonexistent' } });

/** A layout whose index gives the image the name that is wanted, or none. */
async function copyOf(fixture: string, folder: string, refName: string | null): Promise<string> {
  const layout = newPath(folder);
  await cp(join(FIXTURES, fixture), layout, { recursive: true });
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8'));
  for (const entry of index.manifests) {
    delete entry.annotations;
    if (refName !== null) entry.annotations = { 'org.opencontainers.image.ref.name': refName };
  }
  await writeFile(join(layout, 'index.json'), JSON.stringify(index));
  return layout;
}

describe('a snapshot that says nothing of a baseline', () => {
  it('is compared with the last of its name in your own store, and says so', async () => {
    const varve = at(newPath('data'));
    expect((await varve('snapshot', V1)).stdout).not.toContain('compared with dir:');
    const { status, stdout, stderr } = await varve('snapshot', V2);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(CHANGED);
    expect(stdout).toMatch(/^compared with snapshot [0-9a-f]{12} from dir:.*\/varve \(/m);
    expect((await varve('snapshot', V2)).stdout).toContain('no change');
    expect((await varve('snapshot', V1, '--baseline', 'none')).stdout).not.toContain('compared with dir:');
  });

  it('takes a layout without a name by its folder, and says so once', async () => {
    const varve = at(newPath('data'));
    const layout = await copyOf('app-v1', 'web-image', null);
    expect((await varve('snapshot', layout)).stdout).toMatch(/states no name.*web-image.*--name/s);
    const again = await varve('snapshot', `oci:${layout}`);
    expect(again.stdout).toContain('no change');
    expect(again.stdout).not.toContain('states no name');
    expect((await varve('history', basename(layout))).status).toBe(0);
  });

  it('gives a repository one name, whatever registry of this machine it was in, and finds its history', async () => {
    const varve = at(newPath('data'));
    await varve('snapshot', V1, '--name', 'localhost:5000/shop/web');
    for (const [place, host] of [
      ['a', 'localhost:5000/'],
      ['b', '127.0.0.1:5000/'],
      ['c', 'localhost/'],
      ['d', ''],
    ]) {
      const layout = await copyOf('app-v2', place ?? '', `${host}shop/web:v2`);
      const { stdout } = await varve('snapshot', `oci:${layout}`);
      expect(stdout).toMatch(/^(?:✓ no change: )?shop\/web /);
      expect(stdout).toContain(place === 'a' ? CHANGED : 'no change');
    }
  });
});

describe('the name of a history', () => {
  const varve = at(newPath('data'));
  let tool: string;

  beforeAll(async () => {
    await varve('snapshot', V1, '--name', 'shop');
    await varve('snapshot', V2, '--name', 'shop');
    tool = `oci:${await copyOf('app-v2', 'tool', 'localhost/tool:v2')}`;
    await varve('snapshot', tool);
  });

  it('is found by any reference that a snapshot would be named so by', async () => {
    const whole = await varve('history', 'shop');
    expect(whole.status).toBe(0);
    for (const text of [
      'localhost:5098/shop',
      'localhost/shop',
      'docker.io/library/shop',
      'docker://localhost:5098/shop:v2',
      'shop:v1',
      'history:shop',
    ]) {
      expect([text, await varve('history', text)]).toEqual([text, whole]);
    }
    const between = ['compare', 'history:localhost:5098/shop~1', 'history:docker.io/library/shop', '-q'];
    expect((await varve(...between)).stdout).toBe(CHANGED);
    expect((await varve('history', 'ghcr.io/shop')).stderr).toMatch(/has no history of ghcr\.io\/shop/);
  });

  it('may say where in the history the list begins', async () => {
    const [newest = '', older = ''] = JSON.parse((await varve('history', 'shop', '--json')).stdout).map(
      ({ snapshotDigest }: { snapshotDigest: string }) => snapshotDigest.slice(7, 19),
    );
    for (const text of ['shop~1', 'history:shop~1', 'localhost/shop~1']) {
      const { stdout } = await varve('history', text);
      expect(stdout).toContain(older);
      expect(stdout).toMatch(/~1 /);
      expect(stdout).not.toContain(newest);
    }
    const tooFar = await varve('history', 'shop~2');
    expect(tooFar).toMatchObject({ status: 2, stderr: expect.stringContaining('has 2 snapshots of shop') });
  });

  it('stands in the head of a snapshot and of a comparison alike', async () => {
    expect((await varve('snapshot', tool)).stdout).toMatch(/^✓ no change: tool /);
    expect((await varve('compare', tool, tool)).stdout).toMatch(/^✓ no change: tool /);
  });

  it('is listed where none is given', async () => {
    expect(await varve('history')).toEqual({ status: 0, stderr: '', stdout: 'shop\ntool\n' });
    expect((await varve('history', '--json')).stdout).toBe('[{"name":"shop"},{"name":"tool"}]\n');
    expect((await at(newPath('nothing'))('history')).status).toBe(2);
  });

  it('comes with the sizes of each snapshot for programs, which meet their schema', async () => {
    const rows = JSON.parse((await varve('history', 'shop', '--json')).stdout);
    for (const row of rows) {
      expect(schemaErrors('history-output', row)).toEqual([]);
      expect(row).toMatchObject({ layers: expect.any(Number), size: { compressedSize: expect.any(Number) } });
    }
    const compared = JSON.parse((await varve('compare', 'history:shop~1', V2, '--json')).stdout);
    expect(schemaErrors('compare-output', compared)).toEqual([]);
    expect(compared).toMatchObject({
      headline: CHANGED.trim(),
      references: { base: 'history:shop~1', target: V2 },
    });
  });
});

describe('baselines', () => {
  const store = newPath('data');
  const varve = at(store);

  beforeAll(async () => {
    await varve('snapshot', V1, '--name', 'shop');
    await varve('snapshot', V2, '--name', 'shop');
  });

  it('are places in a history, and the beginnings of digests', async () => {
    const list = JSON.parse((await varve('history', 'shop', '--json')).stdout);
    const oldest = list.at(-1).snapshotDigest;
    for (const baseline of ['history:shop~1', oldest, oldest.slice(0, 15)]) {
      const { stdout } = await varve('snapshot', V2, '--name', 'other', '--baseline', baseline);
      expect(stdout).toContain(CHANGED);
      expect(stdout).toContain(`compared with ${baseline}`);
    }
    const absent = await varve('snapshot', V2, '--name', 'other', '--baseline', 'history:nothing');
    expect(absent).toMatchObject({ status: 2, stderr: expect.stringContaining('has no history of nothing') });
  });

  it('are folders where nothing else can be meant, and never an image layout', async () => {
    const folder = newPath('work');
    await mkdir(folder);
    const inFolder = (...args: string[]) =>
      runVarve(args, { cwd: folder, env: { XDG_DATA_HOME: store, GIT_DIR: '/nonexistent' } });
    await cp(join(FIXTURES, 'app-v1'), join(folder, 'image'), { recursive: true });
    await inFolder('snapshot', V1, '--name', 'shop', '--baseline', '.varve');
    const second = await inFolder('snapshot', V2, '--name', 'shop', '--baseline', './.varve');
    expect(second.stdout).toContain(CHANGED);
    expect((await inFolder('snapshot', V2, '--baseline', './image')).stdout).toContain(CHANGED);
    expect(await inFolder('snapshot', V2, '--baseline', 'dir:image')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/image holds an image, and is not a store\n.*write oci:image/),
    });
  });
});

describe('the beginning of a digest', () => {
  const store = newPath('data');
  const varve = at(store);
  let snapshots: string[];
  let layer: string;

  beforeAll(async () => {
    await varve('snapshot', V1, '--name', 'shop');
    await varve('snapshot', V2, '--name', 'shop');
    const list = JSON.parse((await varve('history', 'shop', '--json')).stdout);
    snapshots = list.map(({ snapshotDigest }: { snapshotDigest: string }) => snapshotDigest);
    layer = JSON.parse((await varve('inspect', V2, '--json')).stdout).images[0].layers[3].diffId;
  });

  it('names a snapshot as history prints it', async () => {
    const [target = '', base = ''] = snapshots;
    const printed = (await varve('history', 'shop')).stdout;
    const [short, long] = [base.slice(7, 19), target.slice(0, 19)];
    expect(printed).toContain(short);
    expect((await varve('compare', short, long, '-q')).stdout).toBe(CHANGED);
    expect((await varve(short, long, '-q')).stdout).toBe(CHANGED);
  });

  it('names a layer and an item', async () => {
    const whole = await varve('layer', 'ls', V2, layer);
    expect(whole).toMatchObject({ status: 0, stderr: '' });
    for (const text of [layer.slice(0, 14), layer.slice(7, 19), '3']) {
      expect(await varve('layer', 'ls', V2, text)).toEqual(whole);
    }
    const uses = await varve('history', '--layer', layer);
    expect(uses.status).toBe(0);
    expect(await varve('history', '--layer', layer.slice(7, 19))).toEqual(uses);
    const item = await varve('surface', 'get', `image.snapshot@${snapshots[0]}`);
    expect(await varve('surface', 'get', `image.snapshot@${snapshots[0]?.slice(7, 15)}`)).toEqual(item);
  });

  it('names them with 4 digits, in a store, an image and a list alike', async () => {
    const [target = '', base = ''] = snapshots;
    const [a, b] = [base.slice(7, 11), target.slice(7, 11)];
    expect((await varve('compare', a, b, '-q')).stdout).toBe(CHANGED);
    expect((await varve(`sha256:${a}`, b, '-q')).stdout).toBe(CHANGED);
    expect((await varve('snapshot', V2, '--name', 'other', '--baseline', a, '-q')).stdout).toBe(CHANGED);
    const whole = await varve('layer', 'ls', V2, layer);
    expect(await varve('layer', 'ls', V2, layer.slice(7, 11))).toEqual(whole);
    const uses = await varve('history', '--layer', layer);
    expect(await varve('history', '--layer', layer.slice(7, 11))).toEqual(uses);
    const item = await varve('surface', 'get', `image.snapshot@${target}`);
    for (const text of [`image.snapshot@${b}`, target.slice(7, 19), `sha256:${b}`])
      expect(await varve('surface', 'get', text)).toEqual(item);
  });

  it('leaves a word to the file, or the image of the engine, that is called so', async () => {
    const [target = '', base = ''] = snapshots;
    const folder = newPath('work');
    const word = base.slice(7, 12);
    await cp(join(FIXTURES, 'app-v2'), join(folder, word), { recursive: true });
    const inFolder = (socket: string, ...args: string[]) =>
      runVarve(args, { cwd: folder, env: { XDG_DATA_HOME: store, DOCKER_HOST: `unix://${socket}` } });
    expect((await inFolder('/nothing', 'compare', word, V2, '-q')).stdout).toContain('no change');

    await using engine = await MemoryEngine.start(newPath('engine.sock'));
    const image = makeImage([await makeLayer({ app: 'one' })]);
    const archive = await packFiles(oldDockerFiles(image, [`${target.slice(7, 12)}:latest`]));
    const inspection = { Id: image.config.digest };
    engine.images.push({ names: [target.slice(7, 12)], inspection, archive });
    const named = await inFolder(engine.socket, 'compare', target.slice(7, 12), target, '-q');
    expect(named).toMatchObject({ status: 0, stderr: '' });
    expect(named.stdout).not.toContain('no change');
    const unnamed = await inFolder(engine.socket, 'compare', target.slice(7, 13), target, '-q');
    expect(unnamed.stdout).toContain('no change');
  });

  it('names a manifest of a layout, and an image of an archive or of the engine', async () => {
    const images = [
      makeImage([await makeLayer({ app: 'one' })]),
      makeImage([await makeLayer({ app: 'two' })]),
    ];
    const [first, second] = images.map(({ descriptor }) => descriptor.digest);
    const layout = writeFolder(
      newPath('layout'),
      layoutFiles(
        images.map(({ descriptor }) => descriptor),
        images.flatMap(({ blobs }) => blobs),
      ),
    );
    const inspected = async (reference: string, env = {}) => {
      const found = await runVarve(['inspect', reference, '--json'], {
        env: { XDG_DATA_HOME: store, ...env },
      });
      expect(found.status).toBe(0);
      return JSON.parse(found.stdout).images[0].config.digest;
    };
    for (const digits of [first?.slice(0, 11), first?.slice(7, 11)])
      expect(await inspected(`oci:${layout}@${digits}`)).toBe(images[0]?.config.digest);
    expect(await inspected(`${layout}@${second?.slice(7, 11)}`)).toBe(images[1]?.config.digest);

    const saved = newPath('saved.tar');
    const [one, two] = images.map((image) => oldDockerFiles(image, []));
    const itemOf = (files: readonly FormFile[] = []): unknown => {
      const listed = files.find(({ name }) => name === 'manifest.json');
      return listed && 'bytes' in listed ? JSON.parse(String(listed.bytes))[0] : null;
    };
    const items = [one, two].map(itemOf);
    const archive = await packFiles([
      ...(one ?? []).filter(({ name }) => name !== 'manifest.json'),
      ...(two ?? []).filter(({ name }) => !['manifest.json', 'repositories'].includes(name)),
      { name: 'manifest.json', bytes: Buffer.from(JSON.stringify(items)) },
    ]);
    await writeFile(saved, archive);
    const id = images[1]?.config.digest ?? '';
    for (const prefix of ['docker-archive:', ''])
      expect(await inspected(`${prefix}${saved}@${id.slice(7, 11)}`)).toBe(id);

    await using engine = await MemoryEngine.start(newPath('engine.sock'));
    const image = images[0];
    if (image === undefined) throw new Error('there is none');
    const { digest } = image.descriptor;
    engine.images.push({
      names: ['app:1', `app@${digest}`],
      inspection: { Id: image.config.digest, RepoDigests: [`app@${digest}`] },
      archive: await packFiles(oldDockerFiles(image)),
    });
    const env = { DOCKER_HOST: `unix://${engine.socket}` };
    for (const prefix of ['docker-daemon:', ''])
      expect(await inspected(`${prefix}app@${digest.slice(0, 13)}`, env)).toBe(image.config.digest);
    // As `docker build -q` prints it, and as far as one likes.
    const whole = image.config.digest;
    for (const text of [whole, whole.slice(0, 19), whole.slice(0, 11), whole.slice(7, 19)])
      expect([text, await inspected(text, env)]).toEqual([text, whole]);
    const compared = await runVarve(['compare', whole.slice(0, 12), whole], {
      env: { ...env, XDG_DATA_HOME: newPath('data') },
    });
    expect(compared, compared.stderr).toMatchObject({ status: 0 });
  });

  it('lists the candidates where several begin so, and says that a registry takes none', async () => {
    const entries = ['abcd1', 'abcd2'].map((start) => ({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${start.padEnd(64, '0')}`,
      size: 2,
    }));
    const layout = writeFolder(newPath('many'), layoutFiles(entries, []));
    const several = await varve('inspect', `oci:${layout}@abcd`);
    expect(several.status).toBe(2);
    expect(several.stderr).toMatch(/2 manifests of .* begin with sha256:abcd\n/);
    expect(several.stderr).toContain('write more of the digest: sha256:abcd10000000, sha256:abcd20000000');
    for (const text of ['docker://localhost:1/shop@sha256:6a193d', 'localhost:1/shop@6a193d']) {
      const { status, stderr } = await varve('inspect', text);
      expect(status).toBe(2);
      expect(stderr).toMatch(/a registry finds an image only by its whole digest/);
      expect(stderr).toMatch(/hint: write all 64 digits; varve inspect docker:\/\/localhost:1\/shop prints/);
    }
  });

  it('is refused where nothing begins so', async () => {
    for (const line of [
      ['compare', 'sha256:00000', V1],
      ['history', '--layer', '0000000'],
      ['surface', 'get', 'image.snapshot@0000000'],
      ['layer', 'ls', V2, 'sha256:00000'],
    ]) {
      expect([line, (await varve(...line)).status]).toEqual([line, 2]);
    }
  });
});
