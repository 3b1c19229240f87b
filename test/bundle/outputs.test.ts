import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ActionOutcome, runAction } from '../support/action-runner.ts';
import { DIST, OUTSIDE, runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const V1 = `oci:${join(FIXTURES, 'app-v1')}:shop:v1`;
const V2 = `oci:${join(FIXTURES, 'app-v2')}:shop:v2`;
const MULTI = `oci:${join(FIXTURES, 'multi-platform')}`;

const newPath = temporaryFolder();
function newFolder(name = 'folder'): string {
  const folder = newPath(name);
  mkdirSync(folder);
  return folder;
}

interface Step {
  readonly workspace?: string;
  readonly temp?: string;
  readonly env?: Readonly<Record<string, string>>;
}

let runs = 0;

/** Each step is of a run of its own, unless it says otherwise. */
function act(inputs: Record<string, string>, step: Step = {}): Promise<ActionOutcome> {
  const { workspace = newFolder('workspace'), temp = newFolder('temp'), env = {} } = step;
  return runAction({
    workspace,
    inputs: { name: 'shop/web', baseline: 'none', ...inputs },
    env: {
      ...{ RUNNER_TEMP: temp, GITHUB_ACTION: '__varve-dev_varve', GITHUB_RUN_ID: String(++runs) },
      ...env,
    },
  });
}

const PATHS = ['pointer-path', 'comparison-path', 'report-path'] as const;
const pathsOf = ({ outputs }: ActionOutcome) => PATHS.map((name) => outputs[name]);

describe('what a step writes', () => {
  it('lies in a folder of its own among the temporary files of the runner, and nothing in the workspace', async () => {
    const [workspace, temp, store] = [newFolder('workspace'), newFolder('temp'), newPath('store')];
    await act({ image: V1, baseline: `dir:${store}` });
    const outcome = await act({ image: V2, baseline: `dir:${store}` }, { workspace, temp });
    const folder = join(temp, 'varve/shop-web/linux-amd64/__varve-dev_varve');
    expect(pathsOf(outcome)).toEqual([
      join(folder, 'varve-pointer.json'),
      join(folder, 'varve-comparison.json'),
      join(folder, 'varve-report.md'),
    ]);
    for (const path of pathsOf(outcome)) expect(statSync(path ?? '').size).toBeGreaterThan(100);
    expect(readdirSync(workspace)).toEqual([]);
  });

  it('is never overwritten by another step, nor taken for its own', async () => {
    const [temp, store] = [newFolder('temp'), newPath('store')];
    const compared = { baseline: `dir:${store}` };
    await act({ image: V1, ...compared }, { temp });
    const first = await act({ image: V2, ...compared }, { temp, env: { GITHUB_ACTION: 'one' } });
    const before = pathsOf(first).map((path) => readFileSync(path ?? '', 'utf8'));
    for (const step of ['one', 'two', '', '../one', '..']) {
      const next = await act(
        { image: V1, name: 'shop.web', baseline: `dir:${newPath('empty')}` },
        { temp, env: { GITHUB_ACTION: step } },
      );
      expect(next.outputs['comparison-path']).toBe('');
      const folder = join(next.outputs['pointer-path'] ?? '', '..');
      expect(folder.startsWith(join(temp, 'varve/shop.web/linux-amd64/'))).toBe(true);
      expect(readdirSync(folder).sort()).toEqual([
        'varve-pointer.json',
        'varve-report.md',
        'varve-result.json',
      ]);
    }
    const again = await act({ image: V1, ...compared }, { temp, env: { GITHUB_ACTION: 'one' } });
    expect(again.outputs['pointer-path']).toBe(
      join(temp, 'varve/shop-web/linux-amd64/one_2/varve-pointer.json'),
    );
    expect(pathsOf(first).map((path) => readFileSync(path ?? '', 'utf8'))).toEqual(before);
  });

  it('of several platforms lies in one folder', async () => {
    const temp = newFolder('temp');
    const { outputs } = await act({ image: MULTI, platform: 'all' }, { temp });
    expect(outputs['pointer-path']).toBe(
      join(temp, 'varve/shop-web/all/__varve-dev_varve/varve-pointer.json'),
    );
  });

  it('lies in no folder that a name leads to', async () => {
    for (const name of ['..', '../../outside', '/etc', 'ä'.repeat(300), '%2e%2e', '.']) {
      const temp = newFolder('temp');
      const { outputs, status } = await act({ image: V1, name }, { temp });
      expect(status).toBe(0);
      const below = outputs['report-path']?.slice(join(temp, 'varve/').length) ?? '';
      expect(below).toMatch(/^[^/]+\/linux-amd64\/__varve-dev_varve\/varve-report\.md$/);
      expect(readdirSync(join(temp, '..')).filter((each) => each.includes('outside'))).toEqual([]);
    }
  });

  it('has its store there too', async () => {
    const [workspace, temp] = [newFolder('workspace'), newFolder('temp')];
    const first = await act({ image: V1 }, { workspace, temp });
    expect(first.outputs['layers-reused']).toBe('0');
    const second = await act({ image: V1 }, { workspace, temp });
    expect(second.outputs['layers-reused']).toBe('7');
    expect(readdirSync(join(temp, 'varve/store'))).toEqual(['scanner']);
  });
});

describe('a link that was committed', () => {
  const named = { 'pointer-path': 'out/pointer.json', 'report-path': 'report.md' };

  it('is neither followed nor in the way where a file belongs', async () => {
    const [workspace, outside] = [newFolder('workspace'), newFolder('outside')];
    writeFileSync(join(outside, 'secret'), 'kept');
    symlinkSync(join(outside, 'secret'), join(workspace, 'report.md'));
    symlinkSync(join(outside, 'new'), join(workspace, 'comparison.json'));
    const inputs = { ...named, 'comparison-path': 'comparison.json', image: V2, baseline: V1 };
    const outcome = await act(inputs, { workspace });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(outside)).toEqual(['secret']);
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('kept');
    expect(readFileSync(join(workspace, 'report.md'), 'utf8')).toContain('shop/web');
    expect(JSON.parse(readFileSync(join(workspace, 'comparison.json'), 'utf8')).changed).toBe(true);
  });

  it.each(['out', 'out/deeper', 'round/about/out'])('is not followed on the way: %s', async (link) => {
    const [workspace, outside] = [newFolder('workspace'), newFolder('outside')];
    mkdirSync(join(workspace, link, '..'), { recursive: true });
    symlinkSync(outside, join(workspace, link));
    const inputs = { ...named, 'pointer-path': `${link}/pointer.json`, image: V1 };
    const outcome = await act(inputs, { workspace });
    expect(outcome.status).toBe(0);
    expect(outcome.stdout).toMatch(
      new RegExp(`::warning title=Varve::cannot write ${link}/pointer.json: .*is a link of the checkout`),
    );
    expect(outcome.outputs['pointer-path']).toBe('');
    expect(readdirSync(outside)).toEqual([]);
    expect(existsSync(join(workspace, 'report.md'))).toBe(true);
  });

  it('is not followed by a way around the workspace', async () => {
    const [workspace, outside, around] = [newFolder('workspace'), newFolder('outside'), newFolder('around')];
    symlinkSync(outside, join(workspace, 'out'));
    symlinkSync(workspace, join(around, 'way'));
    const path = join(around, 'way/out/pointer.json');
    const outcome = await act({ ...named, 'pointer-path': path, image: V1 }, { workspace });
    expect(outcome.stdout).toContain('is a link of the checkout');
    expect(readdirSync(outside)).toEqual([]);
  });

  it('is not followed by a command line in a checkout either', async () => {
    const [workspace, outside] = [newFolder('workspace'), newFolder('outside')];
    mkdirSync(join(workspace, '.git'));
    mkdirSync(join(workspace, 'sub'));
    symlinkSync(outside, join(workspace, 'out'));
    const line = ['snapshot', V1, '--name', 'x', '--cas-root', newPath('store')];
    const options = { cwd: join(workspace, 'sub') };
    const outcome = await runVarve([...line, '--report-path', '../out/report.md'], options);
    expect(outcome).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('is a link of the checkout'),
    });
    expect(readdirSync(outside)).toEqual([]);
  });
});

