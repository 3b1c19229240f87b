import { describe, expect, it } from 'vitest';
import { compareSnapshots } from '../../../../src/core/comparison/compare.ts';
import type { SectionComparer } from '../../../../src/core/comparison/section.ts';
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
    'is not known where %s was not analysed for it: nothing is added, nothing gone',
    async (_, base, target) => {
      const { changed, sections } = await compare(base, target);
      expect([changed, sections]).toEqual([false, { words: null }]);
    },
  );

  it('is there for each comparer, and for no other', async () => {
    const others = { ...words, name: 'others', kind: 'layer.others' };
    expect((await compare(image('a'), image('a'), [words, others])).sections).toEqual({
      words: { added: [] },
      others: null,
    });
    expect((await compare(image('a'), image('b'), [])).sections).toEqual({});
  });
});
