import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../src/base/digest.ts';
import { callVarve } from '../support/call-varve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = temporaryFolder();
const SAMPLE = {
  'report.md': '# It\n',
  'sub/varve-pointer.json': '{}',
  'sub/deep/empty': '',
  'ü.bin': '\0\x01',
};

type Files = Readonly<Record<string, string>>;

function writeFolder(files: Files): string {
  const folder = newPath('folder');
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function readFolder(folder: string): Files {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

async function packageFolder(
  folder: string,
  layout: string,
  tag = ':v1',
): Promise<{ digest: string; files: unknown[] }> {
  const outcome = await callVarve(
    'artifact',
    'package',
    folder,
    '--output',
    `oci:${layout}${tag}`,
    '--format',
    'json',
  );
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  return JSON.parse(outcome.stdout);
}

const unpack = (artifact: string, folder: string, ...args: string[]) =>
  callVarve('artifact', 'unpack', artifact, folder, ...args);

const sorted = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));

describe('a folder as an artifact', () => {
  it('comes back as it was', async () => {
    const [layout, folder] = [newPath('layout'), newPath('out')];
    await packageFolder(writeFolder(SAMPLE), layout);
    const { status, stdout } = await unpack(`oci:${layout}:v1`, folder);
    expect([status, sorted(readFolder(folder))]).toEqual([0, sorted(SAMPLE)]);
    expect(stdout).toMatch(/^sha256:\w{64}\n +9 B {2}4 files\n/);
    expect(readdirSync(dirname(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('comes back whatever its files hold', async () => {
    const name = fc.stringMatching(/^[a-z]{1,4}$/);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, fc.string(), { minKeys: 1, maxKeys: 5 }), async (files) => {
        const [layout, folder] = [newPath('layout'), newPath('out')];
        await packageFolder(writeFolder(files), layout);
        expect((await unpack(layout, folder)).status).toBe(0);
        expect(sorted(readFolder(folder))).toEqual(sorted(files));
      }),
      { numRuns: 15 },
    );
  });

  it('is the same bytes each time, and adds nothing to a layout that has it', async () => {
    const [first, second] = [newPath('layout'), newPath('layout')];
    const { digest } = await packageFolder(writeFolder(SAMPLE), first);
    expect((await packageFolder(writeFolder(SAMPLE), second)).digest).toBe(digest);
    const made = readFolder(first);
    expect(readFolder(second)).toEqual(made);
    await packageFolder(writeFolder(SAMPLE), first);
    await packageFolder(writeFolder(SAMPLE), first, '');
    expect(readFolder(first)).toEqual(made);
  });

  it('stands next to others, by tag and digest; a tag moves', async () => {
    const layout = newPath('layout');
    const one = await packageFolder(writeFolder({ a: '1' }), layout, ':one');
    const two = await packageFolder(writeFolder({ a: '2' }), layout, ':two');
    const contentOf = async (artifact: string) => {
      const folder = newPath('out');
      await unpack(artifact, folder);
      return readFolder(folder).a;
    };
    expect(await contentOf(`oci:${layout}:one`)).toBe('1');
    expect(await contentOf(`oci:${layout}@${two.digest}`)).toBe('2');
    await packageFolder(writeFolder({ a: '3' }), layout, ':one');
    expect(await contentOf(`oci:${layout}:one`)).toBe('3');
    expect(await unpack(layout, newPath('out'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('more than one artifact: two, one'),
    });
    expect(await unpack(`oci:${layout}:three`, newPath('out'))).toMatchObject({ status: 2 });
    expect(await unpack(`oci:${layout}@${one.digest}`, newPath('out'))).toMatchObject({ status: 0 });
  });

  it('is put into the very folder that is there, be it reached by a link', async () => {
    const layout = newPath('layout');
    await packageFolder(writeFolder(SAMPLE), layout);
    const folder = newPath('out');
    mkdirSync(folder);
    const link = newPath('link');
    symlinkSync(folder, link);
    const { ino } = statSync(folder);
    expect(await unpack(`oci:${layout}:v1`, link)).toMatchObject({ status: 0, stderr: '' });
    expect(sorted(readFolder(folder))).toEqual(sorted(SAMPLE));
    expect(readdirSync(folder)).toHaveLength(3);
    expect(statSync(folder).ino).toBe(ino);
  });

  it('leaves an empty folder empty when it is damaged', async () => {
    const layout = newPath('layout');
    await packageFolder(writeFolder(SAMPLE), layout);
    const folder = newPath('out');
    mkdirSync(folder);
    const blobs = join(layout, 'blobs/sha256');
    const last = readdirSync(blobs).find((name) => readFileSync(join(blobs, name), 'utf8') === '\0\x01');
    writeFileSync(join(blobs, last ?? ''), '\0\x02');
    expect(await unpack(`oci:${layout}:v1`, folder)).toMatchObject({ status: 3 });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes no tag from an image', async () => {
    const layout = newPath('layout');
    cpSync(join(import.meta.dirname, '../../__fixtures__/app-v1'), layout, { recursive: true });
    const before = readFolder(layout);
    const tagged = `oci:${layout}:shop:v1`;
    const { status, stderr } = await callVarve(
      'artifact',
      'package',
      writeFolder(SAMPLE),
      '--output',
      tagged,
    );
    expect([status, stderr]).toEqual([2, expect.stringContaining('names something else')]);
    expect(readFolder(layout)).toEqual(before);
  });

  it('is taken from no folder with links, and none without files', async () => {
    const linked = writeFolder({ a: '1' });
    symlinkSync('/etc/passwd', join(linked, 'b'));
    const layout = newPath('layout');
    const refused = await callVarve('artifact', 'package', linked, '--output', layout);
    expect(refused).toMatchObject({ status: 3, stderr: expect.stringContaining('b is not a regular file') });
    expect(await callVarve('artifact', 'package', writeFolder({}), '--output', layout)).toMatchObject({
      status: 2,
    });
    expect(await callVarve('artifact', 'package', newPath('absent'), '--output', layout)).toMatchObject({
      status: 2,
    });
    expect(await callVarve('artifact', 'package', linked)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--output'),
    });
    expect(existsSync(layout)).toBe(false);
  });

  it('is put into no folder that is something else, and unpacked over nothing', async () => {
    const other = writeFolder({ 'index.html': 'x' });
    const outcome = await callVarve('artifact', 'package', writeFolder(SAMPLE), '--output', other);
    expect(outcome).toMatchObject({ status: 2, stderr: expect.stringContaining('not an OCI image layout') });
    expect(readFolder(other)).toEqual({ 'index.html': 'x' });
    const layout = newPath('layout');
    await packageFolder(writeFolder(SAMPLE), layout);
    expect(await unpack(layout, other)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('is not empty'),
    });
    expect(readFolder(other)).toEqual({ 'index.html': 'x' });
  });
});

describe('an artifact that was tampered with', () => {
  /** A layout with one artifact, and the path of the blob of one of its files. */
  async function tampered(spoil: (blob: string, layout: string) => void): Promise<string> {
    const layout = newPath('layout');
    await packageFolder(writeFolder(SAMPLE), layout);
    spoil(join(layout, 'blobs/sha256', hexOf(digestOf(SAMPLE['report.md']))), layout);
    return layout;
  }

  it.each<[string, (blob: string) => void, string]>([
    ['edited', (blob) => writeFileSync(blob, '# It!'), 'digest-mismatch'],
    ['cut short', (blob) => writeFileSync(blob, '# '), 'size-mismatch'],
    ['lengthened', (blob) => writeFileSync(blob, `${SAMPLE['report.md']}x`), 'size-mismatch'],
    ['removed', (blob) => rmSync(blob), 'blob-missing'],
  ])('is not unpacked when a file was %s, and nothing of it stays', async (_, spoil, code) => {
    const layout = await tampered(spoil);
    const folder = newPath('out');
    const { status, stderr } = await unpack(layout, folder);
    expect([status, stderr]).toEqual([3, expect.stringContaining(code)]);
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(dirname(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is not unpacked when its manifest was edited', async () => {
    const layout = newPath('layout');
    const { digest } = await packageFolder(writeFolder(SAMPLE), layout);
    const path = join(layout, 'blobs/sha256', digest.slice(7));
    writeFileSync(path, readFileSync(path, 'utf8').replace('report.md', 'sub/re.md'));
    expect(await unpack(layout, newPath('out'))).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('digest'),
    });
  });

  it('is not unpacked over the limit', async () => {
    const layout = newPath('layout');
    await packageFolder(writeFolder(SAMPLE), layout);
    const { status, stderr } = await unpack(layout, newPath('out'), '--max-layer-bytes', '8');
    expect([status, stderr]).toEqual([3, expect.stringContaining('--max-layer-bytes')]);
  });

  it('is not taken for one where an image stands without a tag', async () => {
    const image = join(import.meta.dirname, '../../__fixtures__/app-v1');
    const { status, stderr } = await unpack(`oci:${image}`, newPath('out'));
    expect([status, stderr]).toEqual([3, expect.stringContaining('app-v1: the artifact is of type')]);
  });

  it('is not read from a layout that was copied in part', async () => {
    const layout = newPath('layout');
    await packageFolder(writeFolder(SAMPLE), layout);
    const part = newPath('part');
    cpSync(layout, part, { recursive: true });
    rmSync(join(part, 'oci-layout'));
    expect(await unpack(part, newPath('out'))).toMatchObject({ status: 2 });
  });
});
