import { describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../../../src/core/analysis/files/inventory.ts';
import { isUnstated } from '../../../../src/core/rootfs/differences.ts';
import { copyState } from '../../../../src/core/rootfs/file-state.ts';
import { isLazy, LazyRootfs } from '../../../../src/core/rootfs/lazy-rootfs.ts';
import { mergeLayers, openRootfs } from '../../../../src/core/rootfs/merge-layers.ts';
import type { Placed, RootfsReader } from '../../../../src/core/rootfs/rootfs-reader.ts';
import {
  dir,
  file,
  hardlink,
  inventoryOf,
  opaque,
  symlink,
  whiteout,
} from '../../../support/inventory-maker.ts';

const open = (...layers: readonly (readonly InventoryEntry[])[]) => layers.map((layer) => inventoryOf(layer));

const usr = [dir('usr'), dir('usr/lib'), symlink('lib', 'usr/lib'), file('usr/lib/a')];

function answers(rootfs: RootfsReader, path: string) {
  const plain = (placed: Placed | null) =>
    placed && [copyState(placed.state), placed.layer, isUnstated(placed)];
  const below = [...rootfs.descendants(path)].map(([name, placed]) => [name, plain(placed)]);
  return { path, here: plain(rootfs.lookup(path)), hider: rootfs.hiderOf(path), below };
}

describe('a rootfs is read lazily', () => {
  it('where layers state the directories of their entries', () => {
    expect(isLazy(open(usr, [dir('usr'), dir('usr/lib'), file('usr/lib/b')]))).toBe(true);
    expect(isLazy(open(usr, [dir('lib'), file('lib/b')]))).toBe(true);
    expect(isLazy(open([]))).toBe(true);
  });

  it('where a directory that no layer states is no symlink', () => {
    expect(isLazy(open(usr, [file('usr/lib/b'), file('opt/x/y')]))).toBe(true);
  });

  it('and merged where an entry may stand elsewhere than it says', () => {
    expect(isLazy(open(usr, [file('lib/b')]))).toBe(false);
    expect(isLazy(open(usr, [dir('lib/sub'), file('lib/sub/b')]))).toBe(false);
    expect(isLazy(open(usr, [file('lib/sub/b')]))).toBe(false);
    expect(isLazy(open(usr, [whiteout('lib/a')]))).toBe(false);
    expect(isLazy(open(usr, [opaque('lib')]))).toBe(false);
    expect(isLazy(open(usr, [], [hardlink('lib64', 'lib')], [file('lib64/b')]))).toBe(false);
    expect(isLazy(open([symlink('lib', 'usr'), file('lib/b')]))).toBe(false);
    expect(isLazy(open([file('lib'), file('lib/b')]))).toBe(false);
  });

  it('and merged where an entry may have no effect', () => {
    const escaping = inventoryOf([file('x')], { findings: [{ code: 'escaping-path', path: 'x' }] });
    expect(isLazy([escaping])).toBe(false);
    expect(openRootfs([escaping])).not.toBeInstanceOf(LazyRootfs);
  });

  it('with the same answers', () => {
    const stack = open(
      [
        ...usr,
        dir('d', { mode: '0700' }),
        file('d/f'),
        hardlink('d/g', 'usr/lib/a'),
        dir('e'),
        file('e/deep/x'),
      ],
      [file('d'), whiteout('e'), file('e/new')],
      [dir('d'), file('d/h'), hardlink('linked', 'lib/a'), hardlink('broken', 'lib/none')],
    );
    const [lazy, merged] = [openRootfs(stack), mergeLayers(stack).rootfs];
    expect(lazy).toBeInstanceOf(LazyRootfs);
    const paths = [
      '.',
      'usr/lib/a',
      'd',
      'd/f',
      'd/g',
      'd/h',
      'e',
      'e/deep',
      'e/deep/x',
      'e/new',
      'linked',
      'broken',
    ];
    for (const path of [...paths, 'lib/a', 'none', 'usr/lib/a/b', 'x'.repeat(5000)]) {
      expect(answers(lazy, path)).toEqual(answers(merged, path));
    }
  });

  it('without looking at what is not asked for', () => {
    const [lower, upper] = open(usr, [dir('opt'), file('opt/x')]);
    if (lower === undefined || upper === undefined) throw new Error('two layers were made');
    lower.entries = () => {
      throw new Error('the layer was read as a whole');
    };
    const rootfs = openRootfs([lower, upper]);
    expect(rootfs.lookup('usr/lib/a')?.layer).toBe(0);
    expect(rootfs.lookup('opt/x')?.layer).toBe(1);
  });
});