describe('a folder that an artifact is written to', () => {
  it('is not one that a committed link leads to', async () => {
    const files = newFolder('files');
    writeFileSync(join(files, 'file'), 'text');
    for (const link of ['out', 'out/blobs', 'out/blobs/sha256', 'deep/out']) {
      const [workspace, outside] = [newFolder('workspace'), newFolder('outside')];
      mkdirSync(join(workspace, '.git'));
      mkdirSync(join(workspace, link, '..'), { recursive: true });
      symlinkSync(outside, join(workspace, link));
      const layout = link.startsWith('deep') ? link : 'out';
      const line = ['artifact', 'package', files, '--output', `oci:${layout}`];
      const packaged = await runVarve(line, { cwd: workspace });
      expect(packaged).toMatchObject({
        status: 4,
        stderr: expect.stringContaining('is a link of the checkout'),
      });
      expect(readdirSync(outside)).toEqual([]);
    }
    const [workspace, outside, layout] = [newFolder('workspace'), newFolder('outside'), newPath('layout')];
    await runVarve(['artifact', 'package', files, '--output', `oci:${layout}`]);
    mkdirSync(join(workspace, '.git'));
    symlinkSync(outside, join(workspace, 'out'));
    for (const path of ['out', 'out/deeper']) {
      const unpacked = await runVarve(['artifact', 'unpack', `oci:${layout}`, path], { cwd: workspace });
      expect(unpacked).toMatchObject({
        status: 4,
        stderr: expect.stringContaining('is a link of the checkout'),
      });
      expect(readdirSync(outside)).toEqual([]);
    }
  });
});

