import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIST, OUTSIDE, runNode, runVarve } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const newPath = temporaryFolder();
const TREE = ['tree', `oci:${join(FIXTURES, 'app-v1')}:shop:v1`, '-o', 'ndjson'];
const env = { ...OUTSIDE, XDG_DATA_HOME: newPath('data') };

/** Runs the program through a shell, which says where its output goes. */
function run(rest: string): Promise<{ readonly status: number | null; readonly stdout: string }> {
  const line = `"${process.execPath}" "${join(DIST, 'cli.js')}" ${TREE.join(' ')} ${rest}`;
  const child = spawn('/bin/sh', ['-c', line], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  return new Promise((resolve, reject) => {
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.once('error', reject).once('close', (status) => resolve({ status, stdout }));
  });
}

describe('the result', () => {
  it('is the same in a pipe, a socket and a file', async () => {
    const { stdout: whole } = await runVarve(TREE, { env });
    expect(whole.split('\n').length).toBeGreaterThan(300);
    expect(await run('| cat')).toEqual({ status: 0, stdout: whole });
    const file = newPath('tree.ndjson');
    expect((await run(`> ${file}`)).status).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(whole);
  });

  it('is indented JSON at a terminal', async () => {
    const asTerminal = `const fs = process.getBuiltinModule('fs');
      const { fstatSync } = fs;
      fs.fstatSync = (descriptor) => fstatSync(descriptor === 1 ? fs.openSync('/dev/null') : descriptor);
      Object.assign(process.stdout, { isTTY: true, columns: 80 });`;
    const preload = `--import=data:text/javascript,${encodeURIComponent(asTerminal)}`;
    for (const line of [['version'], ['inspect', TREE[1] ?? ''], ['compare', TREE[1] ?? '', TREE[1] ?? '']]) {
      const args = [join(DIST, 'cli.js'), ...line, '--json'];
      const [piped, shown] = await Promise.all([
        runNode(args, { env }),
        runNode([preload, ...args], { env }),
      ]);
      expect(piped.stdout.trimEnd()).not.toContain('\n');
      expect(shown.stdout).toBe(`${JSON.stringify(JSON.parse(piped.stdout), null, 2)}\n`);
    }
  });

  it('ends the program quietly where nobody reads on, and with a fault where it cannot be written', async () => {
    expect((await run('| head -n 1')).stdout.split('\n')).toHaveLength(2);
    expect((await run('> /dev/full')).status).toBe(4);
  });
});
