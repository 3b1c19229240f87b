import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../../src/base/canonical-json.ts';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.ts';
import { compareSnapshots } from '../../../../src/core/comparison/compare.ts';
import type { Comparison } from '../../../../src/core/comparison/comparison.ts';
import { gatherComparisons } from '../../../../src/core/comparison/comparisons.ts';
import { parseComparison } from '../../../../src/core/comparison/parse-comparison.ts';
import { file } from '../../../support/inventory-maker.ts';
import { snapshotView } from '../../../support/inventory-snapshot.ts';

const made = (): Promise<Comparison> =>
  compareSnapshots(
    snapshotView({ layers: [{ entries: [file('a')] }], config: { config: { User: 'one' } } }),
    snapshotView({ layers: [{ entries: [file('b')] }], config: { config: { User: 'two' } } }),
  );
const parse = (value: unknown) => parseComparison(canonicalBytes(value), 'the comparison');
const oldOf = ({ sections: _, ...facts }: Comparison) => ({
  ...facts,
  schema: 'varve.comparison@1',
  packages: null,
});
const alone = { newPlatforms: [], gonePlatforms: [], failedPlatforms: [] };

/** Objects within objects. */
function nested(depth: number): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let at = 1; at < depth; at++) value = { in: value };
  return value;
}

describe('comparisons', () => {
  it('are read back as they were', async () => {
    const comparison = await made();
    expect(parse(comparison)).toEqual(comparison);
    expect(comparison.changed).toBe(true);
  });

  it('know files that were added, removed and modified', async () => {
    const comparison = await compareSnapshots(
      snapshotView({ layers: [{ entries: [file('a'), file('b', 'one')] }] }),
      snapshotView({ layers: [{ entries: [file('b', 'two'), file('c')] }] }),
    );
    expect(comparison.files?.entries.map(({ status }) => status)).toEqual(['removed', 'modified', 'added']);
    expect(parse(comparison)).toEqual(comparison);
  });

  it('of the first version are read as those of the present one', async () => {
    const comparison = await made();
    expect(parse(oldOf(comparison))).toEqual(comparison);
  });

  it('of several platforms have changed where one has, is new or is gone', async () => {
    const changed = await made();
    const same = { ...changed, changed: false };
    const platforms = [changed.target.platform];
    expect(gatherComparisons([same, same], alone).changed).toBe(false);
    expect(gatherComparisons([same, changed], alone).changed).toBe(true);
    const doubtful = { ...same, changed: null };
    expect(gatherComparisons([same, doubtful], alone).changed).toBeNull();
    expect(gatherComparisons([doubtful, changed], alone).changed).toBe(true);
    expect(gatherComparisons([same], { ...alone, newPlatforms: platforms }).changed).toBe(true);
    expect(gatherComparisons([same], { ...alone, gonePlatforms: platforms }).changed).toBe(true);
  });

  it('carry sections that nobody knows, whatever is in them', async () => {
    const section = { constructor: ['x', 1, null, { deep: true }], prototype: {}, toString: 'text' };
    const comparison = { ...(await made()), sections: { 'others.own': section, packages: null } };
    expect(parse(comparison)).toEqual(comparison);
    expect(canonicalBytes(parse(comparison))).toEqual(canonicalBytes(comparison));
  });
});

describe('a comparison is refused', () => {
  it.each<[string, (comparison: Comparison) => unknown]>([
    ['of a version to come', (comparison) => ({ ...comparison, schema: 'varve.comparison@3' })],
    ['for an unknown field', (comparison) => ({ ...comparison, extra: 1 })],
    ['without sections', ({ sections: _, ...facts }) => facts],
    ['of the first version with sections', (comparison) => ({ ...oldOf(comparison), sections: {} })],
    ['with a section that is a list', (comparison) => ({ ...comparison, sections: { packages: [] } })],
    ['with a section that is a text', (comparison) => ({ ...comparison, sections: { packages: 'none' } })],
    ['with sections as a list', (comparison) => ({ ...comparison, sections: [] })],
    ['with a section of no name', (comparison) => ({ ...comparison, sections: { '': {} } })],
    ['with a name that is a path', (comparison) => ({ ...comparison, sections: { '../x': {} } })],
    ['with a section that is too deep', (comparison) => ({ ...comparison, sections: { x: nested(66) } })],
  ])('%s', async (_, change) => {
    const comparison = await made();
    expect(() => parse(change(comparison))).toThrow(
      expect.objectContaining({ code: 'malformed', object: 'the comparison' }),
    );
  });

  it('but not for a section that is nearly too deep', async () => {
    const comparison = { ...(await made()), sections: { x: nested(64) } };
    expect(parse(comparison)).toEqual(comparison);
  });

  it('that is nested without end, before anything follows it down', async () => {
    const comparison = { ...(await made()), sections: { x: 'HERE' } };
    const depth = 1_000_000;
    const text = canonicalBytes(comparison)
      .toString()
      .replace('"HERE"', `${'{"x":'.repeat(depth)}1${'}'.repeat(depth)}`);
    expect(() => parseComparison(Buffer.from(text), 'the comparison')).toThrow(
      expect.objectContaining({ code: 'malformed', object: 'the comparison' }),
    );
  });

  it('over the limit on JSON', async () => {
    const comparison = { ...(await made()), sections: { x: { text: 'x'.repeat(10_000) } } };
    const limits = { ...DEFAULT_LIMITS, jsonBytes: 10_000 };
    expect(() => parseComparison(canonicalBytes(comparison), 'the comparison', limits)).toThrow(
      expect.objectContaining({ code: 'limit-exceeded', object: 'the comparison' }),
    );
  });
});
