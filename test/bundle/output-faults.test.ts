import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DIST, runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const IMAGE = `oci:${join(import.meta.dirname, '../../__fixtures__/app-v1')}`;

it('a result that cannot be written is said', () => {
  const full = openSync('/dev/full', 'w');
  const args = ['tree', IMAGE, '--cas-root', folder('store')];
  const { status, stderr } = spawnSync(process.execPath, [join(DIST, 'cli.js'), ...args], {
    stdio: ['ignore', full, 'pipe'],
    encoding: 'utf8',
  });
  closeSync(full);
  expect([status, stderr]).toEqual([4, expect.stringMatching(/^varve: unreachable: .*ENOSPC.*\n$/)]);
});

it.each(['/dev/full', '/proc/nowhere/pointer.json', '/dev/null/pointer.json'])(
  'a pointer that cannot be written is said: %s',
  async (path) => {
    const options = ['--name', 'x', '--cas-root', folder('store'), '--pointer-path', path];
    const { status, stderr } = await runVarve(['snapshot', IMAGE, ...options]);
    expect([status, stderr]).toEqual([
      4,
      expect.stringContaining(`varve: unreachable: cannot write ${path}\n`),
    ]);
  },
);
