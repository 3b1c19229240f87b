import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_IGNORE } from '../../src/core/comparison/default-ignore.ts';
import { compileIgnore } from '../../src/core/comparison/ignore.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeContext } from './support/build-context.ts';
import { prepareBuildah } from './support/buildah.ts';
import { type Compared, changedFiles, compareImages } from './support/compare-images.ts';
import { debianImage } from './support/debian-image.ts';
import { dissectImage } from './support/dissect-image.ts';
import { run } from './support/program.ts';

const newPath = temporaryFolder();
const store = newPath('store');

const SETUP = `from setuptools import setup
setup(name='greet', version='1.0.0', py_modules=['greet'])
`;
const STEPS = [
  'RUN apt-get update && apt-get install -y --no-install-recommends python3-pip python3-setuptools python3-wheel',
  'COPY python /src',
  'RUN pip install --break-system-packages --no-index --no-build-isolation /src',
  // One file that stays as it is, into a folder that is there.
  'COPY greet.tgz /',
  // What Node compiled and would run counts, so it is removed, as the report advises.
  'RUN mkdir /app && cd /app && node /run/npm/bin/npm-cli.js install --offline --no-update-notifier /greet.tgz && rm -rf /tmp/*-compile-cache*',
  'RUN useradd --create-home app',
];

/** The tools of other ecosystems come from this machine, and packages from where it takes its own. */
async function volumes(): Promise<string[]> {
  const cli =
    process.env.npm_execpath ?? join((await run('npm', ['root', '--global'])).trim(), 'npm/bin/npm-cli.js');
  const npm = dirname(dirname(cli));
  return ['/etc/apt:/etc/apt:ro', `${npm}:/run/npm:ro`, `${process.execPath}:/usr/local/bin/node:ro`].flatMap(
    (volume) => ['--volume', volume],
  );
}

async function buildTwice(folder: string): Promise<readonly [string, string]> {
  const buildah = await prepareBuildah(join(folder, 'buildah'));
  const { layers } = await dissectImage(await debianImage(), 'debian', join(folder, 'debian'));
  const base = join(folder, 'base');
  await writeContext(base, {
    from: 'scratch',
    steps: ['ADD base.tar /', 'ENV DEBIAN_FRONTEND=noninteractive'],
  });
  await run('cp', [layers[0]?.tar ?? '', join(base, 'base.tar')]);
  await buildah.build(base, 'base');

  const context = await writeContext(join(folder, 'context'), {
    steps: STEPS,
    files: { 'python/setup.py': SETUP, 'python/greet.py': 'print("hello")\n' },
  });
  const name = join(folder, 'package/package.json');
  mkdirSync(dirname(name));
  writeFileSync(name, JSON.stringify({ name: 'greet', version: '1.0.0' }));
  await run('tar', [
    '--create',
    '--gzip',
    '--file',
    join(context, 'greet.tgz'),
    '--directory',
    folder,
    'package',
  ]);
  const mounts = await volumes();
  const images = [];
  for (const tag of ['app:1', 'app:2']) {
    // Layers of the second build must not carry the same seconds.
    await sleep(2000);
    await buildah.build(context, tag, '--no-cache', ...mounts);
    const image = `oci:${join(folder, tag.replace(':', '-'))}:${tag}`;
    await buildah.push(tag, image);
    images.push(image);
  }
  const [before = '', after = ''] = images;
  return [before, after];
}

describe('a Debian image with packages of apt, pip and npm, built again without a cache', () => {
  let images: readonly [string, string];
  let compared: Compared;

  beforeAll(async () => {
    images = await buildTwice(newPath('builds'));
    compared = await compareImages(store, ...images);
  });

  it('differs in nothing that counts, and one line says so', () => {
    expect(changedFiles(compared)).toEqual([]);
    expect(compared).toMatchObject({ changed: false, config: [] });
    expect(compared.outcome).toBe('↻ 5 layers rebuilt, nothing differs but volatile files and timestamps');
  });

  it('names the causes', () => {
    expect(compared.told).toEqual([
      'unchanged',
      'rebuilt: content',
      'rebuilt: timestamps',
      'rebuilt: content',
      'unchanged',
      'rebuilt: content',
      'rebuilt: timestamps',
    ]);
    expect(compared.summary).toMatchObject({ firstRebuilt: 1, cascade: { layers: 5 }, reuseRatio: 2 / 7 });
  });

  it('tells what happened, and what to do', () => {
    expect(compared.text).toMatch(
      /`RUN apt-get update .*` was built again and re-shipped 5 layers, [\d.]+ MB\./,
    );
    expect(compared.text).toMatch(/→ 2 layers hold the same files as before: set `SOURCE_DATE_EPOCH`/);
    expect(compared.text).toMatch(
      /→ `RUN apt-get .* leaves .*logs of package managers.*: end it with `rm -rf .*`\./,
    );
    expect(compared.text.match(/^→ /gm)?.length).toBeLessThanOrEqual(3);
  });

  it('touches what the built-in list names, and no more', async () => {
    const all = await compareImages(store, ...images, '--no-ignore-defaults');
    expect(all.changed).toBe(true);
    const touched = all.files?.entries ?? [];
    const ignore = compileIgnore(DEFAULT_IGNORE);
    expect(touched.filter((difference) => !ignore.file(difference, { isSameCode: true }))).toEqual([]);
    const paths = touched.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'var/log/apt/history.log',
        'var/log/apt/term.log',
        'var/log/dpkg.log',
        'var/cache/ldconfig/aux-cache',
        expect.stringMatching(/dist-packages\/__pycache__\/greet\..*\.pyc$/),
        expect.stringMatching(/^root\/\.npm\/_logs\//),
      ]),
    );
  });
});
