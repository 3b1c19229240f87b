import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toText } from '../../../../src/base/byte-text.ts';
import type { InventoryEntry } from '../../../../src/core/analysis/files/inventory.ts';
import { ROOT } from '../../../../src/core/layer/entry-path.ts';
import { copyState, IMPLICIT_DIRECTORY } from '../../../../src/core/rootfs/file-state.ts';
import { isLazy, LazyRootfs } from '../../../../src/core/rootfs/lazy-rootfs.ts';
import { mergeLayers, openRootfs } from '../../../../src/core/rootfs/merge-layers.ts';
import type { RootfsReader } from '../../../../src/core/rootfs/rootfs-reader.ts';
import { inventoryOf } from '../../../support/inventory-maker.ts';
import { mergeNaively } from '../../../support/inventory-model.ts';
import { anyStack, tidyStack } from '../../../support/inventory-stacks.ts';

const open = (stack: readonly (readonly InventoryEntry[])[]) => stack.map((layer) => inventoryOf(layer));

/** All names, as lines that are easy to read when they differ. */
function listing(rootfs: RootfsReader): string[] {
  const names = [...rootfs.descendants(ROOT)];
  expect(names.map(([path]) => path)).toEqual(names.map(([path]) => path).sort());
  const root = rootfs.lookup(ROOT);
  return [...(root ? [[ROOT, root] as const] : []), ...names].map(
    ([path, { state, layer }]) => `${toText(path)} in ${layer}: ${JSON.stringify(copyState(state))}`,
  );
}

function modelListing(stack: readonly (readonly InventoryEntry[])[]): string[] {
  const { [ROOT]: root, ...rest } = Object.fromEntries(mergeNaively(stack));
  const names = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...(root ? [[ROOT, root] as const] : []), ...names].map(([path, { entry, layer }]) => {
    const state = entry === null ? IMPLICIT_DIRECTORY : (entry as typeof IMPLICIT_DIRECTORY);
    return `${toText(path)} in ${layer}: ${JSON.stringify(copyState(state))}`;
  });
}

describe('merging any layers', () => {
  it('gives what the plain model gives', () => {
    fc.assert(
      fc.property(anyStack, (stack) => {
        expect(listing(mergeLayers(open(stack)).rootfs)).toEqual(modelListing(stack));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same lazily, wherever lazy reading is allowed', () => {
    let lazy = 0;
    fc.assert(
      fc.property(fc.oneof(anyStack, tidyStack), (stack) => {
        const layers = open(stack);
        const merged = mergeLayers(layers).rootfs;
        const opened = openRootfs(layers);
        if (opened instanceof LazyRootfs) lazy++;
        expect(listing(opened)).toEqual(listing(merged));
      }),
      { numRuns: 500 },
    );
    expect(lazy).toBeGreaterThan(50);
  });

  it('is lazy for every stack whose layers state all their directories', () => {
    fc.assert(fc.property(tidyStack, (stack) => isLazy(open(stack))));
  });
});
