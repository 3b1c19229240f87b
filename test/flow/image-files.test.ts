import { describe, expect, it } from 'vitest';
import { fromText } from '../../src/base/byte-text.ts';
import { filesAnalyzer } from '../../src/core/analysis/files/files-analyzer.ts';
import { type ImageAnalyzer, imageAnalyzerKey } from '../../src/core/analysis/image-analyzer.ts';
import { takeSnapshot } from '../../src/flows/image/take-snapshot.ts';
import { composeQuietTools } from '../support/compose-tools.ts';
import { dir, file, hardlink, symlink, writeImage } from '../support/hostile-images.ts';
import type { ImagePlan } from '../support/image-maker.ts';
import { makeOrigin } from '../support/item-makers.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { readFirstImage } from '../support/open-image.ts';
import { tarEntry } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const workerScript = new URL('../support/example-layer-worker.ts', import.meta.url);

/** What an analyzer gets of an image when it asks for files, and which layers are read for them. */
async function readFiles(
  layers: readonly (readonly Buffer[])[],
  paths: readonly string[],
  plan: ImagePlan = {},
): Promise<{ files: Record<string, string>; read: number[] }> {
  const files: Record<string, string> = {};
  const asking: ImageAnalyzer<never> = {
    key: imageAnalyzerKey('test.asking', 'asking@1', [filesAnalyzer.key]),
    needs: [filesAnalyzer.key],
    format: 'json',
    keepDays: null,
    findings: {},
    async analyze(image, { payload }) {
      for (const [path, bytes] of await image.readFiles(paths)) files[path] = bytes.toString();
      payload.write(fromText('{}'));
    },
  };
  const analyzers = { layers: [filesAnalyzer], images: [asking] };
  const store = openDirectoryStore(folder('store'));
  await using tools = composeQuietTools(store, { analyzers: { analyzers, workerScript } });
  const image = await readFirstImage(writeImage(folder('image'), layers, plan));
  const read: number[] = [];
  const { reader } = tools;
  const listening: typeof reader = {
    read(requests, onProgress) {
      if (requests.some(({ want }) => want.some(({ key }) => key.kind === 'layer.contents')))
        read.push(...requests.map(({ index }) => index));
      return reader.read(requests, onProgress);
    },
  };
  await takeSnapshot({ ...tools, reader: listening }, image, makeOrigin());
  return { files, read: read.sort() };
}

describe('files of the merged root filesystem', () => {
  it('come out of the layers that hold them, each read once', async () => {
    const layers = [
      [dir('a'), file('a/low', 'low'), file('a/gone', 'gone'), file('a/both', 'old')],
      [file('a/other', 'unread')],
      [file('a/.wh.gone', ''), file('a/both', 'new'), file('a/top', 'top')],
    ];
    const paths = ['a/low', 'a/gone', 'a/both', 'a/top', '/a/low', 'a/none', 'a', '.'];
    expect(await readFiles(layers, paths)).toEqual({
      files: { 'a/low': 'low', 'a/both': 'new', 'a/top': 'top', '/a/low': 'low' },
      read: [0, 2],
    });
  });

  it('are found through symlinks, which stay inside the root', async () => {
    const layers = [
      [dir('usr'), dir('usr/lib'), file('usr/lib/release', 'it'), symlink('lib', '/usr/lib')],
      [
        symlink('release', '../../lib/release'),
        symlink('loop', 'loop'),
        symlink('out', '/../../usr/lib/none'),
      ],
    ];
    expect(await readFiles(layers, ['release', 'lib/release', 'loop', 'loop/x', 'out'])).toEqual({
      files: { release: 'it', 'lib/release': 'it' },
      read: [0],
    });
  });

  it('have the content of the inode that a hard link names, in whichever layer that is', async () => {
    const layers = [
      [file('one', 'content'), file('two', 'content')],
      [hardlink('link', 'one'), file('one', 'another')],
    ];
    const { files } = await readFiles(layers, ['one', 'two', 'link']);
    expect(files).toEqual({ one: 'another', two: 'content', link: 'another' });
  });

  it('are what the last statement of a path says', async () => {
    const layers = [[file('a', 'first'), file('a', 'later')]];
    expect((await readFiles(layers, ['a'])).files).toEqual({ a: 'later' });
  });

  it('are none of an image that is not merged, and nothing is read for them', async () => {
    const platform = { os: 'windows', architecture: 'amd64' };
    expect(await readFiles([[file('Files/a')]], ['Files/a'], { platform })).toEqual({ files: {}, read: [] });
    expect(await readFiles([[file('a')]], [])).toEqual({ files: {}, read: [] });
  });

  it('are refused when they are too many bytes to hold', async () => {
    const half = Buffer.alloc(33 * 1024 * 1024);
    const layers = [
      [tarEntry({ name: 'a' }, half), tarEntry({ name: 'b' }, Buffer.concat([half, half]).subarray(1))],
    ];
    await expect(readFiles(layers, ['a', 'b'])).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});
