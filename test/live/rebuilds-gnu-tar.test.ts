import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageComparer } from '../support/image-comparer.ts';
import { layoutFiles, writeFolder } from '../support/image-forms.ts';
import { layerOf, makeImage } from '../support/image-maker.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ensurePackages } from './support/debian-packages.ts';
import { run } from './support/program.ts';

const newPath = temporaryFolder();
const comparer = new ImageComparer(openDirectoryStore(newPath('store')));
afterAll(() => comparer[Symbol.asyncDispose]());

const NAMES = ['.', './etc', './etc/motd', './etc/issue', './app', './app/link', './app/twin', './app/pipe'];
const PLAIN = ['--format=ustar', '--sort=name', '--owner=:0', '--group=:0'];
const POSIX = ['--format=posix', '--pax-option=delete=atime,delete=ctime'];

describe('a folder that GNU tar archives twice', () => {
  const folder = newPath('folder');
  let base: string;

  /** The image of one layer that holds the folder. */
  async function archive(options: readonly string[], names: readonly string[] = ['.']): Promise<string> {
    const tar = newPath('layer.tar');
    await run('tar', ['--create', ...PLAIN, ...options, '--file', tar, '--directory', folder, ...names]);
    const image = makeImage([layerOf(readFileSync(tar))]);
    return `oci:${writeFolder(newPath('image'), layoutFiles([image.descriptor], image.blobs))}`;
  }

  async function told(target: string): Promise<readonly [string | undefined, boolean | null]> {
    const { comparison } = await comparer.compare(base, target);
    return [comparison.layers[0]?.cause ?? comparison.layers[0]?.status, comparison.changed];
  }

  beforeAll(async () => {
    await ensurePackages('attr');
    const make = `mkdir -p etc app && echo hello > etc/motd && : > etc/issue && ln -s ../etc app/link &&
      ln etc/motd app/twin && mkfifo app/pipe && find . -exec touch -h -d '2026-02-03 04:05:06Z' {} +`;
    await run('mkdir', [folder]);
    await run('sh', ['-c', make], { cwd: folder });
    base = await archive([]);
  });

  it.each([
    ['the same way', [], 'unchanged', false],
    ['in GNU format', ['--format=gnu'], 'tar-encoding', false],
    ['in larger records', ['--blocking-factor=100'], 'tar-encoding', false],
    ['with times of access', ['--format=posix'], 'tar-encoding', false],
    ['with named owners', ['--owner=somebody:0', '--group=anybody:0'], 'tar-encoding', false],
    ['with other times', ['--mtime=@1700000000'], 'timestamps', false],
    ['with parts of seconds', [...POSIX, '--mtime=2026-02-03 04:05:06.5Z'], 'timestamps', false],
    ['with other owners', [...POSIX, '--owner=:5000000'], 'ownership', true],
    ['with other groups', ['--group=:7'], 'ownership', true],
    ['with other modes', ['--mode=go-rwx'], 'mode', true],
    ['with other owners and times', ['--owner=:5', '--mtime=@1700000000'], 'metadata', true],
    ['in GNU format with other times', ['--format=gnu', '--mtime=@1700000000'], 'timestamps', false],
  ])('%s', async (_, options, cause, changed) => {
    expect(await told(await archive(options))).toEqual([cause, changed]);
  });

  it('in another order, which gives the content to another name of a file', async () => {
    const names = ['--no-recursion', ...[...NAMES].reverse()];
    expect(await told(await archive([], names))).toEqual(['order', false]);
  });

  it('with an attribute more, then without a name, then with other content', async () => {
    const motd = join(folder, 'etc/motd');
    await run('setfattr', ['--name', 'user.mark', '--value', 'made', motd]);
    expect(await told(await archive([...POSIX, '--xattrs']))).toEqual(['xattrs', true]);
    expect(await told(await archive(['--exclude=./app/twin']))).toEqual(['content', true]);
    writeFileSync(motd, 'jello\n');
    await run('touch', ['--date', '2026-02-03 04:05:06Z', motd]);
    expect(await told(await archive([]))).toEqual(['content', true]);
  });
});
