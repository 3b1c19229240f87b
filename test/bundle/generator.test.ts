import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import { runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newFolder = temporaryFolder();
const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const IMAGE = `oci:${join(FIXTURES, 'app-v1')}:shop:v1`;
const RUN = ['snapshot', IMAGE, '--name', 'shop', '--baseline', 'none', '--cas-root', 'store'];

/** What tools of others may write: kept byte for byte, whatever its form. */
const FRAGMENTS = '{\n  "artifacts": [],  "b": 1, "a": 1e2\n}\n';
const TRACE = '{"type":"terminal"}\n\n{"type":"from-the-future","x":[1]}\r\n';
const EVENTS = '{"seen":"exec"}\n';

interface Listed {
  readonly kind: string;
  readonly digest: string;
  readonly view?: string;
}

function makeFolder(): string {
  const folder = newFolder();
  mkdirSync(folder);
  writeFileSync(join(folder, 'fragments.json'), FRAGMENTS);
  writeFileSync(join(folder, 'graph.json'), '{}');
  writeFileSync(join(folder, 'trace.ndjson'), TRACE);
  writeFileSync(join(folder, 'events.ndjson'), EVENTS);
  return folder;
}

const GIVEN = [
  ...['--surface-layer-fragments', 'fragments.json', '--surface-entrytrace-graph', 'graph.json'],
  ...['--surface-entrytrace-ndjson', 'trace.ndjson', '--surface-runtime-events', 'events.ndjson'],
];

describe('files of other tools', () => {
  it('are kept as they are, listed with their producer, and named by the pointer', async () => {
    const cwd = makeFolder();
    const args = [...GIVEN, '--surface-component', 'syft', '--surface-component-version', '1.38.0'];
    const files = ['--surface-manifest-output', 'manifest.json', '--pointer-path', 'pointer.json'];
    const { status, stderr } = await runVarve([...RUN, ...args, ...files], { cwd });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const manifest = JSON.parse(readFileSync(join(cwd, 'manifest.json'), 'utf8'));
    const pointer = JSON.parse(readFileSync(join(cwd, 'pointer.json'), 'utf8'));
    expect(manifest.source).toEqual({ component: 'syft', version: '1.38.0' });
    expect(pointer.manifest.artifacts).toEqual(manifest.artifacts);
    const views = manifest.artifacts.filter(({ view }: Listed) => view !== undefined);
    expect(views.map(({ kind, digest, view }: Listed) => [kind, digest, view])).toEqual([
      ['entrytrace.graph', digestOf('{}'), 'syft'],
      ['entrytrace.ndjson', digestOf(TRACE), 'syft'],
      ['layer.fragments', digestOf(FRAGMENTS), 'syft'],
    ]);
    expect(pointer.runtimeEvents.map(({ digest }: Listed) => digest)).toEqual([digestOf(EVENTS)]);
    for (const [kind, text] of [
      ['layer.fragments', FRAGMENTS],
      ['entrytrace.ndjson', TRACE],
      ['runtime.events', EVENTS],
    ] as const) {
      const item = await runVarve(['surface', 'get', `${kind}@${digestOf(text)}`, '--cas-root', 'store'], {
        cwd,
      });
      expect(item.stdout).toBe(text);
    }
    expect(await runVarve(['verify', 'pointer.json', '--cas-root', 'store'], { cwd })).toMatchObject({
      status: 0,
    });
    expect(await runVarve(['verify', '--cas-root', 'store'], { cwd })).toMatchObject({ status: 0 });
  });

  it('come by the variables and options of generators of StellaOps, too', async () => {
    const cwd = makeFolder();
    const env = {
      STELLAOPS_SURFACE_LAYER_FRAGMENTS: 'fragments.json',
      STELLAOPS_SURFACE_CAS_ROOT: 'cas',
      STELLAOPS_SURFACE_MANIFEST_OUTPUT: 'manifest.json',
    };
    const run = ['snapshot', IMAGE, '--name', 'shop', '--baseline', 'none', '--surface-tenant', 'acme'];
    expect(await runVarve(run, { cwd, env })).toMatchObject({ status: 0 });
    const { tenant, artifacts, source } = JSON.parse(readFileSync(join(cwd, 'manifest.json'), 'utf8'));
    expect([tenant, source.component]).toEqual(['acme', 'varve']);
    expect(artifacts.find(({ kind }: Listed) => kind === 'layer.fragments')?.view).toBe('external');
    const list = await runVarve(['surface', 'list', '--cas-root', 'cas', '--tenant', 'acme'], { cwd });
    expect(list.stdout).toContain(`layer.fragments@${digestOf(FRAGMENTS)}`);
  });

  it.each<[string, string | Buffer, string, number]>([
    ['cut off', FRAGMENTS.slice(0, 20), 'given.json: is not JSON', 3],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'given.json: is not UTF-8 text', 3],
    ['empty', '', 'given.json: is not JSON', 3],
    ['nested without end', '['.repeat(1_000_000) + ']'.repeat(1_000_000), 'given.json: is not JSON', 3],
  ])('are refused when %s, and nothing is recorded', async (_, content, message, status) => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'given.json'), content);
    const outcome = await runVarve([...RUN, '--surface-layer-fragments', 'given.json'], { cwd });
    expect(outcome).toMatchObject({ status, stderr: expect.stringContaining(message) });
    expect(await runVarve(['surface', 'list', '--cas-root', 'store'], { cwd })).toMatchObject({ stdout: '' });
  });

  it('are refused by the line that is damaged, over the limit at once, and where they are not there', async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'bad.ndjson'), '{}\n{"a"\n');
    writeFileSync(join(cwd, 'huge.json'), '');
    truncateSync(join(cwd, 'huge.json'), 1024 ** 3);
    for (const [option, file, message, status] of [
      ['--surface-entrytrace-ndjson', 'bad.ndjson', 'bad.ndjson: line 2 is not JSON', 3],
      ['--surface-layer-fragments', 'huge.json', 'huge.json has more than 20971520 bytes', 3],
      ['--surface-entrytrace-graph', 'nosuch.json', 'nosuch.json cannot be read', 2],
      ['--surface-component-version', '1', 'surface-component-version is given without surface-component', 2],
    ] as const) {
      const outcome = await runVarve([...RUN, option, file], { cwd });
      expect(outcome).toMatchObject({ status, stderr: expect.stringContaining(message) });
    }
  });

  it('are refused for several platforms at once', async () => {
    const cwd = makeFolder();
    const run = [
      'snapshot',
      `oci:${join(FIXTURES, 'multi-platform')}`,
      '--platform',
      'all',
      '--baseline',
      'none',
    ];
    const outcome = await runVarve([...run, '--name', 'tool', '--cas-root', 'store', ...GIVEN], { cwd });
    expect(outcome).toMatchObject({ status: 2, stderr: expect.stringContaining('name the platform') });
  });

  it('go with a kit', async () => {
    const cwd = makeFolder();
    await runVarve([...RUN, ...GIVEN], { cwd });
    await runVarve(['kit', 'export', 'kit.tar.zst', '--name', 'shop', '--cas-root', 'store'], { cwd });
    await runVarve(['kit', 'import', 'kit.tar.zst', '--cas-root', 'far'], { cwd });
    const { stdout } = await runVarve(['surface', 'list', '--cas-root', 'far'], { cwd });
    for (const text of [FRAGMENTS, TRACE, EVENTS]) expect(stdout).toContain(digestOf(text));
  });
});
