import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeImage, makeLayer } from '../support/image-maker.ts';
import { MemoryRegistry } from '../support/memory-registry.ts';
import { times } from '../support/registry-faults.ts';
import { DIST, OUTSIDE } from '../support/run-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newFolder = temporaryFolder();

/** Loaded before a program, this makes its stderr a terminal: a character device, and Node's own stream for one. */
const AS_TERMINAL = `
  const fs = process.getBuiltinModule('fs');
  const { fstatSync } = fs;
  fs.fstatSync = (descriptor, ...more) => fstatSync(descriptor === 2 ? fs.openSync('/dev/null') : descriptor, ...more);
  Object.assign(process.stderr, { isTTY: true, columns: 80 });`;
const TERMINAL = `--import=data:text/javascript,${encodeURIComponent(AS_TERMINAL)}`;

const ERASE_LINE = '\r\u001b[2K';

describe.each(['SIGINT', 'SIGTERM'] as const)('%s while a layer is read', (signal) => {
  it('clears the progress bar, and leaves no temporary file', async () => {
    const layer = await makeLayer({ noise: randomBytes(3_000_000).toString('base64') });
    const image = makeImage([layer]);
    const [home, scratch] = [newFolder('home'), newFolder('scratch')];
    for (const folder of [home, scratch]) mkdirSync(folder);
    await using registry = await MemoryRegistry.start({});
    registry.put('v1', [image], image.blobs);
    // It sends a little for as long as the client is there, and never all.
    const drip = (response: ServerResponse, place: number): void => {
      response.write(layer.bytes.subarray(place, place + 1000), () => {
        if (!response.destroyed) setTimeout(drip, 10, response, place + 1000);
      });
    };
    registry.faults.push(
      times(Number.POSITIVE_INFINITY, new RegExp(`/blobs/${layer.digest}`), (_, response) => {
        response.writeHead(200, { 'Content-Length': layer.bytes.length });
        drip(response, 0);
      }),
    );
    const args = ['snapshot', `docker://${registry.host}/app:v1`, '--baseline', 'dir:store'];
    const child = spawn(process.execPath, [TERMINAL, join(DIST, 'cli.js'), ...args], {
      cwd: home,
      env: { ...OUTSIDE, HOME: home, TMPDIR: scratch, GIT_DIR: '/nonexistent' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let drawn = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      drawn += text;
      if (!child.killed && drawn.includes('layer 1 of 1')) child.kill(signal);
    });
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(drawn.split(ERASE_LINE).at(-1)).toBe('');
    expect(readdirSync(scratch)).toEqual([]);
    const left = readdirSync(home, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([]);
  });
});
