import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../src/base/canonical-json.ts';
import { hideFile } from '../support/forge-inventory.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newFolder = temporaryFolder();
const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const [V1, V2] = ['app-v1', 'app-v2'].map((name) => `oci:${join(FIXTURES, name)}`);

function makeFolder(): string {
  const folder = newFolder();
  mkdirSync(folder);
  return folder;
}

const record = (cwd: string, store: string, more: readonly string[] = []): Promise<VarveOutcome> =>
  runVarve(
    [
      ...['snapshot', `${V1}`, '--name', 'shop', '--baseline', 'none', '--cas-root', store],
      ...['--pointer-path', 'pointer.json', '--json', ...more],
    ],
    { cwd },
  );

const replay = (cwd: string, store: string, image = V1): Promise<VarveOutcome> =>
  runVarve(['verify', 'pointer.json', '--cas-root', store, '--replay', `${image}`], { cwd });

const readOf = ({ stdout }: VarveOutcome): number => JSON.parse(stdout).layers.read;

describe('verify --replay', () => {
  it('makes all fragments again, and finds that they are as recorded', async () => {
    const cwd = makeFolder();
    await record(cwd, 'store');
    expect(await replay(cwd, 'store')).toMatchObject({ status: 0, stderr: '' });
  });

  it('names the layer, analyzer and file that a record leaves out, though all of its digests are right', async () => {
    const cwd = makeFolder();
    await record(cwd, 'store');
    await hideFile(openDirectoryStore(join(cwd, 'store')), 'default', 'app/modules.lock');
    expect(readOf(await record(cwd, 'store'))).toBe(0);
    expect(await runVarve(['verify', 'pointer.json', '--cas-root', 'store'], { cwd })).toMatchObject({
      status: 0,
    });
    const { status, stdout } = await replay(cwd, 'store');
    expect(status).toBe(3);
    expect(stdout).toMatch(/layer \d: layer\.files of \S+@\d+: does not record app\/modules\.lock/);
  });

  it('is not deceived by a pointer that names another surface manifest', async () => {
    const cwd = makeFolder();
    await record(cwd, 'store');
    const pointer = JSON.parse(readFileSync(join(cwd, 'pointer.json'), 'utf8'));
    const args = [
      'snapshot',
      `${V2}`,
      '--name',
      'other',
      '--baseline',
      'none',
      '--cas-root',
      'store',
      '--json',
    ];
    const other = JSON.parse((await runVarve(args, { cwd })).stdout);
    const { manifestUri, manifestDigest, manifest } = other;
    writeFileSync(
      join(cwd, 'pointer.json'),
      canonicalBytes({ ...pointer, manifestUri, manifestDigest, manifest }),
    );
    const { status, stdout } = await replay(cwd, 'store');
    expect(status).toBe(3);
    expect(stdout).toContain(`image.surface ${manifestDigest}: lists other items than the image has`);
  });

  it('names each layer that another image has', async () => {
    const cwd = makeFolder();
    await record(cwd, 'store');
    const { status, stdout } = await replay(cwd, 'store', V2);
    expect(status).toBe(3);
    expect(stdout).toContain('number of layers: is recorded as 7, and the image has 8');
    expect(stdout).toMatch(/layer 3: is recorded as sha256:\S+, and the image has sha256:/);
  });

  it('lets what came with a kit spare reading, which it does not before', async () => {
    const cwd = makeFolder();
    await record(cwd, 'near');
    await runVarve(['kit', 'export', 'kit.tar', '--cas-root', 'near'], { cwd });
    await runVarve(['kit', 'import', 'kit.tar', '--cas-root', 'far'], { cwd });
    await runVarve(['kit', 'import', 'kit.tar', '--cas-root', 'replayed'], { cwd });
    expect(await replay(cwd, 'replayed')).toMatchObject({ status: 0 });
    expect(readOf(await record(cwd, 'replayed'))).toBe(0);
    expect(readOf(await record(cwd, 'far'))).toBe(7);
  });

  it('says what cannot be made again, and what is missing', async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'sbom.json'), '{}');
    await record(cwd, 'store', ['--surface-layer-fragments', 'sbom.json']);
    const given = await replay(cwd, 'store');
    expect(given).toMatchObject({ status: 0, stderr: expect.stringContaining('other tools gave 1 item') });
    expect(await replay(cwd, 'nowhere')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('not-in-store'),
    });
    const whole = await runVarve(['verify', '--replay', `${V1}`, '--cas-root', 'store'], { cwd });
    expect(whole).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--replay needs the pointer of a run'),
    });
  });
});
