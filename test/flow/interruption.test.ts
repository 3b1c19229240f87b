import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OUTSIDE } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const CLI = join(import.meta.dirname, '../../src/entry/cli.ts');
const ACTION = join(import.meta.dirname, '../../src/entry/action.ts');
const image = `oci:${join(import.meta.dirname, '../../__fixtures__/app-v1')}:shop:v1`;

type Run = readonly [script: string, args: readonly string[], env: Readonly<Record<string, string>>];

/** Runs that wait for a server, by what they wait for. */
const WAITING: readonly (readonly [what: string, run: (host: string) => Run])[] = [
  ['a registry', (host) => [CLI, ['tree', `docker://${host}/x`], {}]],
  ['a database', (host) => [CLI, ['history', 'x', '--baseline', `postgres://ci:x@${host}/x`], {}]],
  ['an engine', (host) => [CLI, ['tree', 'docker-daemon:x'], { DOCKER_HOST: `tcp://${host}` }]],
  [
    'a baseline in a registry',
    (host) => [CLI, ['snapshot', image, '--name', 'x', '--baseline', `oci://${host}/x`], {}],
  ],
  [
    "a workflow's cache",
    (host) => [
      ACTION,
      [],
      {
        ...{ INPUT_IMAGE: image, INPUT_NAME: 'x', INPUT_BASELINE: 'cache' },
        ...{ ACTIONS_RUNTIME_TOKEN: 'x', ACTIONS_RESULTS_URL: `http://${host}/`, RUNNER_TEMP: '' },
      },
    ],
  ],
  [
    'a database, in a workflow',
    (host) => [
      ACTION,
      [],
      { INPUT_IMAGE: image, INPUT_NAME: 'x', INPUT_BASELINE: `postgres://ci:x@${host}/x` },
    ],
  ],
];

describe.each(['SIGTERM', 'SIGINT'] as const)('on %s', (signal) => {
  it.each(WAITING)('a run that waits for %s ends, and leaves nothing behind', async (_, run) => {
    const [home, scratch] = [newPath('home'), newPath('scratch')];
    for (const folder of [home, scratch]) mkdirSync(folder);
    // It takes connections, and never says a word.
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const [script, args, env] = run(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    const child = spawn(process.execPath, [script, ...args], {
      cwd: home,
      env: { ...OUTSIDE, HOME: home, TMPDIR: scratch, GIT_DIR: '/nonexistent', ...env },
      stdio: 'ignore',
    });
    await once(server, 'connection');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(readdirSync(scratch)).toEqual([]);
    server.close();
  });
});
