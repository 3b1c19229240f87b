import fc from 'fast-check';
import type { InventoryEntry } from '../../src/core/analysis/files/inventory.ts';
import { device, dir, file, hardlink, opaque, symlink, whiteout } from './inventory-maker.ts';

/** Few names, so that layers meet; some sort before `.wh.` and around `/`. */
const NAMES = ['a', 'b', 'a-', '-c', 'd.'] as const;

const name = fc.constantFrom(...NAMES);
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));
const target = fc
  .tuple(fc.constantFrom('', '/', '../', './', '../../'), path)
  .map(([start, rest]) => `${start}${rest}`);
const content = fc.constantFrom('one', 'two', 'three');
const mode = fc.constantFrom('0755', '0700', '4755');

/** Any entry, hostile ones included. */
const anyEntry: fc.Arbitrary<InventoryEntry> = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(path, content, mode).map(([at, text, mode]) => file(at, text, { mode })) },
  { weight: 5, arbitrary: fc.tuple(path, mode).map(([at, mode]) => dir(at, { mode })) },
  { weight: 3, arbitrary: fc.tuple(path, target).map(([at, to]) => symlink(at, to)) },
  { weight: 3, arbitrary: fc.tuple(path, path).map(([at, to]) => hardlink(at, to)) },
  { weight: 3, arbitrary: path.map(whiteout) },
  { weight: 2, arbitrary: fc.oneof(path, fc.constant('.')).map(opaque) },
  { weight: 1, arbitrary: path.map((at) => device(at, 1, 3)) },
  { weight: 1, arbitrary: mode.map((mode) => dir('.', { mode })) },
);

/** A layer in tar order, as no builder need make it. */
export const anyLayer = fc.array(anyEntry, { maxLength: 12 });

/** A layer as builders make it: every parent is stated before what is in it. */
export const tidyLayer = anyLayer.map((entries) => {
  const stated = new Map<string, InventoryEntry>();
  for (const entry of entries) {
    const parts = entry.path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      if (stated.get(parent)?.type !== 'dir') stated.set(parent, dir(parent));
    }
    if (stated.get(entry.path)?.type !== 'dir' || entry.type === 'dir') stated.set(entry.path, entry);
  }
  return [...stated.values()];
});

export const anyStack = fc.array(anyLayer, { maxLength: 4 });
export const tidyStack = fc.array(tidyLayer, { maxLength: 5 });
