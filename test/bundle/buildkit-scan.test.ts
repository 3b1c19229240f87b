import { execFileSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import type { Annotation } from '../../src/core/sbom/annotation.ts';
import { schemaErrors } from '../support/json-schemas.ts';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newFolder = temporaryFolder();

/** A folder as BuildKit hands it over: `core/sbom`, `extras` and `out`. */
function makeMounts(files: Readonly<Record<string, string>> = { 'etc/os-release': 'ID=none\n' }): string {
  const folder = newFolder();
  for (const part of ['core/sbom', 'extras', 'out']) mkdirSync(join(folder, part), { recursive: true });
  for (const [path, content] of Object.entries(files)) write(folder, `core/sbom/${path}`, content);
  return folder;
}

function write(folder: string, path: string, content: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), content);
}

/** Calls the scanner as BuildKit does, `core`, `extras` and `out` in the folder. */
function scan(cwd: string, parameters: Readonly<Record<string, string>> = {}) {
  const env = {
    BUILDKIT_SCAN_SOURCE: join(cwd, 'core/sbom'),
    BUILDKIT_SCAN_SOURCE_EXTRAS: join(cwd, 'extras/'),
    BUILDKIT_SCAN_DESTINATION: `${join(cwd, 'out')}/`,
  };
  return runVarve(['buildkit-scan'], { cwd, env: { ...env, ...parameters } });
}

const written = (folder: string): string[] => readdirSync(join(folder, 'out')).sort();

function readStatement(folder: string, name = 'sbom') {
  const statement = JSON.parse(readFileSync(join(folder, 'out', `${name}.spdx.json`), 'utf8'));
  const annotations = ({ annotations = [] }: { annotations?: { comment: string }[] }): Annotation[] =>
    annotations.map(({ comment }) => JSON.parse(comment));
  const { predicate } = statement;
  return {
    statement,
    predicate,
    ofBuild: annotations(predicate),
    ofRoot: annotations(predicate.packages[0])[0],
  };
}

/** The lines that the store has of the root filesystem. */
async function listed(cwd: string): Promise<string[]> {
  const { digest } = readStatement(cwd).ofRoot ?? {};
  const item = await runVarve(['surface', 'get', `rootfs.files@${digest}`, '--cas-root', 'cas'], { cwd });
  expect(digestOf(item.stdout)).toBe(digest);
  return item.stdout.trimEnd().split('\n');
}

describe('varve buildkit-scan', () => {
  it('writes an in-toto statement with an SPDX document for the result and each extra', async () => {
    const folder = makeMounts();
    write(folder, 'extras/sbom-context/Dockerfile', 'FROM scratch\n');
    write(folder, 'extras/sbom-build/main.c', 'int x;\n');
    write(folder, 'extras/stray', 'not a folder');
    symlinkSync('/etc', join(folder, 'extras/link'));
    expect(await scan(folder)).toEqual({
      status: 0,
      stderr: '',
      stdout: [
        `sbom.spdx.json: 1 file, 8 B, listed in ${readStatement(folder).ofRoot?.digest}\n`,
        `sbom-build.spdx.json: 1 file, 7 B, listed in ${readStatement(folder, 'sbom-build').ofRoot?.digest}\n`,
        `sbom-context.spdx.json: 1 file, 13 B, listed in ${readStatement(folder, 'sbom-context').ofRoot?.digest}\n`,
      ].join(''),
    });
    expect(written(folder)).toEqual(['sbom-build.spdx.json', 'sbom-context.spdx.json', 'sbom.spdx.json']);
    const { statement, predicate, ofRoot } = readStatement(folder);
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://spdx.dev/Document',
    });
    expect(predicate).toMatchObject({
      spdxVersion: 'SPDX-2.3',
      name: 'sbom',
      creationInfo: { created: '1970-01-01T00:00:00Z' },
      packages: [{ filesAnalyzed: false }],
    });
    expect(predicate).not.toHaveProperty('annotations');
    expect(schemaErrors('sbom-annotation', ofRoot)).toEqual([]);
    expect(ofRoot).toMatchObject({ entries: 3, files: 1, contentBytes: 8, uri: null });
  });

  it('scans the result alone where there are no extras', async () => {
    for (const extras of ['', '/nonexistent']) {
      const folder = makeMounts();
      expect(await scan(folder, { BUILDKIT_SCAN_SOURCE_EXTRAS: extras })).toMatchObject({ status: 0 });
      expect(written(folder)).toEqual(['sbom.spdx.json']);
    }
  });

  it('writes the same for the same files, wherever they are and whenever they were written', async () => {
    const [one, two] = [makeMounts(), newFolder()];
    cpSync(one, two, { recursive: true });
    lutimesSync(join(two, 'core/sbom/etc/os-release'), 5, 5);
    await scan(one);
    await scan(two, { SOURCE_DATE_EPOCH: '0' });
    const bytes = (folder: string) => readFileSync(join(folder, 'out/sbom.spdx.json'), 'utf8');
    expect(bytes(two)).toBe(bytes(one));
    write(two, 'core/sbom/etc/os-release', 'ID=else\n');
    await scan(two);
    const namespaces = [one, two].map((folder) => readStatement(folder).predicate.documentNamespace);
    expect(new Set(namespaces).size).toBe(2);
  });

  it('keeps what it found, and files of other tools, where a CAS root is given', async () => {
    const cwd = makeMounts();
    writeFileSync(join(cwd, 'events.ndjson'), '{"seen":"exec"}\n');
    // Parameters come as they were written after --attest.
    const given = { 'BUILDKIT_SCAN_surface-runtime-events': 'events.ndjson', BUILDKIT_SCAN_CAS_ROOT: 'cas' };
    const outcome = await scan(cwd, { ...given, BUILDKIT_SCAN_surface_component: 'falco' });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const { ofBuild, ofRoot } = readStatement(cwd);
    expect(ofBuild).toMatchObject([
      { kind: 'runtime.events', digest: digestOf('{"seen":"exec"}\n'), view: 'falco' },
    ]);
    for (const { uri } of [...ofBuild, ofRoot].filter((each) => each !== undefined)) {
      expect(await runVarve(['surface', 'get', uri ?? '', '--cas-root', 'cas'], { cwd })).toMatchObject({
        status: 0,
      });
    }
    const [header, ...lines] = (await listed(cwd)).map((line) => JSON.parse(line));
    expect(schemaErrors('rootfs-files-header', header)).toEqual([]);
    expect(lines.flatMap((line) => schemaErrors('rootfs-files-entry', line))).toEqual([]);
    expect(await runVarve(['verify', '--cas-root', 'cas'], { cwd })).toMatchObject({ status: 0 });
  });

  it('says which parameters mean nothing', async () => {
    const { status, stderr } = await scan(makeMounts(), { BUILDKIT_SCAN_CAS_ROT: 'x' });
    expect(status).toBe(0);
    expect(stderr).toBe(
      'varve: the parameter BUILDKIT_SCAN_CAS_ROT has no meaning: did you mean cas-root?\n',
    );
  });
});

