import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../src/base/digest.ts';
import { VarveError } from '../../../../src/base/errors.ts';
import type { HistoryEntry } from '../../../../src/core/history/history.ts';
import type { BaseCandidate, BaseImages } from '../../../../src/core/image/base-image.ts';
import { formatDockerName, parseDockerName } from '../../../../src/core/image/docker-name.ts';
import { BaseSearch } from '../../../../src/flows/base-image/base-search.ts';
import { findBases, knownBase } from '../../../../src/flows/base-image/find-bases.ts';
import { snapshotView } from '../../../support/inventory-snapshot.ts';
import { MemoryStorePlace } from '../../../support/memory-store.ts';

const [os, node1, node2, app1, app2] = ['os', 'node1', 'node2', 'app1', 'app2'].map(digestOf) as [
  Digest,
  Digest,
  Digest,
  Digest,
  Digest,
];
const platform = { os: 'linux', architecture: 'amd64' };
const candidates: Record<string, BaseCandidate> = {
  'docker.io/library/node:1': { name: 'node:1', digest: node1, diffIds: [os, node1] },
  'docker.io/library/node:2': { name: 'node:2', digest: node2, diffIds: [os, node2] },
};
const base = (version: 1 | 2) => ({
  name: `node:${version}`,
  digest: version === 1 ? node1 : node2,
  layers: 2,
});

/** A search that notes what is asked for. */
function makeSearch(wish: 'auto' | 'off' = 'auto') {
  const asked: string[] = [];
  const images: BaseImages = {
    async *find(hint) {
      const name = formatDockerName(hint);
      asked.push(name);
      if (hint.host === 'dead.example') throw new VarveError('unreachable', 'nobody answers');
      const found = candidates[name.replace(/@.*$/, '')];
      if (found !== undefined) yield found;
    },
  };
  const tools = { host: platform, opener: { open: () => Promise.reject(new Error('it is not opened')) } };
  const store = new MemoryStorePlace().open();
  return { asked, search: new BaseSearch(tools, store, 'default', { wish, images }) };
}

const image = (diffIds: readonly Digest[], ...hints: readonly string[]) => ({
  ...{ name: 'web', reference: 'oci:web', platform, diffIds, known: null },
  readHints: async () => hints.map(parseDockerName),
});

describe('the base images of a comparison', () => {
  it('are found by the hints of each side, and each hint is followed once', async () => {
    const { search, asked } = makeSearch();
    const before = image([os, node1, app1], 'node:1', 'golang');
    const after = image([os, node2, app1], 'node:2', 'golang');
    expect(await findBases(search, before, after)).toEqual({ before: base(1), after: base(2) });
    expect(asked.toSorted()).toEqual(
      ['golang', 'node:1', 'node:2'].map((name) => `docker.io/library/${name}`),
    );
    expect(search.takeAsides()).toEqual([]);
  });

  it('stay what they were while the lowest layers do, without a question', async () => {
    const { search, asked } = makeSearch();
    const before = { ...image([os, node1, app1]), known: base(1) };
    for (const hints of [[], ['node:1'], [`node:1@${node1}`]]) {
      const after = image([os, node1, app2], ...hints);
      expect(await findBases(search, before, after)).toEqual({ before: base(1), after: base(1) });
    }
    expect(asked).toEqual([]);
  });

  it('are looked up again where a hint states another digest', async () => {
    const { search, asked } = makeSearch();
    const before = { ...image([os, node1, app1]), known: { name: 'old', digest: os, layers: 1 } };
    const after = image([os, node1, app2], `node:1@${node1}`);
    expect(await findBases(search, before, after)).toEqual({ before: before.known, after: base(1) });
    expect(asked).toHaveLength(1);
  });

  it('are one where the older image has lost its hints and has the layers', async () => {
    const { search } = makeSearch();
    const after = image([os, node1, app2], 'node:1');
    expect(await findBases(search, image([os, node1, app1]), after)).toEqual({
      before: base(1),
      after: base(1),
    });
    expect((await findBases(search, image([os, node2, app1]), after)).before).toBeNull();
    // That is the base image itself.
    expect((await findBases(search, image([os, node1]), after)).before).toBeNull();
  });

  it('are unknown where nobody answers, which is said once', async () => {
    const { search } = makeSearch();
    const hints = ['dead.example/node:1', 'dead.example/node:2'];
    const sides = [image([os, node1, app1], ...hints), image([os, node2, app1], ...hints)] as const;
    expect(await findBases(search, ...sides)).toEqual({ before: null, after: null });
    expect(search.takeAsides()).toEqual(['the base image could not be looked up: nobody answers']);
    expect(await findBases(search, ...sides)).toEqual({ before: null, after: null });
    expect(search.takeAsides()).toEqual([]);
  });

  it('are not looked for when they are not wanted', async () => {
    const { search, asked } = makeSearch('off');
    const after = image([os, node1, app1], 'node:1');
    expect(await findBases(search, null, after)).toEqual({ before: null, after: null });
    expect(asked).toEqual([]);
  });
});

describe('a base image that a history states', () => {
  const { snapshot } = snapshotView({ layers: [{ salt: 'a' }, { salt: 'b' }] });
  const entry = (layers: number) => ({ baseImage: { name: 'node', digest: null, layers } }) as HistoryEntry;

  it('has fewer layers than the image', () => {
    expect(knownBase(entry(1), snapshot)).toEqual({ name: 'node', digest: null, layers: 1 });
    expect(knownBase(entry(2), snapshot)).toBeNull();
    expect(knownBase({} as HistoryEntry, snapshot)).toBeNull();
    expect(knownBase(null, snapshot)).toBeNull();
  });
});
