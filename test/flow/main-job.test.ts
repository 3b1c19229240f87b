import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { callAction } from '../support/call-action.ts';
import { callVarve, callVarveIn } from '../support/call-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
function newFolder(): string {
  const folder = newPath('workspace');
  mkdirSync(folder);
  return folder;
}

const image = `oci:${join(import.meta.dirname, '../../__fixtures__/app-v1')}:shop:v1`;
const NOBODY = 'postgres://ci@127.0.0.1:1/varve';

/** Refusals of the main job: what is wrong, and what is said. */
const REFUSALS: readonly (readonly [what: string, args: string[], said: RegExp])[] = [
  [
    'no image, and a database that is out of reach',
    ['--baseline', NOBODY],
    /neither an image nor the metadata/,
  ],
  ['a target without metadata', [image, '--target', 'web'], /target is given without metadata/],
  ['an image to publish next to that is in a folder', [image, '--publish', 'image'], /is not in a registry/],
  ['a second image', [image, './image.tar', '--baseline', NOBODY], /\.\/image\.tar is one too many/],
  ['a pattern that is not one', [image, '--ignore', '[a', '--baseline', NOBODY], /not a pattern to ignore/],
  ['metadata that is not there', ['--metadata', '/nowhere.json', '--baseline', NOBODY], /no build metadata/],
];

describe('what can be refused', () => {
  it.each(REFUSALS)('is refused before anything is asked, read or stored: %s', async (_, args, said) => {
    const store = newPath('store');
    const outcome = await callVarve('snapshot', ...args, '--cas-root', store, '--name', 'shop');
    expect(outcome).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(said) });
    expect(existsSync(store)).toBe(false);
  });

  it('is refused by the action too', async () => {
    const workspace = newPath('workspace');
    const outcome = await callAction({
      inputs: { image, publish: 'image', baseline: NOBODY, name: 'shop' },
      workspace: join(import.meta.dirname, '../..'),
      env: { VARVE_CAS_ROOT: workspace },
    });
    expect(outcome).toMatchObject({ status: 2, stdout: expect.stringContaining('is not in a registry') });
    expect(existsSync(workspace)).toBe(false);
  });

  it('a bare word is refused once it proves to be in no registry, and nothing is stored', async () => {
    const store = newPath('store');
    const folder = join(import.meta.dirname, '../../__fixtures__');
    const before = process.cwd();
    process.chdir(folder);
    try {
      const given = ['--publish', 'image', '--cas-root', store, '--name', 'shop'];
      const outcome = await callVarve('snapshot', 'app-v1', ...given);
      expect(outcome).toMatchObject({ status: 2, stderr: expect.stringContaining('is not in a registry') });
    } finally {
      process.chdir(before);
    }
    expect(existsSync(store)).toBe(false);
  });
});

describe('the analysis', () => {
  it('is kept, shown and published whatever file cannot be written, and the run fails', async () => {
    const store = newPath('store');
    const report = newPath('report.md');
    const outcome = await callVarve(
      ...['snapshot', image, '--name', 'shop', '--cas-root', store],
      ...['--pointer-path', '/dev/null/pointer.json', '--report-path', report],
    );
    expect(outcome).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('cannot write /dev/null/pointer'),
    });
    expect(outcome.stdout).toContain('shop');
    expect((await callVarve('history', 'shop', '--cas-root', store)).status).toBe(0);
    expect(readFileSync(report, 'utf8')).toContain('shop');
  });
});

describe('commit and branch', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['options', {}, ['--commit', 'a'.repeat(40), '--branch', 'dev']],
    ['variables', { VARVE_COMMIT: 'a'.repeat(40), VARVE_BRANCH: 'dev' }, []],
  ])('are taken from %s', async (_, environment, args) => {
    const store = newPath('store');
    const given = ['snapshot', image, '--name', 'shop', '--cas-root', store, ...args];
    expect((await callVarveIn(environment, ...given)).status).toBe(0);
    const { stdout } = await callVarve('history', 'shop', '--cas-root', store, '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject([{ commit: 'a'.repeat(40), branch: 'dev' }]);
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['inputs', { commit: 'a'.repeat(40), branch: 'dev' }, {}],
    ['variables', {}, { VARVE_COMMIT: 'a'.repeat(40), VARVE_BRANCH: 'dev' }],
  ])('are taken from %s by the action', async (_, inputs, env) => {
    const store = newPath('store');
    const outcome = await callAction({
      inputs: { image, name: 'shop', baseline: 'none', 'cas-root': store, ...inputs },
      workspace: newFolder(),
      env: { GITHUB_SHA: 'b'.repeat(40), GITHUB_REF_NAME: 'main', GITHUB_REF_TYPE: 'branch', ...env },
    });
    expect(outcome.status).toBe(0);
    const history = join(store, 'scanner/surface/history');
    const [entry = ''] = readdirSync(history, { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.json'),
    );
    expect(JSON.parse(readFileSync(join(history, entry), 'utf8'))).toMatchObject({
      commit: 'a'.repeat(40),
      branch: 'dev',
    });
  });
});

describe('a token', () => {
  it('is not taken from a settings file', async () => {
    const config = newPath('varve.yml');
    writeFileSync(config, 'github-token: abc\n');
    const outcome = await callVarve('snapshot', image, '--config', config);
    expect(outcome).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /github-token is not taken from a settings file.*an input of the action, a call of the library or a VARVE_… variable/s,
      ),
    });
    expect(outcome.stderr).not.toContain('abc');
  });

  it('asks GitHub, by whichever variable it comes', async () => {
    for (const [name, token] of [
      ['VARVE_GITHUB_TOKEN', 'one'],
      ['GITHUB_TOKEN', 'two'],
    ] as const) {
      const asked: string[] = [];
      const server = createServer((socket) =>
        socket.on('data', (bytes) => {
          asked.push(String(bytes));
          socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        }),
      );
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : 0;
      const store = newPath('store');
      await callVarveIn(
        {
          ...{ GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/web', GITHUB_SHA: 'c'.repeat(40) },
          ...{
            GITHUB_REF_TYPE: 'branch',
            GITHUB_REF_NAME: 'main',
            GITHUB_API_URL: `http://127.0.0.1:${port}`,
          },
          [name]: token,
        },
        ...['snapshot', image, '--name', 'shop', '--baseline', `dir:${store}`],
      );
      await new Promise((closed) => server.close(closed));
      expect(asked.join()).toMatch(new RegExp(`authorization: Bearer ${token}`, 'i'));
    }
  });
});
