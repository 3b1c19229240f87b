import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdDecompressSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { runNode, runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Library = typeof import('../../src/entry/library/exports.ts');
type Packaged = Awaited<ReturnType<Library['packageFolder']>>;

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const newFolder = temporaryFolder();
let library: Library;

beforeAll(async () => {
  // The package by its own name, as another one that has it among its dependencies.
  library = await import(import.meta.resolve('varve'));
});

function folderOf(files: Readonly<Record<string, string>>, folder = newFolder('evidence')): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A project that has the package among its dependencies. */
function newProject(files: Readonly<Record<string, string>>): string {
  const project = folderOf({ ...files, 'package.json': '{ "type": "module" }' }, newFolder('project'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(ROOT, join(project, 'node_modules/varve'));
  return project;
}

/** What the compiler says of a strict project; nothing where all is well. */
function checkTypes(project: string, ...options: string[]): Promise<string> {
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  const args = ['--noEmit', '--strict', '--module', 'nodenext', ...options];
  return run(tsc, args, { cwd: project }).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
}

const FILES = { 'snapshot.json': '{}', 'sbom/app.json': '{"a":1}', 'log.txt': 'x'.repeat(300_000) };

/** Gives the blobs of an artifact, as a server would that keeps them. */
const serving = ({ blobs }: Packaged, change: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes) =>
  async function* (wanted: { readonly digest: string }): AsyncGenerator<Uint8Array> {
    const blob = blobs.find(({ digest }) => digest === wanted.digest);
    if (blob === undefined) throw new Error('404');
    for await (const chunk of blob.read()) yield change(chunk);
  };

describe('the library', () => {
  it('packages a folder, and unpacks it elsewhere', async () => {
    const packaged = await library.packageFolder(folderOf(FILES));
    expect(library.describeBlob(packaged.manifest.bytes, packaged.manifest.mediaType)).toEqual({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: packaged.manifest.digest,
      size: packaged.manifest.size,
    });
    const target = newFolder('restored');
    const files = await library.unpackFolder(packaged.manifest.bytes, target, serving(packaged));
    expect(files.map(({ path }) => path)).toEqual(['log.txt', 'sbom/app.json', 'snapshot.json']);
    for (const [path, text] of Object.entries(FILES))
      expect(readFileSync(join(target, path), 'utf8')).toBe(text);
  });

  it('makes of the same files the artifact that the command makes', async () => {
    const folder = folderOf(FILES);
    const layout = newFolder('layout');
    const { stdout } = await runVarve([
      'artifact',
      'package',
      folder,
      '--output',
      `oci:${layout}`,
      '--format',
      'json',
    ]);
    const { manifest, blobs } = await library.packageFolder(folder);
    expect(JSON.parse(stdout)).toMatchObject({ digest: manifest.digest });
    for (const { digest, size } of blobs)
      expect(readFileSync(join(layout, 'blobs/sha256', digest.slice(7)))).toHaveLength(size);
  });

  it('takes a type, a config and a subject', async () => {
    const subject = {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: `sha256:${'0'.repeat(64)}`,
      size: 7,
    };
    const config = { mediaType: 'application/vnd.acme.config.v1+json', bytes: Buffer.from('{"a":1}') };
    const artifactType = 'application/vnd.acme.evidence.v1';
    const packaged = await library.packageFolder(folderOf(FILES), { artifactType, config, subject });
    const described = library.describeBlob(config.bytes, config.mediaType);
    expect(JSON.parse(Buffer.from(packaged.manifest.bytes).toString())).toMatchObject({
      artifactType,
      config: described,
      subject,
    });
    expect(packaged.blobs).toContainEqual(expect.objectContaining({ digest: described.digest }));
    const files = await library.unpackFolder(packaged.manifest.bytes, newFolder(), serving(packaged));
    expect(files).toHaveLength(3);
  });

  it.each<[string, string, (packaged: Packaged) => ReturnType<typeof serving>]>([
    [
      'bytes that are others',
      'digest-mismatch',
      (packaged) => serving(packaged, (bytes) => bytes.map(() => 0x20)),
    ],
    ['too few bytes', 'size-mismatch', (packaged) => serving(packaged, (bytes) => bytes.subarray(1))],
    [
      'too many bytes',
      'size-mismatch',
      (packaged) => serving(packaged, (bytes) => Buffer.concat([bytes, bytes])),
    ],
    ['a server that has nothing', 'unreachable', ({ manifest }) => serving({ manifest, blobs: [] })],
  ])('leaves no folder behind for %s', async (_, code, serve) => {
    const packaged = await library.packageFolder(folderOf(FILES));
    const target = join(newFolder(), 'restored');
    const unpacking = library.unpackFolder(packaged.manifest.bytes, target, serve(packaged));
    await expect(unpacking).rejects.toBeInstanceOf(library.VarveError);
    await expect(unpacking).rejects.toMatchObject({ code });
    expect(() => readFileSync(target)).toThrow('ENOENT');
  });

  it('names what cannot be packaged', async () => {
    await expect(library.packageFolder(newFolder())).rejects.toMatchObject({ code: 'bad-option' });
    const folder = folderOf(FILES);
    symlinkSync('/etc/passwd', join(folder, 'link'));
    await expect(library.packageFolder(folder)).rejects.toMatchObject({
      code: 'unsupported',
      object: 'link',
    });
  });

  it('builds the manifest of an artifact of others, and unpacks it by its media types', async () => {
    const files = { 'manifest.json': '{"entries":1}', 'cache.jsonl.gz': 'lines' };
    const lei = 'application/vnd.lei.cache.';
    const types = { 'manifest.json': `${lei}manifest+json`, 'cache.jsonl.gz': `${lei}jsonl+gzip` };
    const { describeBlob } = library;
    const layers = Object.entries(files).map(([name, text]) =>
      describeBlob(Buffer.from(text), types[name as keyof typeof types]),
    );
    const config = describeBlob(Buffer.from('{}'), `${lei}config.v1+json`);
    const titled = layers.map((layer, at) => ({
      ...layer,
      annotations: { 'org.opencontainers.image.title': Object.keys(files)[at] ?? '' },
    }));
    const serve = async ({ digest }: { digest: string }) =>
      Buffer.from(Object.values(files)[layers.findIndex((layer) => layer.digest === digest)] ?? '');
    for (const each of [layers, titled]) {
      const manifest = library.buildManifest(config, each);
      expect(manifest).toEqual({
        ...describeBlob(manifest.bytes, 'application/vnd.oci.image.manifest.v1+json'),
        bytes: manifest.bytes,
      });
      expect(library.buildManifest(config, each).digest).toBe(manifest.digest);
      const target = newFolder('restored');
      await library.unpackFolder(manifest.bytes, target, serve);
      for (const [name, text] of Object.entries(files))
        expect(readFileSync(join(target, name), 'utf8')).toBe(text);
    }
    const swapped = titled.map((layer, at) => ({
      ...layer,
      ...layers[1 - at],
      annotations: layer.annotations,
    }));
    const manifest = library.buildManifest(config, swapped);
    await expect(library.unpackFolder(manifest.bytes, newFolder('x'), serve)).rejects.toMatchObject({
      code: 'malformed',
    });
    expect(() => library.buildManifest({ ...config, digest: 'md5:x' }, [])).toThrow(
      expect.objectContaining({ code: 'bad-reference' }),
    );
  });

  it('tells media types and file names of each other', () => {
    const { mediaTypeOfFile, fileNameOfType } = library;
    expect(fileNameOfType(mediaTypeOfFile('snapshot.json'))).toBe('snapshot.json');
    expect(fileNameOfType(mediaTypeOfFile('notes.txt'))).toBeNull();
  });

  it('does what the documentation shows', async () => {
    const text = readFileSync(join(ROOT, 'docs/reference/artifacts.md'), 'utf8');
    const [, example = ''] = /```ts\n(.*?)```/s.exec(text) ?? [];
    const project = newProject({ 'use.mjs': example, 'kept/.keep': '', 'evidence/a.json': '{}' });
    const { stdout } = await run(process.execPath, ['use.mjs'], { cwd: project });
    expect(stdout).toBe('a.json: 2 bytes\n');
    expect(readFileSync(join(project, 'restored/a.json'), 'utf8')).toBe('{}');
  });

  const guide = readFileSync(join(ROOT, 'docs/reference/library.md'), 'utf8');
  const examples = [
    ...guide.matchAll(/^## ([^\n]+)\n(?:(?!^## ).)*?```ts\n(.*?)```\n\nprints\n\n```text\n(.*?)```/gms),
  ];

  it.each(examples.map(([, title = '', code = '', printed = '']) => [title, code, printed] as const))(
    'does what its guide shows: %s',
    async (_, code, printed) => {
      const project = newProject({ 'use.mjs': code });
      for (const [name, version] of [
        ['old', 'v1'],
        ['new', 'v2'],
      ] as const)
        symlinkSync(join(ROOT, `__fixtures__/app-${version}`), join(project, name));
      const env = { PATH: process.env.PATH, HOME: newFolder('home'), GIT_DIR: '/nonexistent' };
      const { stdout, stderr } = await run(process.execPath, ['use.mjs'], { cwd: project, env });
      expect([stdout, stderr]).toEqual([printed, '']);
    },
  );

  it('has a guide that shows each of its functions', () => {
    expect(examples).toHaveLength(8);
    const shown = guide + readFileSync(join(ROOT, 'docs/reference/artifacts.md'), 'utf8');
    for (const name of Object.keys(library)) expect(shown).toContain(name);
  });

  it('puts manifests as another store gave them, and gives those of images only whole', async () => {
    const { openStore, snapshot, SurfaceManifestReader, SurfaceManifestWriter } = library;
    const root = newFolder('store');
    const image = `oci:${join(ROOT, '__fixtures__/app-v1')}:shop:v1`;
    const { pointer } = await snapshot(image, { name: 'shop', 'cas-root': root });
    await using from = await openStore(`dir:${root}`);
    await using to = await openStore(`dir:${newFolder('other')}`);
    const [reader, target] = [new SurfaceManifestReader(from), new SurfaceManifestReader(to)];
    const writer = new SurfaceManifestWriter(to);
    const { tenant } = pointer.run;
    const whole = await reader.getImageManifest(tenant, pointer.manifestDigest);
    if (whole === null) throw new Error('no manifest');
    expect(await writer.putManifest(whole)).toBe(pointer.manifestDigest);
    await expect(target.getImageManifest(tenant, pointer.manifestDigest)).rejects.toMatchObject({
      code: 'not-in-store',
      message: expect.stringContaining(' more'),
    });
    for (const { kind, digest } of whole.artifacts) {
      const key = { tenant, kind, digest };
      const manifest = await reader.getManifest(key);
      const payload = await reader.getPayload(key);
      if (manifest === null || payload === null) throw new Error('no item');
      await expect(writer.putManifest(manifest)).rejects.toMatchObject({ code: 'not-in-store' });
      const bytes = Buffer.concat(await Array.fromAsync(payload));
      const wrong = writer.putManifest(manifest, Buffer.concat([bytes, bytes]));
      await expect(wrong).rejects.toMatchObject({ code: 'size-mismatch' });
      for (const again of [bytes, bytes, undefined]) {
        expect(await writer.putManifest(manifest, again)).toBe(digest);
        expect(await target.getManifest(key)).toEqual(manifest);
      }
      const stored = await target.getPayload(key, { compressed: true });
      expect(zstdDecompressSync(Buffer.concat(await Array.fromAsync(stored ?? [])))).toEqual(bytes);
      expect(await target.getManifest({ ...key, tenant: 'other' })).toBeNull();
    }
    expect(await target.getImageManifest(tenant, pointer.manifestDigest)).toEqual(whole);
    const [first] = whole.artifacts;
    const key = { tenant, kind: first?.kind ?? '', digest: first?.digest ?? '' };
    expect(await writer.deleteManifest({ ...key, tenant: 'other' })).toBe(false);
    expect(await writer.deleteManifest(key)).toBe(true);
    expect(await writer.deleteManifest(key)).toBe(false);
    expect(await target.getPayload(key)).toBeNull();
    const manifest = await reader.getManifest(key);
    const signed = manifest && { ...manifest, integrity: { ...manifest.integrity, signature: 'x' } };
    if (signed) await expect(writer.putManifest(signed)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('ends when it is told to, with the reason that it was told', async () => {
    const reason = new Error('enough');
    const image = `oci:${join(ROOT, '__fixtures__/app-v1')}:shop:v1`;
    const settings = { name: 'shop', 'cas-root': newFolder('store') };
    const controller = new AbortController();
    const onProgress = () => controller.abort(reason);
    const ended = library.snapshot(image, settings, { signal: controller.signal, onProgress });
    await expect(ended).rejects.toBe(reason);
  });

  it('names every mistake in its settings at once', async () => {
    const settings = { 'max-layer-entries': 1.5, tenant: '../x' };
    await expect(library.compare('oci:a', 'oci:b', settings)).rejects.toMatchObject({
      code: 'bad-option',
      message: expect.stringMatching(/the setting tenant: .*\nthe setting max-layer-entries: /s),
    });
    await expect(library.openStore('oci:folder')).rejects.toMatchObject({ code: 'bad-option' });
  });

  it('has declarations that another project can be checked against', async () => {
    const project = newProject({});
    const check = async (text: string): Promise<string> => {
      writeFileSync(join(project, 'use.ts'), text);
      const lib = 'es2022,esnext.disposable,dom';
      return checkTypes(project, '--target', 'es2022', '--lib', lib, '--types', '', 'use.ts');
    };
    const use = `import { compare, history, openStore, packageFolder, snapshot, unpackFolder, VarveError } from 'varve';
      import type { Comparison, ErrorCode, Store } from 'varve';
      const { manifest, blobs } = await packageFolder('evidence');
      const sizes: number[] = blobs.map(({ size }) => size);
      const files = await unpackFolder(manifest.bytes, 'restored', async ({ digest }) => new Uint8Array(digest.length));
      export const paths: string[] = files.map(({ path }) => path);
      export const codeOf = (fault: VarveError): ErrorCode => fault.code;
      export const store: Store = await openStore('dir:x');
      export const commits = (await history('x', { baseline: 'dir:x' })).map(({ commit }) => commit?.length ?? 0);
      export const ran = await snapshot('oci:x', { ignore: ['a', 'b'], save: false }, { onProgress: ({ bytes }) => bytes });
      export const changed = (comparison: Comparison): boolean | null => comparison.changed;
      export const text: string = await (await compare('oci:a', 'oci:b')).report('markdown');
      export { sizes };`;
    expect(await check(use)).toBe('');
    expect(await check(use.replace('number[]', 'string[]'))).toContain('error TS2322');
  });

  it('types the documents of one platform and of several apart', async () => {
    const project = newProject({
      'use.ts': `import { compare, type SnapshotSettings, snapshot } from 'varve';
        export const digest = (await snapshot('x')).pointer.snapshotDigest;
        export const summary = (await compare('x', 'y', { platform: 'linux/amd64' })).comparison.summary;
        export const digestOfAll = (await snapshot('x', { platform: 'all' })).pointer.snapshotDigest;
        export const summaryOfAll = (await compare('x', 'y', { platform: 'all' })).comparison.summary;
        export const digestOfAny = async (settings: SnapshotSettings) =>
          (await snapshot('x', settings)).pointer.snapshotDigest;`,
    });
    const said = await checkTypes(project, '--types', '', 'use.ts');
    const faults = [...said.matchAll(/^use\.ts\((\d+),.* error (\w+)/gm)].map(([, line, code]) => [
      line,
      code,
    ]);
    expect(faults).toEqual(['4', '5', '7'].map((line) => [line, 'TS2339']));
  });

  it('shows examples that compile', async () => {
    const shown = guide + readFileSync(join(ROOT, 'docs/reference/artifacts.md'), 'utf8');
    const codes = [...shown.matchAll(/^```ts\n(.*?)```/gms)].map(([, code = '']) => code);
    expect(codes).toHaveLength(examples.length + 1);
    const files = Object.fromEntries(codes.map((code, index) => [`use-${index}.ts`, code]));
    const project = newProject(files);
    symlinkSync(join(ROOT, 'node_modules/@types'), join(project, 'node_modules/@types'));
    expect(await checkTypes(project, '--types', 'node', ...Object.keys(files))).toBe('');
  });

  it('says which Node it needs, having loaded nothing else', async () => {
    const folder = newFolder('starts');
    for (const file of ['action.js', 'cli.js', 'library.js', 'require-node.js', 'package.json'])
      cpSync(join(ROOT, 'dist', file), join(folder, file));
    const old = "Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } })";
    const start = (file: string) => runNode([`--import=data:text/javascript,${old}`, file], { cwd: folder });
    const sentence = 'varve: needs Node.js 24 or newer, and this is 20.20.2\n';
    expect(await start('cli.js')).toEqual({ status: 2, stdout: '', stderr: sentence });
    expect(await start('library.js')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining(`Error: ${sentence}`),
    });
    expect(await start('action.js')).toEqual({ status: 1, stdout: `::error::${sentence}`, stderr: '' });
  });

  it('exports what its declarations do', async () => {
    expect(Object.keys(library).sort()).toEqual(
      Object.keys(await import('../../src/entry/library/exports.ts')).sort(),
    );
  });
});
