import { existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CacheCall, CacheProcess } from '../../../../src/adapters/actions-cache/cache-call.ts';
import type { CallPatience } from '../../../../src/adapters/actions-cache/call-watch.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newPath = temporaryFolder();
/** Milliseconds; no call here is to need them. */
const PATIENCE = patienceOf(300_000);

const ENTER = join(import.meta.dirname, '../../../../src/adapters/actions-cache/enter-folder.ts');
const ENVIRONMENT = { PATH: process.env.PATH, GITHUB_WORKSPACE: '/elsewhere', TAR_OPTIONS: '-v' };

/**
 * Starts a process that serves a call by a script; `answer` and `call` are there for it.
 * @param loaded a file that it makes once it is ready for the call.
 */
function start(script: string, loaded = newPath('loaded')): CacheProcess {
  const file = newPath('worker.mjs');
  const lead = `import { writeFileSync, writeSync } from 'node:fs';
    import { text } from 'node:stream/consumers';
    import { enterFolder } from ${JSON.stringify(ENTER)};
    writeFileSync(${JSON.stringify(loaded)}, '');
    const told = await text(process.stdin);
    if (told === '') process.exit(7);
    const { call } = JSON.parse(told);
    enterFolder(JSON.parse(told));
    const answer = (value) => writeSync(3, JSON.stringify(value));`;
  writeFileSync(file, `${lead}\n${script}`);
  const scripts = { script: pathToFileURL(file), zstdProgram: pathToFileURL('/nonexistent') };
  return new CacheProcess({ ...scripts, environment: ENVIRONMENT });
}

/** Has a script serve a call in a new folder. */
function serve(script: string, call: CacheCall = { action: 'save', key: 'k' }, patience = PATIENCE) {
  const path = newPath('folder');
  mkdirSync(path);
  const folder = realpathSync(path);
  return { folder, outcome: start(script).serve(call, { folder, patience }) };
}

function patienceOf(each: number): CallPatience {
  return { working: each, asking: each, receiving: each, sending: each };
}

describe('a call of the cache', () => {
  it('gives the answer and the log', async () => {
    const { outcome } = serve('console.log("told"); answer({ key: call.key });');
    expect(await outcome).toEqual({ answer: { key: 'k' }, log: 'told\n' });
  });

  it('is served in the folder, and that alone', async () => {
    const script = `const { GITHUB_WORKSPACE, RUNNER_TEMP } = process.env;
      console.log([process.cwd(), GITHUB_WORKSPACE, RUNNER_TEMP].join(' ')); answer({ key: null });`;
    const { folder, outcome } = serve(script);
    expect((await outcome).log.trim()).toBe([folder, folder, folder].join(' '));
  });

  it('lets tar restore flat names alone, and save as it is', async () => {
    const script = 'console.log(process.env.TAR_OPTIONS); answer({ key: null });';
    const restored = await serve(script, { action: 'restore', keys: ['a', 'a'] }).outcome;
    expect(restored.log).toMatch(/^--transform=/);
    expect((await serve(script).outcome).log).toBe('-v\n');
  });

  it('lets no file grow without end', async () => {
    const script = `import { open } from 'node:fs/promises';
      const file = await open('large', 'w');
      await file.truncate(2 ** 31).catch(({ code }) => console.log(code)); answer({ key: null });`;
    const log = await serve(script).outcome.then(
      (done) => done.log,
      (fault) => fault.message,
    );
    expect(log).toMatch(/EFBIG|SIGXFSZ/);
  });

  it.each([
    ['fails', 'console.error("no tar here"); process.exit(1);', 'no tar here'],
    ['says nothing', 'process.exit(1);', 'it ended with status 1'],
    ['answers nonsense', 'writeSync(3, "yes");', 'it ended with status 0'],
    ['answers something else', 'answer({ key: 1, more: true });', 'it ended with status 0'],
  ])('that %s is unreachable', async (_, script, message) => {
    await expect(serve(script).outcome).rejects.toMatchObject({ code: 'unreachable', message });
  });

  it('that comes to no end is ended', async () => {
    const message = 'no answer came within 0.5 seconds';
    const { outcome } = serve('setInterval(() => {}, 1000);', undefined, patienceOf(500));
    await expect(outcome).rejects.toMatchObject({ code: 'unreachable', message });
  });

  it('to a service that fails again is ended, and says why', async () => {
    const script = `const fail = (attempt) => console.log(
        'Attempt ' + attempt + ' of 5 failed with error: Failed request: (503) Busy. Retrying request in 3000 ms...');
      fail(1); fail(2); setInterval(() => {}, 1000);`;
    const message = 'Failed request: (503) Busy';
    await expect(serve(script).outcome).rejects.toMatchObject({ code: 'unreachable', message });
  });

  it('may be served by a process that has waited for it', async () => {
    const loaded = newPath('loaded');
    const process = start('answer({ key: call.key });', loaded);
    while (!existsSync(loaded)) await setTimeout(5);
    const folder = newPath('folder');
    mkdirSync(folder);
    expect(
      (await process.serve({ action: 'save', key: 'k' }, { folder, patience: PATIENCE })).answer.key,
    ).toBe('k');
  });

  it('is not waited for by a process that is disposed of', async () => {
    const process = start('answer({ key: null });');
    process[Symbol.dispose]();
    const serving = process.serve({ action: 'save', key: 'k' }, { folder: '/', patience: PATIENCE });
    await expect(serving).rejects.toMatchObject({ code: 'unreachable', message: 'it ended with SIGKILL' });
  });

  it('is unreachable where its folder is gone', async () => {
    const folder = join(newPath('gone'), 'it');
    const outcome = start('').serve({ action: 'save', key: 'k' }, { folder, patience: PATIENCE });
    await expect(outcome).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ENOENT'),
    });
  });
});
