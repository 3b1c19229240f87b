import { describe, expect, it } from 'vitest';
import type { CodeFacts, WantedCode } from '../../../../src/core/analysis/compiled/compiled-analyzer.ts';
import type { FileDifference } from '../../../../src/core/comparison/comparison.ts';
import { proveSameCode } from '../../../../src/core/comparison/same-code.ts';
import { copyState, isState } from '../../../../src/core/rootfs/file-state.ts';
import { file, inventoryOf } from '../../../support/inventory-maker.ts';

const PYC = 'app/__pycache__/main.cpython-313.opt-1.pyc';

const layersOf = (content: string, mtime: number) => [
  inventoryOf([file('app/main.py', 'source', { mtime }), file(PYC, content)]),
];
const stateOf = (content: string) => {
  const entry = file(PYC, content);
  if (!isState(entry)) throw new Error('a file has a state');
  return copyState(entry);
};
const difference: FileDifference = {
  ...{ path: PYC, status: 'modified', changes: ['content'], layer: 0 },
  ...{ base: stateOf('one'), target: stateOf('two') },
};
const [one, two] = [difference.base?.sha256 ?? '', difference.target?.sha256 ?? ''];

/** A side that says of its file what it is told to, and remembers what it was asked. */
function sideOf(content: string, mtime: number, facts: CodeFacts | null) {
  const asked: WantedCode[] = [];
  const readCode = async (files: ReadonlyMap<number, readonly WantedCode[]>) => {
    asked.push(...[...files.values()].flat());
    return new Map(facts === null ? [] : [[stateOf(content).sha256 ?? '', facts]]);
  };
  return { asked, layers: layersOf(content, mtime), readCode };
}

describe('compiled files hold the same code', () => {
  it('when one gives the hash of the other with the time of its source', async () => {
    const target = sideOf('two', 2, { code: 'c', time: 2, retimed: [{ time: 1, sha256: one }] });
    const proven = await proveSameCode([difference], { layers: layersOf('one', 1) }, target);
    expect(proven).toEqual(new Set([difference]));
    expect(target.asked).toEqual([{ sha256: two, size: 3, mtimes: [1] }]);
  });

  it('the other way round as well', async () => {
    const base = sideOf('one', 1, { code: 'c', time: 1, retimed: [{ time: 2, sha256: two }] });
    const proven = await proveSameCode([difference], base, { layers: layersOf('two', 2) });
    expect(proven).toEqual(new Set([difference]));
    expect(base.asked).toEqual([{ sha256: one, size: 3, mtimes: [2] }]);
  });

  it('when both say so', async () => {
    const of = (time: number) => ({ code: 'c', time, retimed: [] });
    for (const [before, after] of [
      [1, 2],
      [7, 8],
    ] as const) {
      const [base, target] = [sideOf('one', 1, of(before)), sideOf('two', 2, of(after))];
      expect(await proveSameCode([difference], base, target)).toEqual(new Set([difference]));
    }
  });

  it.each([
    [1, 7],
    [7, 2],
  ])('not when Python takes it on one side alone: %i, %i', async (before, after) => {
    const of = (time: number) => ({ code: 'c', time, retimed: [] });
    const [base, target] = [sideOf('one', 1, of(before)), sideOf('two', 2, of(after))];
    expect(await proveSameCode([difference], base, target)).toEqual(new Set());
    const alone = { code: 'c', time: after, retimed: [{ time: before, sha256: one }] };
    const sides = [{ layers: layersOf('one', 1) }, sideOf('two', 2, alone)] as const;
    expect(await proveSameCode([difference], ...sides)).toEqual(new Set());
  });

  const says = (code: string, ...hashes: string[]): CodeFacts => ({
    ...{ code, time: 1 },
    retimed: hashes.map((sha256) => ({ time: 1, sha256 })),
  });
  it.each<[string, CodeFacts | null, CodeFacts | null]>([
    ['other code', says('c'), says('d')],
    ['the hash of neither', says('c', 'x'), says('d', 'y')],
    ['its own hash alone', says('c', one), says('d', two)],
    ['nothing on one side', says('c'), null],
    ['nothing on both sides', null, null],
  ])('not when they give %s', async (_, before, after) => {
    const [base, target] = [sideOf('one', 1, before), sideOf('two', 2, after)];
    expect(await proveSameCode([difference], base, target)).toEqual(new Set());
  });

  it('not when nothing can be read', async () => {
    const sides = [{ layers: layersOf('one', 1) }, { layers: layersOf('two', 2) }] as const;
    expect(await proveSameCode([difference], ...sides)).toEqual(new Set());
  });
});
