import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { pack } from 'tar-stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { VERSION } from '../../src/entry/version.ts';
import { layoutFiles, named, packFiles, writeFolder } from '../support/image-forms.ts';
import { layerOf, makeImage, makeLayer } from '../support/image-maker.ts';
import { schemaErrors } from '../support/json-schemas.ts';
import { DIST, OUTSIDE, runVarve, type VarveOutcome } from '../support/run-varve.ts';
import { tarEntry, tarOf } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
const V1 = `oci:${join(FIXTURES, 'app-v1')}:shop:v1`;
const V2 = `oci:${join(FIXTURES, 'app-v2')}:shop:v2`;
const CHANGED = '+290 B, 4 layers rebuilt, 1 added, 5 files changed, 3 config changes\n';

const newPath = temporaryFolder();
const folder = newPath('work');
const pointer = join(folder, 'pointer.json');

beforeAll(async () => {
  await mkdir(folder, { recursive: true });
  await varve('snapshot', V1, '--name', 'shop', '--pointer-path', pointer);
  // Every layer is known from now on, so that two lines have the same to say.
  await varve('compare', V1, V2);
});

describe('what programs read', () => {
  it.each([
    ['check-output', ['check', V1]],
    ['check-output', ['check', V2]],
    ['inspect-output', ['inspect', V2]],
    ['inspect-output', ['inspect', `oci:${join(FIXTURES, 'multi-platform')}`, '--platform', 'all']],
    ['inspect-output', ['inspect', `docker-archive:${join(FIXTURES, 'forms/engine-20.tar')}:forms:1`]],
    ['compare-output', ['compare', V1, V2]],
  ])('meets its schema: %s of %j', async (schema, line) => {
    const { status, stdout } = await varve(...line, '--format', 'json');
    expect([status, schemaErrors(schema, JSON.parse(stdout))]).toEqual([0, []]);
    expect(schemaErrors(schema, [{ surprise: 1 }])).not.toEqual([]);
  });
});

interface Circumstances {
  readonly stdin?: Uint8Array;
  readonly env?: Record<string, string>;
}

const varveIn = ({ stdin, env }: Circumstances, ...args: string[]): Promise<VarveOutcome> =>
  runVarve(args, {
    cwd: folder,
    env: { XDG_DATA_HOME: join(folder, 'data'), ...env },
    ...(stdin && { stdin }),
  });
const varve = (...args: string[]): Promise<VarveOutcome> => varveIn({}, ...args);

