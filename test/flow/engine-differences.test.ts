import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/core/comparison/comparison.ts';
import { callVarve } from '../support/call-varve.ts';
import { dir, file, hardlink, symlink, writeImage } from '../support/hostile-images.ts';
import { paxHeader, tarEntry } from '../support/tar-writer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const place = temporaryFolder();
const store = place('store');
type Layers = readonly (readonly Buffer[])[];

/** The codes of what was not compared, where nothing else makes a change; null where nothing differs. */
async function differenceOf(base: Layers, target: Layers): Promise<readonly string[] | null> {
  const [before, after] = [base, target].map((layers) => writeImage(place('image'), layers)) as [
    string,
    string,
  ];
  const { stdout, stderr } = await callVarve(
    'compare',
    before,
    after,
    '--format',
    'json',
    '--cas-root',
    store,
  );
  expect(stderr).not.toContain('cause');
  const { changed, files, sections } = JSON.parse(stdout) as Comparison;
  expect(files?.entries).toEqual([]);
  if (!changed) return null;
  const { items } = sections.uncompared as { readonly items: readonly { readonly findings: string[] }[] };
  return [...new Set(items.flatMap(({ findings }) => findings))];
}

const globalHeader = (name: string) => tarEntry({ name, type: 'g' });
const below = [dir('d'), file('d/a'), file('d/b')];

describe('a global header with a name', () => {
  it.each<readonly [string, Layers, Layers]>([
    ['of a whiteout', [below, [file('z')]], [below, [globalHeader('d/.wh.a'), file('z')]]],
    ['of an opaque marker', [below, [file('z')]], [below, [globalHeader('d/.wh..wh..opq'), file('z')]]],
    ['of a file of its layer', [[file('a')]], [[file('a'), globalHeader('a')]]],
    [
      'of a file of its layer that comes later',
      [[globalHeader('a'), file('a')]],
      [[file('a'), globalHeader('a')]],
    ],
    ['in a folder', [[file('a')]], [[file('a'), globalHeader('new/pax_global_header')]]],
    ['of a file of a lower layer', [[file('a')], [file('z')]], [[file('a')], [file('z'), globalHeader('a')]]],
  ])('%s counts', async (_, base, target) => {
    expect(await differenceOf(base, target)).toEqual(['pax-global-name']);
    expect(await differenceOf(target, target)).toBeNull();
  });

  it.each(['pax_global_header', './pax_global_header', '././@PaxHeader'])('%s does not', async (name) => {
    expect(await differenceOf([[file('a')]], [[globalHeader(name), file('a')]])).toBeNull();
    expect(await differenceOf([[file('a')]], [[paxHeader([['comment', 'c']], 'g'), file('a')]])).toBeNull();
  });
});

describe('what engines refuse or lose in one order of a layer alone', () => {
  const whiteout = (name: string) => file(name, '');
  it.each<readonly [string, readonly Buffer[], string]>([
    ['an entry below a file', [file('d/a'), file('d')], 'parent-not-directory'],
    ['a whiteout below a file', [file('d'), whiteout('d/.wh.a')], 'parent-not-directory'],
    ['an opaque marker below a file', [file('d'), whiteout('d/.wh..wh..opq')], 'parent-not-directory'],
    [
      'a whiteout below a hard link',
      [file('a'), hardlink('d', 'a'), whiteout('d/.wh.a')],
      'parent-not-directory',
    ],
    ['a whiteout below a loop', [symlink('d', '../d'), whiteout('d/.wh.a')], 'whiteout-below-own-symlink'],
    ['an entry below a loop', [file('d'), symlink('d', '/d'), file('d/e/a')], 'unreachable-path'],
    [
      'an opaque marker above a folder that is not stated',
      [file('d/a'), whiteout('.wh..wh..opq')],
      'whiteout-of-own',
    ],
    ['a whiteout of the folder of one', [whiteout('.wh.d'), whiteout('d/.wh.e')], 'whiteout-in-nothing'],
  ])('%s counts', async (_, entries, code) => {
    const moved = [...entries.slice(-1), ...entries.slice(0, -1)];
    expect(await differenceOf([entries], [moved])).toContain(code);
    expect(await differenceOf([entries], [entries])).toBeNull();
  });
});

describe('a whiteout in a folder that nothing has', () => {
  it.each(['d/.wh.a', 'd/.wh..wh..opq', 'd/e/.wh.a'])('counts: %s', async (name) => {
    const [without, has] = [[file('z')], [file('z'), file(name, '')]];
    expect(await differenceOf([without], [has])).toEqual(['whiteout-in-nothing']);
    expect(
      await differenceOf([below, [file('.wh.d', '')]], [below, [file('.wh.d', ''), file(name, '')]]),
    ).toEqual(['whiteout-in-nothing']);
  });

  it('does not where the layer itself, or a lower one, has it', async () => {
    const whiteout = file('d/.wh.gone', '');
    expect(
      await differenceOf([[dir('d')], [file('z')]], [[dir('d')], [file('z'), dir('d'), whiteout]]),
    ).toBeNull();
    expect(await differenceOf([[file('d/z')]], [[whiteout, file('d/z')]])).toBeNull();
    expect(await differenceOf([[dir('d')]], [[whiteout, dir('d')]])).toBeNull();
  });
});
