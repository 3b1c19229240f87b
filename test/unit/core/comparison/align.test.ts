import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../src/base/digest.ts';
import { alignLayers } from '../../../../src/core/comparison/align.ts';
import { summarizeLayers } from '../../../../src/core/comparison/sizes.ts';
import { type LayerPlan, snapshotLayer } from '../../../support/inventory-snapshot.ts';

/** A layer by its content and its step: `a:RUN x`. */
function plan(text: string): LayerPlan {
  const [salt = '', step = ''] = text.split(':');
  return { salt, step };
}

const layersOf = (texts: readonly (string | LayerPlan)[]) =>
  texts.map((text, index) => snapshotLayer(typeof text === 'string' ? plan(text) : text, index));

/** The alignment as `status base→target`, `*` for an edited instruction. */
function align(base: readonly (string | LayerPlan)[], target: readonly (string | LayerPlan)[]): string[] {
  return alignLayers(layersOf(base), layersOf(target)).map(({ status, base: from, target: to, edited }) =>
    [status, `${from?.index ?? ''}→${to?.index ?? ''}${edited ? '*' : ''}`].join(' '),
  );
}

describe('alignment', () => {
  it('finds what stayed, whatever its place', () => {
    expect(align(['a', 'b'], ['a', 'b'])).toEqual(['unchanged 0→0', 'unchanged 1→1']);
    expect(align(['a', 'b'], ['new:X', 'a', 'b'])).toEqual(['added →0', 'unchanged 0→1', 'unchanged 1→2']);
    expect(align(['old', 'a', 'b'], ['a', 'b'])).toEqual(['removed 0→', 'unchanged 1→0', 'unchanged 2→1']);
    expect(align([], ['a'])).toEqual(['added →0']);
    expect(align(['a'], [])).toEqual(['removed 0→']);
    expect(align([], [])).toEqual([]);
  });

  it('tells a recompressed layer only where both sides have a blob', () => {
    const blob = (digest: string | null): LayerPlan => ({
      salt: 'a',
      digest: digest === null ? null : digestOf(digest),
    });
    expect(align([blob('gzip')], [blob('zstd')])).toEqual(['recompressed 0→0']);
    expect(align([blob('gzip')], [blob('gzip')])).toEqual(['unchanged 0→0']);
    expect(align([blob(null)], [blob('zstd')])).toEqual(['unchanged 0→0']);
    expect(align([blob('gzip')], [blob(null)])).toEqual(['unchanged 0→0']);
  });

  it('tells a moved layer, and keeps the earliest of the base in its place', () => {
    expect(align(['a', 'b'], ['b', 'a'])).toEqual(['moved 1→0', 'unchanged 0→1']);
    expect(align(['a', 'b', 'c'], ['c', 'a', 'b'])).toEqual(['moved 2→0', 'unchanged 0→1', 'unchanged 1→2']);
    expect(align(['a', 'a', 'b'], ['b', 'a', 'a'])).toEqual(['moved 2→0', 'unchanged 0→1', 'unchanged 1→2']);
    expect(align(['a', 'b'], ['b', 'a', 'b'])).toEqual(['added →0', 'unchanged 0→1', 'unchanged 1→2']);
  });

  it('tells each of several moved layers that are alike, the first from the first', () => {
    expect(align(['a', 'a', 'b', 'c', 'd'], ['b', 'c', 'd', 'a', 'a'])).toEqual([
      'unchanged 2→0',
      'unchanged 3→1',
      'unchanged 4→2',
      'moved 0→3',
      'moved 1→4',
    ]);
    expect(align(['a', 'a', 'b', 'c', 'd'], ['b', 'c', 'd', 'a'])).toEqual([
      'removed 1→',
      'unchanged 2→0',
      'unchanged 3→1',
      'unchanged 4→2',
      'moved 0→3',
    ]);
    expect(align(['a', 'b', 'c'], ['b', 'c', 'a', 'a'])).toEqual([
      'unchanged 1→0',
      'unchanged 2→1',
      'moved 0→2',
      'added →3',
    ]);
  });

  it('pairs rebuilt layers by their steps', () => {
    expect(align(['base', 'a:RUN x', 'b:RUN y'], ['base', 'A:RUN x', 'B:RUN y'])).toEqual([
      'unchanged 0→0',
      'rebuilt 1→1',
      'rebuilt 2→2',
    ]);
    expect(align(['a:RUN x', 'b:RUN y'], ['new:RUN w', 'A:RUN x', 'B:RUN y'])).toEqual([
      'added →0',
      'rebuilt 0→1',
      'rebuilt 1→2',
    ]);
    expect(align(['a:RUN x', 'b:RUN y', 'c:RUN z'], ['A:RUN x', 'C:RUN z'])).toEqual([
      'rebuilt 0→0',
      'removed 1→',
      'rebuilt 2→1',
    ]);
  });

  it('pairs equally many leftovers of a gap in order: their instructions were edited', () => {
    expect(align(['k', 'a:RUN x', 'b:RUN y', 'm'], ['k', 'A:RUN x', 'B:RUN y2', 'm'])).toEqual([
      'unchanged 0→0',
      'rebuilt 1→1',
      'rebuilt 2→2*',
      'unchanged 3→3',
    ]);
    expect(align(['a:RUN x', 'm'], ['A:RUN p', 'B:RUN q', 'm'])).toEqual([
      'added →0',
      'added →1',
      'removed 0→',
      'unchanged 1→2',
    ]);
    expect(align(['a:RUN x', 'k', 'm'], ['k', 'B:RUN q', 'm'])).toEqual([
      'removed 0→',
      'unchanged 1→0',
      'added →1',
      'unchanged 2→2',
    ]);
  });

  it('holds for any two images: each layer once, in order, statuses true', () => {
    const layer = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.constantFrom('', 'RUN x', 'RUN y'));
    const image = fc.array(
      layer.map(([salt, step]): LayerPlan => ({ salt, step })),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(image, image, (basePlan, targetPlan) => {
        const [base, target] = [layersOf(basePlan), layersOf(targetPlan)];
        const pairs = alignLayers(base, target);
        expect(pairs.flatMap((pair) => pair.target ?? [])).toEqual(target);
        const left = pairs.flatMap((pair) => pair.base ?? []);
        expect(left.toSorted((a, b) => a.index - b.index)).toEqual(base);
        for (const { status, base: from, target: to } of pairs) {
          const same = from?.diffId === to?.diffId;
          expect([status, same]).toEqual([status, status === 'unchanged' || status === 'moved']);
        }
        const kept = pairs
          .filter(({ status }) => status === 'unchanged')
          .flatMap((pair) => pair.base?.index ?? []);
        expect(kept).toEqual(kept.toSorted((a, b) => a - b));
        const { unchanged, moved, rebuilt, added, removed, cascade } = summarizeLayers(pairs);
        expect(unchanged + moved + rebuilt + added).toBe(target.length);
        expect(unchanged + moved + rebuilt + removed).toBe(base.length);
        expect(cascade.layers).toBe(rebuilt + added);
      }),
      { numRuns: 500 },
    );
  });

  it('takes thousands of layers that nobody honest has', () => {
    const many = Array.from({ length: 20_000 }, (_, at) => `l${at % 7}:RUN ${at % 3}`);
    const pairs = alignLayers(layersOf(many), layersOf(many.toReversed()));
    expect(pairs.flatMap(({ target }) => target ?? [])).toHaveLength(20_000);
  });
});
