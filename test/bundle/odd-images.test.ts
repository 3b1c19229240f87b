import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DOCKER_MANIFEST, OCI_CONFIG } from '../../src/core/image/media-type.ts';
import { dir, file, hardlink, symlink } from '../support/hostile-images.ts';
import { layoutFiles, packFiles, writeFolder } from '../support/image-forms.ts';
import { type ImagePlan, layerOf, type MadeImage, makeBlob, makeImage } from '../support/image-maker.ts';
import { runVarve } from '../support/run-varve.ts';
import { paxHeader, tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const home = folder('home');

const varve = (...args: readonly string[]) => runVarve(args, { env: { XDG_DATA_HOME: home } });

async function json(...args: readonly string[]) {
  const { status, stdout, stderr } = await varve(...args, '--format', 'json');
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  return JSON.parse(stdout);
}

const write = (image: Pick<MadeImage, 'descriptor' | 'blobs'>): string =>
  `oci:${writeFolder(folder('image'), layoutFiles([image.descriptor], image.blobs))}`;

const imageOf = (layers: readonly (readonly Buffer[])[], plan: ImagePlan = {}): MadeImage =>
  makeImage(
    layers.map((entries) => layerOf(tarOf(...entries))),
    plan,
  );

/** The merged paths without the root, with their types. */
async function treeOf(image: string): Promise<Record<string, string>> {
  const { status, stdout, stderr } = await varve('tree', image, '--format', 'ndjson');
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return Object.fromEntries(entries.flatMap(({ path, type }) => (path === '.' ? [] : [[path, type]])));
}

describe('what engines read', () => {
  it.each([{ type: 'layers' }, { type: 'layers', diff_ids: null }, { type: 'layers', diff_ids: [] }, {}])(
    'is an image without layers: %j',
    async (rootfs) => {
      const image = makeImage([], { config: { rootfs } });
      expect(await treeOf(write(image))).toEqual({});
      const archive = `${folder('archive')}.tar`;
      writeFileSync(
        archive,
        await packFiles([
          { name: 'c.json', bytes: image.config.bytes },
          {
            name: 'manifest.json',
            bytes: Buffer.from('[{"Config":"c.json","RepoTags":["e:1"],"Layers":null}]'),
          },
        ]),
      );
      expect(await treeOf(`docker-archive:${archive}`)).toEqual({});
    },
  );

  it('is a config whose fields have other letter case', async () => {
    const plain = imageOf([[file('a')]], { config: { config: { Env: ['A=1'] } } });
    const text = plain.config.bytes.toString();
    const odd = text.replace('"rootfs"', '"rootfS"').replace('"Env"', '"env"').replace('A=1', 'A=2');
    const [layer] = plain.layers;
    const config = makeBlob(Buffer.from(odd), String(plain.config.descriptor.mediaType));
    const manifest = JSON.parse(plain.bytes.toString());
    const other = makeBlob(
      Buffer.from(JSON.stringify({ ...manifest, config: config.descriptor })),
      String(plain.descriptor.mediaType),
    );
    const image = write({ descriptor: other.descriptor, blobs: layer ? [other, config, layer] : [] });
    const { changed, config: differences } = await json('compare', write(plain), image);
    expect([changed, differences]).toEqual([true, [{ path: '/config/Env/A', base: '1', target: '2' }]]);
  });

  it('is a config that says two things in two ways: each is refused, or both are told', async () => {
    const plain = imageOf([[file('a')]], { config: { config: { Env: ['A=1'] } } });
    const saying = (run: string) => {
      const text = plain.config.bytes.toString().replace('{"Env":["A=1"]}', run);
      const config = makeBlob(Buffer.from(text), String(plain.config.descriptor.mediaType));
      const manifest = { ...JSON.parse(plain.bytes.toString()), config: config.descriptor };
      const other = makeBlob(Buffer.from(JSON.stringify(manifest)), String(plain.descriptor.mediaType));
      return write({ descriptor: other.descriptor, blobs: [other, config, ...plain.layers] });
    };
    const base = saying('{"Env":["A=1"]}');
    for (const run of [
      '{"Env":["A=1"],"Healthcheck":{"Test":["CMD","x"]},"healthcheck":{}}',
      '{"Env":["A=1"],"User":"x","user":null}',
      '{"Env":["A=1"],"Entrypoint":["x"],"ENTRYPOINT":[]}',
      '{"Env":["A=1"],"Labels":{"a":"x"},"label\u017f":{}}',
      '{"Env":["A=1"],"StopTimeout":9007199254740993}',
      '{"Env":["A=1"],"StopTimeout":1e400}',
    ]) {
      const { status, stderr } = await varve('compare', base, saying(run), '--exit-code');
      expect([run, status, stderr]).toEqual([run, 3, expect.stringContaining('malformed')]);
    }
    const { changed, config } = await json('compare', base, saying('{"Env":["A=2","A=1"]}'));
    expect([changed, config]).toEqual([true, [{ path: '/config/Env/A', base: '1', target: ['2', '1'] }]]);
  });

  it('is an environment that names a variable and gives it no value, or is no list: engines refuse it', async () => {
    const saying = (Env: unknown) => imageOf([[file('a')]], { config: { config: { Env } } });
    const pairs: [unknown, unknown][] = [
      [['SECRET='], ['SECRET']],
      [['SECRET=hunter'], { SECRET: 'hunter' }],
    ];
    for (const sides of pairs) {
      const [base = '', target = ''] = sides.map((env) => write(saying(env)));
      const { status, stdout } = await varve('compare', base, target, '--exit-code');
      expect([status, stdout]).toEqual([1, expect.stringContaining('ENV  value not shown')]);
    }
  });

  it('is an archive whose manifest.json is in lower case, and whose config is named by another digest', async () => {
    const image = imageOf([[file('a')]]);
    const name = `${'0'.repeat(64)}.json`;
    const archive = `${folder('archive')}.tar`;
    const item = { config: name, repoTags: ['jib:1'], layers: ['layer.tar'] };
    const files = [
      { name, bytes: image.config.bytes },
      { name: 'layer.tar', bytes: image.layers[0]?.tar ?? Buffer.alloc(0) },
      { name: 'manifest.json', bytes: Buffer.from(JSON.stringify([item])) },
    ];
    writeFileSync(archive, await packFiles(files));
    expect(await treeOf(`docker-archive:${archive}`)).toEqual({ a: 'file' });
    const { stdout } = await varve('snapshot', `docker-archive:${archive}`, '--baseline', 'none');
    expect(stdout).toContain('config-misnamed');
  });

  it('is a manifest of one standard that is listed as the other', async () => {
    const image = imageOf([[file('a')]]);
    const listed = { ...image.descriptor, mediaType: DOCKER_MANIFEST };
    const layout = `oci:${writeFolder(folder('image'), layoutFiles([listed], image.blobs))}`;
    expect(await treeOf(layout)).toEqual({ a: 'file' });
    const { stdout } = await varve('snapshot', layout, '--name', 'x', '--baseline', 'none');
    expect(stdout).toMatch(/media-type.*listed as/);
  });

  it('is a layer with an extended header before its end', async () => {
    expect(await treeOf(write(imageOf([[file('a'), paxHeader([['path', 'b']])]])))).toEqual({ a: 'file' });
  });

  it('is a history with more steps than layers: the first count', async () => {
    const history = [0, 1, 2].map((step) => ({ created_by: `RUN ${step}` }));
    const image = write(imageOf([[file('a')], [file('b')]], { config: { history } }));
    const { layers } = await json('compare', image, image);
    expect(layers.map(({ target }: { target: { step: string } }) => target.step)).toEqual(['RUN 0', 'RUN 1']);
  });
});

describe('what a layer leaves unstated', () => {
  const lower = [dir('target'), file('target/keep'), symlink('link', '/target'), file('plain')];
  const kept = { target: 'dir', 'target/keep': 'file', plain: 'file' };

  it.each([
    ['an entry', 'link/new', { 'link/new': 'file' }],
    ['an opaque marker', 'link/.wh..wh..opq', {}],
    ['a whiteout', 'link/.wh.keep', {}],
  ])('over a symlink is a directory: below it %s', async (_, name, more) => {
    const image = write(imageOf([lower, [file(name, '')]]));
    expect(await treeOf(image)).toEqual({ ...kept, link: 'dir', ...more });
    expect((await varve('tree', image)).stderr).toContain('parent-replaced');
  });

  it('has nothing to do with whiteouts below a symlink of the layer itself', async () => {
    const folders = [dir('a'), file('a/f'), dir('b'), file('b/f')];
    for (const name of ['a/.wh.f', 'a/.wh..wh..opq']) {
      const image = write(imageOf([folders, [symlink('a', '/b'), file(name, '')]]));
      expect(await treeOf(image)).toEqual({ a: 'symlink', b: 'dir', 'b/f': 'file' });
      expect((await varve('tree', image)).stderr).toContain('whiteout-below-own-symlink');
    }
  });
});

describe('what is made to exhaust', () => {
  it('a config that nests deeply is refused', async () => {
    const labels = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    const rootfs = '"rootfs":{"type":"layers","diff_ids":[]}';
    const config = makeBlob(Buffer.from(`{"config":{"Labels":${labels}},${rootfs}}`), OCI_CONFIG);
    const { bytes, descriptor } = makeImage([]);
    const manifest = { ...JSON.parse(bytes.toString()), config: config.descriptor };
    const made = makeBlob(Buffer.from(JSON.stringify(manifest)), String(descriptor.mediaType));
    const image = write({ descriptor: made.descriptor, blobs: [made, config] });
    const { status, stderr } = await varve('snapshot', image, '--name', 'x', '--baseline', 'none');
    expect([status, stderr]).toEqual([3, expect.stringMatching(/^varve: limit-exceeded: .*nests deeper/)]);
  });

  it('a document of brackets is refused before it is parsed', async () => {
    const brackets = makeBlob(Buffer.from('['.repeat(8_000_000)), 'application/vnd.oci.image.index.v1+json');
    const image = write({ descriptor: brackets.descriptor, blobs: [brackets] });
    expect(await varve('tree', image)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('limit-exceeded'),
    });
  });

  it('a long chain of hard links is followed once', async () => {
    const links = Array.from({ length: 20_000 }, (_, at) => hardlink(`h${at + 1}`, `h${at}`));
    const image = write(imageOf([[file('h0', 'x'), ...links.reverse()]]));
    const { files } = await json('compare', write(imageOf([[file('a')]])), image);
    expect(files.added).toBe(20_001);
  });
});

