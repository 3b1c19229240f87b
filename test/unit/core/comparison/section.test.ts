import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { compareSnapshots } from '../../../../src/core/comparison/compare.ts';
import type { SectionComparer } from '../../../../src/core/comparison/section.ts';
import type { SnapshotView } from '../../../../src/core/comparison/snapshot-view.ts';
import { type ImagePlan, snapshotView } from '../../../support/inventory-snapshot.ts';

/** Compares lists of words, whichever layers they are of. */
const words: SectionComparer = {
  name: 'words',
  kind: 'layer.words',
  compare(base, target) {
    const [before, after] = [base, target].map((payloads) =>
      payloads.flatMap((payload) => Buffer.from(payload).toString().split(' ')),
    );
    const added = (after ?? []).filter((word) => !before?.includes(word));
    return { section: { added }, changed: added.length > 0 };
  },
};

const layers = [{}, {}];
const image = (...texts: string[]): ImagePlan => ({ layers, fragments: { 'layer.words': texts } });

const compare = (base: ImagePlan, target: ImagePlan, sections: readonly SectionComparer[] = [words]) =>
  compareSnapshots(snapshotView(base), snapshotView(target), { sections });

describe('a section', () => {
  it('tells what one kind of fragments shows, and that makes the image changed', async () => {
    expect(await compare(image('a b', 'c'), image('a', 'd'))).toMatchObject({
      changed: true,
      sections: { words: { added: ['d'] } },
      files: { added: 0, modified: 0, removed: 0 },
    });
  });

  it('of nothing new leaves the image unchanged', async () => {
    const { changed, sections } = await compare(image('a', 'b'), image('b', 'a'));
    expect([changed, sections]).toEqual([false, { words: { added: [] } }]);
  });

  it.each<[string, ImagePlan, ImagePlan]>([
    ['the base', { layers }, image('a', 'b')],
    ['the target', image('a', 'b'), { layers }],
    ['both sides', { layers }, { layers }],
  ])(
    'is not known where %s was not analyzed for it: nothing is added, nothing gone',
    async (_, base, target) => {
      const { changed, sections } = await compare(base, target);
      expect([changed, sections]).toEqual([false, { words: null }]);
    },
  );

  describe('that a store lost', () => {
    const fragment = {
      kind: 'layer.words',
      analyzer: 'words@1',
      options: digestOf('{}'),
      digest: digestOf('w'),
    };
    const lost = (plan: ImagePlan): SnapshotView => {
      const view = snapshotView(plan);
      const layered = view.snapshot.layers.map((layer) => ({ ...layer, fragments: [fragment] }));
      return { ...view, snapshot: { ...view.snapshot, layers: layered }, loadFragments: async () => null };
    };
    const other: ImagePlan = { ...image('a', 'b'), config: { architecture: 'other' } };
    const compareViews = (base: SnapshotView, target: SnapshotView) =>
      compareSnapshots(base, target, { sections: [words] });
    const named = (why: string, side: string) => ({
      uncompared: { count: 1, items: [{ what: 'words', why, side }] },
    });

    it('is named, and may hide a change', async () => {
      const [intact, without] = [snapshotView(other), lost({ layers })];
      expect(await compareViews(without, intact)).toMatchObject({
        changed: true,
        sections: { words: null, ...named('lost', 'base') },
      });
      const { changed, sections } = await compareViews(intact, without);
      expect([changed, sections.uncompared]).toEqual([true, named('lost', 'target').uncompared]);
    });

    it('is another thing than one that was never there, which is named alone', async () => {
      const never = snapshotView({ layers, config: { created: 'now' } });
      const { changed, sections } = await compareViews(never, snapshotView(image('a', 'b')));
      expect([changed, sections]).toEqual([false, { words: null, ...named('not-analyzed', 'base') }]);
    });

    it('is not missed between images of the same layers and config', async () => {
      const { changed, sections } = await compareViews(lost({ layers }), snapshotView(image('a', 'b')));
      expect([changed, sections]).toEqual([false, { words: null }]);
    });
  });

  it('is there for each comparer, and for no other', async () => {
    const others = { ...words, name: 'others', kind: 'layer.others' };
    expect((await compare(image('a'), image('a'), [words, others])).sections).toEqual({
      words: { added: [] },
      others: null,
    });
    expect((await compare(image('a'), image('b'), [])).sections).toEqual({});
  });
});