describe("a user's own link", () => {
  it('is followed, and stays', async () => {
    const [outside, home] = [newFolder('outside'), newFolder('home')];
    writeFileSync(join(outside, 'report'), 'old');
    chmodSync(join(outside, 'report'), 0o600);
    symlinkSync(outside, join(home, 'folder'));
    symlinkSync(join(outside, 'report'), join(home, 'report.md'));
    const line = ['snapshot', V1, '--name', 'x', '--cas-root', newPath('store')];
    const paths = [
      '--report-path',
      join(home, 'report.md'),
      '--pointer-path',
      join(home, 'folder/pointer.json'),
    ];
    expect(await runVarve([...line, ...paths], { cwd: home })).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(join(outside, 'report'), 'utf8')).toContain('### ');
    expect(statSync(join(outside, 'report')).mode & 0o777).toBe(0o600);
    expect(readdirSync(outside).sort()).toEqual(['pointer.json', 'report']);
    expect(readdirSync(home).sort()).toEqual(['folder', 'report.md']);
  });

  it('may lead to what holds nothing: a terminal, a pipe, a device', async () => {
    const varve = [process.execPath, join(DIST, 'cli.js'), 'snapshot', V1, '--name', 'x'];
    const paths = ['--report-path', '/dev/stdout', '--pointer-path', '/dev/null'];
    // What Node itself pipes is a socket, which has no name to be opened by.
    const piped = ['-c', '"$@" | cat', 'sh', ...varve, '--cas-root', newPath('store'), ...paths];
    const stdout = execFileSync('sh', piped, { env: OUTSIDE, encoding: 'utf8' });
    expect(stdout).toContain('### ');
    expect(stdout).toContain('7 layers, 99.7 kB\n');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('the comparison of an earlier run', () => {
  it('is gone from its path where a later run has none: it would pass for its own', async () => {
    const [store, path] = [newPath('store'), newPath('comparison.json')];
    const run = (image: string, name: string, to: string) =>
      runVarve(['snapshot', image, '--name', name, '--cas-root', store, '--comparison-path', to]);
    await run(V1, 'shop', path);
    expect(existsSync(path)).toBe(false);
    await run(V2, 'shop', path);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ changed: true });
    expect(await run(V1, 'other', path)).toMatchObject({ status: 0 });
    expect(existsSync(path)).toBe(false);
    expect(await run(V1, 'third', '/dev/null')).toMatchObject({ status: 0 });
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('a file that cannot be written', () => {
  it('is a warning of the action, and the run goes on', async () => {
    const store = newPath('store');
    const inputs = {
      ...{ image: V1, baseline: `dir:${store}`, 'report-path': 'kept/report.md' },
      ...{ 'pointer-path': '/dev/full', 'surface-manifest-output': '/proc/nowhere/manifest.json' },
    };
    const workspace = newFolder('workspace');
    const outcome = await act(inputs, { workspace });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout).not.toMatch(/::error|fault in Varve/);
    for (const path of ['/dev/full', '/proc/nowhere/manifest.json'])
      expect(outcome.stdout).toContain(`::warning title=Varve::cannot write ${path}%0A`);
    expect(outcome.outputs).toMatchObject({
      ...{ 'pointer-path': '', 'comparison-path': '', 'report-path': 'kept/report.md' },
      'baseline-saved': 'true',
    });
    expect(readFileSync(join(workspace, 'kept/report.md'), 'utf8')).toContain('shop/web');
    const again = await act({ ...inputs, image: V2 });
    expect(again.outputs).toMatchObject({ 'baseline-found': 'true', changed: 'true' });
  });

  it.each<[string, string[]]>([
    ['GITHUB_STEP_SUMMARY', ['cannot write the job summary']],
    [
      'GITHUB_OUTPUT',
      ['cannot write the outputs platforms, manifest-uri,', 'cannot write the outputs published'],
    ],
  ])('is a warning too where it is the one of %s', async (variable, said) => {
    for (const path of ['/dev/full', '/proc/nowhere/file', newFolder('folder')]) {
      const store = newPath('store');
      const step = { env: { [variable]: path } };
      const outcome = await act({ image: V1, baseline: `dir:${store}` }, step);
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      expect(outcome.stdout.match(/^::warning.*$/gm)).toEqual(
        said.map((text) => expect.stringContaining(text)),
      );
      expect(outcome.stdout).toContain('first snapshot');
      expect(existsSync(join(store, 'scanner/surface/history'))).toBe(true);
    }
  });

  it('is a warning where there is no room for the folder of the step', async () => {
    const temp = newPath('temp');
    writeFileSync(temp, 'a file');
    const outcome = await act({ image: V1, 'cas-root': newPath('store') }, { temp });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    expect(outcome.stdout.match(/^::warning.*$/gm)).toEqual([
      expect.stringContaining(`cannot write ${temp}/`),
    ]);
    expect(pathsOf(outcome)).toEqual(['', '', '']);
  });

  it('leaves the old one whole, and nothing next to it', async () => {
    const folder = newFolder('folder');
    const report = join(folder, 'report.md');
    writeFileSync(report, 'old');
    // So many blocks of 512 bytes a file may have; the report has more.
    const varve = [process.execPath, join(DIST, 'cli.js')];
    const line = ['snapshot', V1, '--name', 'x', '--cas-root', newPath('store')];
    await runVarve(line);
    const limited = ['-c', 'ulimit -f 2; trap "" XFSZ; exec "$@"', 'sh', ...varve, ...line];
    const run = () =>
      execFileSync('sh', [...limited, '--report-path', report], {
        env: { ...OUTSIDE, NODE_DISABLE_COMPILE_CACHE: '1' },
        stdio: 'pipe',
      });
    expect(run).toThrow(expect.objectContaining({ status: 4 }));
    expect(readFileSync(report, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['report.md']);
  });
});
