import { mkdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runAction } from '../support/action-runner.ts';
import { layerOf, makeLayer } from '../support/image-maker.ts';
import { AMD64, imageFor, writeIndexed } from '../support/platform-images.ts';
import { runVarve } from '../support/run-varve.ts';
import { tarEntry, tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const store = newPath('store');
const varve = (...args: readonly string[]) =>
  runVarve([...args, '--cas-root', store], { env: { COLUMNS: '100' } });

const config = (user: string) => ({
  config: { config: { User: user, Env: ['PATH=/usr/local/bin:/usr/bin'] } },
});
const base = await makeLayer({ 'app/main': 'main', 'app/data': 'x'.repeat(2_000_000) });
const risky = layerOf(
  tarOf(
    tarEntry({ name: 'usr/bin/su', mode: 0o4755 }, 'su'),
    tarEntry({ name: 'app/.env', mode: 0o644 }, 'PASSWORD=never printed'),
    tarEntry({ name: 'app/\u001b[31mred', mode: 0o666 }, 'x'),
    tarEntry({ name: 'app/data', mode: 0o600 }, 'x'.repeat(2_000_000)),
  ),
);
const quiet = writeIndexed(newPath('quiet'), [imageFor(AMD64, [base], config('app'))]);
const loud = writeIndexed(newPath('loud'), [imageFor(AMD64, [base, risky], config('root'))]);

describe('check', () => {
  it('names what somebody should look at, with the layer that brings it and what to do', async () => {
    const { status, stdout, stderr } = await varve('check', loud);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`! app/.env looks like a key or a password, from \`RUN step 1\`
  → pass it to the step as a secret: \`RUN --mount=type=secret\`

! usr/bin/su runs with the rights of its owner (setuid), from \`RUN step 1\`
  → remove the bit if nothing needs it: \`chmod u-s\`

! Containers of this image start as root
  → name another user: \`USER\`

! app/\\x1b[31mred can be changed by every user, from \`RUN step 1\`
  → take the right away: \`chmod o-w\`

! 1 file, 2.00 MB, is in the image twice, since \`RUN step 1\` gives it another owner, mode or time:
  the largest is app/data
  → set owner and mode where the files are copied: \`COPY --chown\`, \`COPY --chmod\`
`);
    expect(stdout).not.toContain('never printed');
  });

  it('gives a script its items, and a status', async () => {
    const { status, stdout } = await varve('check', loud, '--json', '--exit-code');
    expect(status).toBe(1);
    expect(JSON.parse(stdout).map(({ kind, path }: { kind: string; path: string }) => [kind, path])).toEqual([
      ['secret', 'app/.env'],
      ['setuid', 'usr/bin/su'],
      ['root-user', null],
      ['world-writable', 'app/\u001b[31mred'],
      ['restated', 'app/data'],
    ]);
    expect(await varve('check', quiet, '--exit-code')).toMatchObject({
      status: 0,
      stdout: 'nothing to look at\n',
    });
  });
});

describe('check of an image with leftovers', () => {
  const lists = 'x'.repeat(1_500_000);
  const left = layerOf(
    tarOf(
      tarEntry({ name: 'var/lib/apt/lists/one' }, lists),
      tarEntry({ name: 'var/lib/apt/lists/two' }, 'small'),
      tarEntry({ name: 'root/.cache/pip/wheel' }, `y${lists}`),
      tarEntry({ name: 'var/cache/apk/small' }, 'too small for a word'),
    ),
  );

  it('names each kind with its own remedy', async () => {
    const image = writeIndexed(newPath('left'), [imageFor(AMD64, [base, left], config('app'))]);
    expect(
      (await varve('check', image)).stdout,
    ).toBe(`! \`RUN step 1\` leaves apt's package lists in the image, 2 files, 1.50 MB
  → end it with \`rm -rf /var/lib/apt/lists/*\`

! \`RUN step 1\` leaves pip's cache in the image, 1 file, 1.50 MB
  → use \`pip install --no-cache-dir\`
`);
    const { stdout } = await varve('check', image, '--json');
    expect(JSON.parse(stdout)).toMatchObject([
      { kind: 'leftover', path: 'var/lib/apt/lists/one', layer: 1, count: 2, bytes: 1_500_005 },
      { kind: 'leftover', path: 'root/.cache/pip/wheel', layer: 1, count: 1, bytes: 1_500_001 },
    ]);
  });
});

describe('the action', () => {
  it('annotates what a change brings', async () => {
    const workspace = newPath('workspace');
    mkdirSync(workspace);
    const inputs = { image: loud, name: 'x', baseline: quiet };
    const { stdout } = await runAction({ workspace, inputs });
    expect(stdout.match(/^::warning title=Varve::.*$/gm)).toEqual([
      '::warning title=Varve::app/.env looks like a key or a password, from `RUN step 1`: pass it to the step as a secret: `RUN --mount=type=secret`',
      expect.stringContaining('usr/bin/su runs with the rights of its owner (setuid), from `RUN step 1`'),
      expect.stringContaining('containers of this image start as root: name another user: `USER`'),
      expect.stringContaining('app/\\x1b[31mred can be changed by every user'),
      expect.stringContaining('1 file, 2.00 MB, is in the image twice'),
    ]);
  });
});

describe('compare', () => {
  it('names what a change brings, and what `ignore` hides too', async () => {
    const { stdout } = await varve('compare', quiet, loud, '--json', '--ignore', '**');
    expect(JSON.parse(stdout).sections.attention).toMatchObject({ count: 5 });
    const text = (await varve('compare', quiet, loud)).stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      'app/.env looks like a key or a password, from `RUN step 1`: pass it to the step as a secret',
    );
    const back = (await varve('compare', loud, quiet, '--json')).stdout;
    expect(JSON.parse(back).sections.attention).toBeUndefined();
  });
});