describe('a hostile root filesystem', () => {
  it('leads nowhere and holds nothing up: links, pipes, devices, sockets, names that are not UTF-8', async () => {
    const cwd = makeMounts({ 'a/x': '1', 'a-b': '2', 'a.b': '3', '-': '4', a0: '5' });
    const root = join(cwd, 'core/sbom');
    symlinkSync('/etc', join(root, 'etc'));
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('..', join(root, 'a/up'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
    writeFileSync(Buffer.from(`${root}/caf\xe9\n\x1b[31m`, 'latin1'), 'raw');
    const server = createServer().listen(join(root, 'socket'));
    try {
      expect(await scan(cwd, { BUILDKIT_SCAN_CAS_ROOT: 'cas' })).toMatchObject({ status: 0, stderr: '' });
    } finally {
      server.close();
    }
    const lines = (await listed(cwd)).slice(1).map((line) => JSON.parse(line));
    expect(lines.map(({ path, type }) => `${type} ${path}`)).toEqual([
      ...['file -', 'dir .', 'dir a', 'file a-b', 'file a.b', 'symlink a/up', 'file a/x', 'file a0'],
      ...['file caf\\xe9\n\x1b[31m', 'symlink etc', 'symlink loop', 'fifo pipe'],
    ]);
  });

  it('is refused over the limits, and then nothing is there for BuildKit to take', async () => {
    const folder = makeMounts();
    const sparse = join(folder, 'core/sbom/sparse');
    writeFileSync(sparse, '');
    truncateSync(sparse, 2 ** 40);
    const large = await scan(folder);
    expect(large.status).toBe(3);
    expect(large.stderr).toMatch(
      /limit-exceeded: .*core\/sbom: the size of its files .*\n {2}hint: .*--max-layer-bytes/,
    );
    const many = await scan(folder, { 'BUILDKIT_SCAN_max-layer-entries': '2' });
    expect(many.stderr).toMatch(/limit-exceeded: .*: the number of names is over the limit of 2 entries/);
    expect(written(folder)).toEqual([]);
  });

  it('is refused for a path that no program can open, in few words', async () => {
    const folder = makeMounts();
    const script = `for (let i = 0; i < 20; i++) { fs.mkdirSync('d'.repeat(250)); process.chdir('d'.repeat(250)) }`;
    execFileSync(process.execPath, ['-e', script], { cwd: join(folder, 'core/sbom') });
    const { status, stderr } = await scan(folder);
    execFileSync('rm', ['-r', join(folder, 'core/sbom')]);
    expect(status).toBe(3);
    const [first = ''] = stderr.split('\n');
    expect(first).toMatch(/^varve: unsupported: the path .*core\/sbom.*… is longer than the system takes$/);
    expect(written(folder)).toEqual([]);
  });

  it('has a file with many names read once', async () => {
    const folder = makeMounts({ large: 'x'.repeat(1_000_000) });
    for (let count = 0; count < 100; count++)
      linkSync(join(folder, 'core/sbom/large'), join(folder, `core/sbom/${count}`));
    expect(await scan(folder, { 'BUILDKIT_SCAN_max-layer-bytes': '1MB' })).toMatchObject({ status: 0 });
    expect(readStatement(folder).ofRoot).toMatchObject({ files: 101, contentBytes: 101_000_000 });
  });

  it('gives no other file in the place of one that another tool left in it', async () => {
    const folder = makeMounts({ 'fragments.json': '{}' });
    writeFileSync(join(folder, 'secret.json'), '{}');
    symlinkSync('../../secret.json', join(folder, 'core/sbom/out.json'));
    symlinkSync('../../', join(folder, 'core/sbom/up'));
    const given = (path: string) =>
      scan(folder, { BUILDKIT_SCAN_SURFACE_LAYER_FRAGMENTS: join(folder, path) });
    for (const path of ['core/sbom/out.json', 'core/sbom/up/secret.json']) {
      const { status, stderr } = await given(path);
      expect(status).toBe(2);
      expect(stderr).toContain(`bad-option: ${join(folder, path)} leads out of ${join(folder, 'core/sbom')}`);
    }
    expect(written(folder)).toEqual([]);
    expect(await given('core/sbom/fragments.json')).toMatchObject({ status: 0 });
  });
});