describe('JSON in the log of a workflow', () => {
  it.each([
    ['compare', 'BASE', 'IMAGE', '--format', 'json'],
    ['tree', 'IMAGE', '--format', 'ndjson'],
    ['layer', 'ls', 'IMAGE', '0', '--format', 'ndjson'],
    ['snapshot', 'IMAGE', '--name', 'x', '--baseline', 'BASE', '--format', 'json'],
  ])('gives it no command: varve %s %s %s', async (...args) => {
    const name = '###[error]x##[set-output name=y]z##vso[task.setvariable]w';
    const places = { IMAGE: write(imageOf([[file(name)]])), BASE: write(imageOf([[file('a')]])) };
    const { stdout } = await varve(...args.map((arg) => places[arg as keyof typeof places] ?? arg));
    expect(stdout).not.toMatch(/##\w*\[/);
    expect(stdout).toContain('set-output');
    const documents = stdout.trimEnd().split('\n');
    expect(documents.map((line) => JSON.stringify(JSON.parse(line))).join()).toContain(name);
  });
});

describe('credentials in a reference', () => {
  it.each([
    ['snapshot', 'ann:hunter2@registry.example/x'],
    ['snapshot', 'docker://ann:hunter2@registry.example/x'],
    ['snapshot', 'docker://ann:hun@ter2@registry.example/x:1'],
    ['snapshot', 'https://ann:hunter2@registry.example/x'],
    ['snapshot', '//ann:hunter2@registry.example/x'],
    ['snapshot', 'DOCKER://ann:hunter2@registry.example/x'],
    ['snapshot', 'oci:x', '--baseline', 'oci://ann:hunter2@registry.example/x'],
    ['snapshot', 'oci:x', '--baseline', 'ann:hunter2@registry.example/x'],
    ['snapshot', 'oci:x', '--publish', 'ann:hunter2@registry.example/x'],
    ['compare', 'ann:hunter2@registry.example/x', 'oci:y'],
    ['tree', 'docker-daemon:ann:hunter2@registry.example/x'],
    ['artifact', 'push', '.', 'docker://ann:hunter2@registry.example/x'],
  ])('are never repeated: varve %s %s %s %s', async (...args) => {
    const { status, stdout, stderr } = await varve(...args);
    expect(status).toBe(2);
    expect(stdout + stderr).not.toMatch(/hun|ter2/);
  });
});
