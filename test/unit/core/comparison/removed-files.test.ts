import { describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../../../src/core/analysis/files/inventory.ts';
import { compareSnapshots } from '../../../../src/core/comparison/compare.ts';
import type { SnapshotView } from '../../../../src/core/comparison/snapshot-view.ts';
import { dir, file, whiteout } from '../../../support/inventory-maker.ts';
import { snapshotView } from '../../../support/inventory-snapshot.ts';

type Layer = readonly [step: string, ...entries: InventoryEntry[]];

const view = (...layers: readonly Layer[]): SnapshotView =>
  snapshotView({ layers: layers.map(([step, ...entries]) => ({ step, entries })) });

async function layersOfRemoved(base: SnapshotView, target: SnapshotView) {
  const { files } = await compareSnapshots(base, target);
  const removed = files?.entries.filter(({ status }) => status === 'removed') ?? [];
  return Object.fromEntries(removed.map(({ path, layer }) => [path, layer]));
}

const base: Layer = ['ADD base', dir('etc')];

describe('what is gone', () => {
  it('is put down to the rebuilt layer that no longer has it', async () => {
    const before = view(base, ['RUN new'], ['COPY app', dir('app'), file('app/a'), file('app/b')]);
    const after = view(base, ['COPY app', dir('app'), file('app/a')]);
    expect(await layersOfRemoved(before, after)).toEqual({ 'app/b': 1 });
  });

  it('is put down to an edited step, wherever that stands now', async () => {
    const before = view(base, ['RUN one', file('one')], ['COPY app', file('app')]);
    const after = view(
      ['RUN first', file('first')],
      base,
      ['RUN two', file('two')],
      ['COPY app', file('app')],
    );
    expect(await layersOfRemoved(before, after)).toEqual({ one: 2 });
  });

  it('is put down to the layer that hides it, if one does', async () => {
    const before = view(base, ['COPY app', file('app')], ['RUN clean', file('log')]);
    const after = view(base, ['COPY app', file('app')], ['RUN clean', whiteout('app'), file('log')]);
    expect(await layersOfRemoved(before, after)).toEqual({ app: 2 });
  });

  it('is put down to no layer where it went with its layer', async () => {
    const before = view(base, ['COPY app', file('app')], ['RUN more', file('more')]);
    const after = view(base, ['COPY app', file('app')]);
    expect(await layersOfRemoved(before, after)).toEqual({ more: null });
  });
});
