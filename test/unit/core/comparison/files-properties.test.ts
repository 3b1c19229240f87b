import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAtOnce } from '../../../../src/base/pausable.ts';
import type { InventoryEntry } from '../../../../src/core/analysis/files/inventory.ts';
import type { FileDifference, FileDifferences } from '../../../../src/core/comparison/comparison.ts';
import { compareFiles } from '../../../../src/core/comparison/files.ts';
import { compileIgnore } from '../../../../src/core/comparison/ignore.ts';
import {
  copyState,
  type FileState,
  IMPLICIT_DIRECTORY,
  isState,
} from '../../../../src/core/rootfs/file-state.ts';
import { inventoryOf } from '../../../support/inventory-maker.ts';
import { type ModelRootfs, mergeNaively } from '../../../support/inventory-model.ts';
import { anyLayer, tidyLayer } from '../../../support/inventory-stacks.ts';

type Layers = readonly (readonly InventoryEntry[])[];

const nothing = compileIgnore([]);
const open = (layers: Layers) => layers.map((layer) => inventoryOf(layer));

function compare(common: Layers, base: Layers, target: Layers): FileDifferences {
  return runAtOnce(
    compareFiles({ common: open(common), base: open(base), target: open(target) }, nothing, false),
  );
}

function statesOf(model: ModelRootfs): Map<string, FileState> {
  return new Map(
    [...model].map(([path, { entry }]) => {
      if (entry === null) return [path, IMPLICIT_DIRECTORY];
      if (!isState(entry)) throw new Error('the model placed a name without a state');
      return [path, copyState(entry)];
    }),
  );
}

/** What an inventory's reader would call the same: no times, and no modes of symlinks. */
const essence = (state: FileState) => ({ ...state, mtime: 0, ...(state.type === 'symlink' && { mode: '' }) });

const layers = fc.array(fc.oneof(anyLayer, tidyLayer), { maxLength: 2 });
const tidyLayers = fc.array(tidyLayer, { maxLength: 3 });

describe('comparing merged root filesystems', () => {
  it('turns the base into the target, with a common prefix read lazily or not', () => {
    fc.assert(
      fc.property(fc.oneof(layers, tidyLayers), layers, layers, (common, base, target) => {
        const before = statesOf(mergeNaively([...common, ...base]));
        const after = statesOf(mergeNaively([...common, ...target]));
        const { entries } = compare(common, base, target);
        for (const { path, status, target: state } of entries) {
          if (status === 'removed') expect(before.delete(path)).toBe(true);
          else if (state !== undefined) before.set(path, state);
        }
        const listed = (states: Map<string, FileState>) =>
          [...states].map(([path, state]) => [path, essence(state)]).sort();
        expect(listed(before)).toEqual(listed(after));
      }),
      { numRuns: 300 },
    );
  });

  it('lists each path that differs once, sorted, with both states', () => {
    fc.assert(
      fc.property(fc.oneof(layers, tidyLayers), layers, layers, (common, base, target) => {
        const [before, after] = [mergeNaively([...common, ...base]), mergeNaively([...common, ...target])];
        const { entries } = compare(common, base, target);
        const paths = entries.map(({ path }) => path);
        expect(paths).toEqual([...new Set(paths)].sort());
        for (const { path, status, changes } of entries) {
          const [was, is] = [before.has(path), after.has(path)];
          expect({ path, was, is }).toEqual({ path, was: status !== 'added', is: status !== 'removed' });
          expect(changes.length > 0).toBe(status === 'modified');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('names the target layer that gave a state or took it away', () => {
    fc.assert(
      fc.property(tidyLayers, tidyLayers, tidyLayers, (common, base, target) => {
        const after = mergeNaively([...common, ...target]);
        const takers = findTakers([...common, ...target]);
        for (const { path, status, layer } of compare(common, base, target).entries) {
          expect(layer).toBe(status === 'removed' ? (takers.get(path) ?? null) : after.get(path)?.layer);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('finds the opposite the other way round', () => {
    fc.assert(
      fc.property(layers, layers, layers, (common, base, target) => {
        const there = compare(common, base, target);
        const back = compare(common, target, base);
        expect(back.entries.map(mirror)).toEqual(there.entries.map(withoutLayer));
      }),
      { numRuns: 300 },
    );
  });
});

/** The layer that last took each path away, for the paths that ever were. */
function findTakers(stack: Layers): Map<string, number> {
  const takers = new Map<string, number>();
  for (let layer = 1; layer < stack.length; layer++) {
    const after = mergeNaively(stack.slice(0, layer + 1));
    for (const path of mergeNaively(stack.slice(0, layer)).keys())
      if (!after.has(path)) takers.set(path, layer);
  }
  return takers;
}

const withoutLayer = ({ layer, ...entry }: FileDifference) => entry;

const mirror = ({ layer, base, target, ...entry }: FileDifference) => ({
  ...entry,
  status: entry.status === 'added' ? 'removed' : entry.status === 'removed' ? 'added' : 'modified',
  ...(target && { base: target }),
  ...(base && { target: base }),
});