describe('words of other tools', () => {
  it.each([
    ['diff', ['diff', V1, V2], ['compare', V1, V2]],
    ['two images alone', [V1, V2], ['compare', V1, V2]],
    ['two images behind a switch', ['--json', V1, V2], ['compare', V1, V2, '--format', 'json']],
    ['ls', ['ls', V1, 'etc'], ['tree', V1, 'etc']],
    ['log', ['log', 'shop'], ['history', 'shop']],
    ['store ls', ['store', 'ls'], ['surface', 'list']],
    ['-o', ['compare', V1, V2, '-o', 'json'], ['compare', V1, V2, '--format', 'json']],
    ['-f', ['compare', V1, V2, '-f', 'markdown'], ['compare', V1, V2, '--format', 'markdown']],
    ['-v', ['compare', V1, V2, '-v'], ['compare', V1, V2, '--all']],
    ['--json of a list', ['tree', V1, '--json'], ['tree', V1, '--format', 'json']],
  ])('%s says the same as the command', async (_, line, canonical) => {
    const expected = await varve(...canonical);
    expect(expected).toMatchObject({ status: 0, stderr: '' });
    expect(await varve(...line)).toEqual(expected);
  });

  it('are not taken for images, nor images for commands', async () => {
    expect((await varve('snapsht', V1)).stderr).toMatch(
      /no command snapsht\n {2}hint: did you mean snapshot\?/,
    );
    expect((await varve('./nowhere', V1)).stderr).toContain('there is no file or folder ./nowhere');
  });

  it('are grouped by help, each with what else calls it', async () => {
    const { stdout } = await varve('--help');
    const headings = [...stdout.matchAll(/^(Look|Record|Evidence|Other):$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Look', 'Record', 'Evidence', 'Other']);
    for (const words of ['compare|diff', 'tree|ls', 'history|log', 'surface|store', 'inspect', 'version']) {
      expect(stdout).toContain(`  ${words} `);
    }
  });
});

describe('how much is said', () => {
  it('is the headline alone with --quiet, on either side of the command', async () => {
    const quiet = { status: 0, stdout: CHANGED, stderr: '' };
    expect(await varve('compare', V1, V2, '-q')).toEqual(quiet);
    expect(await varve('--quiet', 'compare', V1, V2)).toEqual(quiet);
  });

  it('is plain with --no-color, whatever the environment says', async () => {
    const env = { FORCE_COLOR: '1' };
    expect((await varveIn({ env }, 'compare', V1, V2)).stdout).toContain('\u001b[');
    expect(await varveIn({ env }, 'compare', V1, V2, '--no-color')).toEqual(await varve('compare', V1, V2));
  });

  it('is one line of JSON in a pipe', async () => {
    for (const line of [['compare', V1, V2], ['inspect', V1], ['log', 'shop'], ['version']]) {
      expect((await varve(...line, '--json')).stdout).toMatch(/^[[{].*[\]}]\n$/);
    }
  });

  it.each([
    ['compare', V1, V2],
    ['inspect', V1],
    ['tree', V1, 'etc'],
    ['layer', 'ls', V1, '0'],
    ['history', 'shop'],
    ['surface', 'list'],
    ['surface', 'verify'],
    ['verify'],
    ['version'],
  ])('is the same document with -o json as with --json: varve %s %s', async (...line) => {
    const words = line.filter((word) => word !== undefined);
    const { status, stdout } = await varve(...words, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toBeInstanceOf(Object);
    expect((await varve(...words, '-o', 'json')).stdout).toBe(stdout);
    expect((await varve(...words, '--format', 'json')).stdout).toBe(stdout);
    if (!stdout.startsWith('[')) return;
    const lines = (await varve(...words, '-o', 'ndjson')).stdout;
    expect(`[${lines.trimEnd().replaceAll('\n', ',')}]\n`).toBe(stdout);
  });

  it('says on a page how to compare the same again, where a command can', async () => {
    const again = (page: string): readonly string[] =>
      (/again: `varve ([^`]+)`/.exec(page)?.[1] ?? 'version').split(' ');
    const store = `dir:${newPath('store')}`;
    const record = (image: string) =>
      varve('snapshot', image, '--name', 'page', '--baseline', store, '-o', 'markdown');
    expect((await record(V1)).stdout).not.toContain('again:');
    const stored = again((await record(V2)).stdout);
    expect(stored).toEqual(['compare', expect.any(String), expect.any(String), '--baseline', store]);
    expect(await varve(...stored, '-q')).toEqual({ status: 0, stderr: '', stdout: CHANGED });
    const read = again((await varve('compare', V1, V2, '-o', 'markdown')).stdout);
    expect(read).toEqual(['compare', V1, V2, '--platform', 'linux/amd64']);
    expect((await varve(...read, '-q')).stdout).toBe(CHANGED);
  });

  it('names every cause of an error with --verbose', async () => {
    const reference = 'docker://127.0.0.1:1/shop:v1';
    const causes = (text: string) => text.match(/^ {2}cause: /gm)?.length ?? 0;
    const [short, long] = await Promise.all([varve('inspect', reference), varve('inspect', reference, '-v')]);
    expect(short.status).toBe(4);
    expect(causes(short.stderr)).toBeLessThanOrEqual(1);
    expect(causes(long.stderr)).toBeGreaterThanOrEqual(causes(short.stderr));
  });
});

describe('compare', () => {
  it('lists new directories that no new file names, one that leads to another too', async () => {
    const base = await makeLayer({ app: 'one' });
    const layout = (...names: string[]) => {
      const entries = names.map((name) => tarEntry({ name, type: '5', mode: '0000755' }));
      const image = makeImage([base, layerOf(tarOf(...entries))]);
      return `oci:${writeFolder(newPath('layout'), layoutFiles([image.descriptor], image.blobs))}`;
    };
    const before = layout('srv');
    const after = layout('srv', 'srv/a', 'srv/a/b', 'srv/a/b/c');
    const { stdout } = await varve('compare', before, after);
    for (const path of ['srv/a/', 'srv/a/b/', 'srv/a/b/c/']) expect(stdout).toContain(` ${path}\n`);
    expect(stdout).toContain('3 directories');
  });
});

describe('inspect', () => {
  it('shows what an image is, and reads no layer', async () => {
    const { status, stdout, stderr } = await varve('inspect', V2);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^manifest +sha256:44a2f08c/m);
    expect(stdout).toMatch(
      /^env +PATH=\/bin\n +APP_ENV {2}\(value not shown; --json has it\)\n +APP_VERSION=1\.5\.0\n/m,
    );
    expect(stdout).toMatch(/^exposed ports +8443\/tcp$/m);
    expect(stdout).toMatch(/^layers +8 layers, 100 kB compressed$/m);
    expect(stdout).toMatch(/^3 +1\.53 kB .* COPY dir in \/app$/m);
  });

  it('gives the same to programs, of each platform that is asked for', async () => {
    const image = `oci:${join(FIXTURES, 'multi-platform')}`;
    const { stdout } = await varve('inspect', image, '--platform', 'all', '--json');
    const inspected = JSON.parse(stdout);
    expect(inspected.images.map(({ platform }: { platform: string }) => platform)).toEqual(
      inspected.platforms,
    );
    for (const { config, layers } of inspected.images) {
      expect(layers.map(({ diffId }: { diffId: string }) => diffId)).toEqual(config.content.rootfs.diff_ids);
    }
  });
});

describe('verify', () => {
  it('takes a pointer, a store, or nothing for your own store', async () => {
    for (const line of [[pointer], [`dir:${join(folder, 'data/varve')}`], [join(folder, 'data/varve')], []]) {
      const { status, stdout } = await varve('verify', ...line);
      expect([line, status]).toEqual([line, 0]);
      expect(stdout).toContain('✓ nothing is damaged in ');
    }
  });

  it('names what a pointer names and the store lacks', async () => {
    const { manifest } = JSON.parse(await readFile(pointer, 'utf8'));
    const store = newPath('other');
    await varve('snapshot', V2, '--name', 'shop', '--cas-root', store);
    const { status, stdout } = await varve('verify', pointer, '--cas-root', store);
    expect(status).toBe(3);
    expect(stdout).toContain('✗ image.surface sha256:');
    const lost = manifest.artifacts.filter(({ digest }: { digest: string }) => stdout.includes(digest));
    // The layers that both images have are there.
    expect(lost.length).toBeGreaterThan(3);
    expect(lost.length).toBeLessThan(manifest.artifacts.length);
  });

  it('refuses what it cannot verify', async () => {
    await writeFile(join(folder, 'other.json'), '{}');
    expect(await varve('verify', 'other.json')).toMatchObject({ status: 3, stdout: '' });
    expect((await varve('verify', 'nowhere')).stderr).toContain('nothing can be verified at nowhere');
    expect((await varve('verify', 'dir:nowhere')).status).not.toBe(0);
  });
});

describe('an archive on standard input', () => {
  const archive = async (fixture: string): Promise<Buffer> => {
    const tar = pack();
    const layout = join(FIXTURES, fixture);
    for (const file of await readdir(layout, { recursive: true, withFileTypes: true })) {
      const path = join(file.parentPath, file.name);
      if (file.isFile()) tar.entry({ name: relative(layout, path) }, await readFile(path));
    }
    tar.finalize();
    return Buffer.concat(await Array.fromAsync(tar as AsyncIterable<Buffer>));
  };

  it('is an image as any other, and leaves nothing behind', async () => {
    const stdin = await archive('app-v2');
    const temporary = newPath('tmp');
    await mkdir(temporary);
    const env = { TMPDIR: temporary };
    expect(await varveIn({ stdin, env }, 'compare', V1, '-', '-q')).toMatchObject({
      status: 0,
      stdout: CHANGED,
    });
    const recorded = await varveIn({ stdin, env }, 'snapshot', '-', '--name', 'piped', '--json');
    expect(JSON.parse(recorded.stdout)).toMatchObject({ layers: { total: 8 } });
    expect(await readdir(temporary)).toEqual([]);
  });

  it('may hold several images, of which a name or a digest chooses one', async () => {
    const images = [
      makeImage([await makeLayer({ app: 'one' })]),
      makeImage([await makeLayer({ app: 'two' })]),
    ];
    const entries = images.map(({ descriptor }, index) => ({
      ...descriptor,
      ...named(`docker.io/acme/app:${index}`, String(index)),
    }));
    const blobs = images.flatMap((image) => image.blobs);
    const stdin = await packFiles(layoutFiles(entries, blobs));
    const id = (index: number) => images[index]?.config.digest;
    const digest = images[1]?.descriptor.digest ?? '';
    for (const [text, index] of [
      ['-:acme/app:0', 0],
      ['-:1', 1],
      [`-@${digest}`, 1],
      [`-@${digest.slice(7, 13)}`, 1],
    ] as const) {
      for (const line of [
        [text, '--json'],
        ['--json', text],
      ]) {
        const found = JSON.parse((await varveIn({ stdin }, 'inspect', ...line)).stdout);
        expect([text, found.images[0].config.digest]).toEqual([text, id(index)]);
      }
    }
    const layout = `oci:${writeFolder(newPath('layout'), layoutFiles(entries, blobs))}`;
    const headline = (await varve('compare', `${layout}:0`, `${layout}:1`, '-q')).stdout;
    for (const line of [
      ['compare', '-:0', `${layout}:1`],
      ['compare', `${layout}:0`, '-:1'],
      ['-:0', `${layout}:1`],
      [`${layout}:0`, '-:1'],
      ['snapshot', `${layout}:1`, '--name', 'x', '--baseline', '-:0'],
      ['snapshot', '-:1', '--name', 'x', '--baseline', `${layout}:0`],
      ['snapshot', '--name', 'x', '--baseline', `${layout}:0`, '-:1'],
    ]) {
      expect([line, (await varveIn({ stdin }, ...line, '-q')).stdout]).toEqual([line, headline]);
    }
    expect((await varveIn({ stdin }, 'layer', 'ls', '-:1', '0')).stdout).toContain('app');
    expect((await varveIn({ stdin }, 'tree', '-:1', 'app', '--json')).stdout).toContain('app');
    const refused = await varveIn({ stdin }, 'snapshot', '-', '--name', 'x');
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('add the tag after a colon'),
    });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)(
    'that is interrupted by %s leaves nothing behind either',
    async (signal) => {
      const temporary = newPath('tmp');
      await mkdir(temporary);
      const env = { ...OUTSIDE, XDG_DATA_HOME: newPath('data'), TMPDIR: temporary };
      const child = spawn(process.execPath, [join(DIST, 'cli.js'), 'inspect', '-'], { env, cwd: folder });
      const ended = once(child, 'close');
      child.stdin.write('the beginning of an archive');
      while ((await readdir(temporary)).length === 0) await setImmediate();
      child.kill(signal);
      expect([await ended, await readdir(temporary)]).toEqual([[130, null], []]);
    },
  );

  it('is refused where there is none, and where it is asked for twice', async () => {
    const stdin = await archive('app-v1');
    expect((await varveIn({ stdin: Buffer.alloc(0) }, 'inspect', '-')).stderr).toContain(
      'standard input is empty',
    );
    expect((await varveIn({ stdin }, 'compare', '-', '-')).stderr).toContain('- is given twice');
    const cut = await varveIn({ stdin: stdin.subarray(0, 3000) }, 'inspect', '-');
    expect([cut.status, cut.stderr.includes('varve-stdin')]).toEqual([3, false]);
  });
});

describe('names that are almost right', () => {
  it('are told, of variables and of the settings file', async () => {
    await writeFile(join(folder, 'varve.yaml'), 'name: other\n');
    const { stderr } = await varveIn({ env: { VARVE_BASLINE: 'none', VARVE_SOMETHING: '' } }, 'log', 'shop');
    expect(stderr.split('\n')).toEqual(
      expect.arrayContaining([
        'varve: the variable VARVE_BASLINE is not a setting: did you mean VARVE_BASELINE?',
        'varve: the variable VARVE_SOMETHING is not a setting',
        'varve: varve.yaml is not read: the settings file is called varve.yml',
      ]),
    );
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('is there for %s', async (shell) => {
    const { status, stdout } = await varve('completion', shell);
    expect(status).toBe(0);
    expect(stdout).toContain('varve complete -- ');
    expect(stdout).not.toContain('eval');
  });

  it('runs nothing of the line that is completed', async () => {
    const script = (await varve('completion', 'bash')).stdout;
    const pwned = newPath('pwned');
    const words = `varve compare '$(touch ${pwned})' '--for'`;
    const asked = `${script}
      varve() { "${process.execPath}" "${join(DIST, 'cli.js')}" "$@"; }
      COMP_WORDS=(${words}); COMP_CWORD=3; _varve_complete; printf '%s\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)('bash', ['-c', asked], { env: { ...OUTSIDE } });
    expect(stdout).toBe('--format\n');
    expect(existsSync(pwned)).toBe(false);
  });

  it('knows commands, options and choices', async () => {
    const completed = async (...words: string[]) =>
      (await varve('complete', '--', ...words)).stdout.split('\n').map((line) => line.split('\t')[0]);
    expect(await completed('co')).toEqual(expect.arrayContaining(['compare', 'completion']));
    expect(await completed('compare', '--exit')).toContain('--exit-code');
    expect(await completed('compare', '--format', '')).toEqual(
      expect.arrayContaining(['text', 'json', 'markdown']),
    );
  });

  it('refuses other shells', async () => {
    expect(await varve('completion', 'tcsh')).toMatchObject({ status: 2, stdout: '' });
  });
});

it('version says what to put into a bug report', async () => {
  expect((await varve('version')).stdout).toMatch(new RegExp(`^varve ${VERSION} \\(Node\\.js \\d+`));
  expect(JSON.parse((await varve('version', '--json')).stdout)).toMatchObject({ version: VERSION });
});
