import { describe, expect, it } from 'vitest';
import { VarveError } from '../../src/base/errors.ts';
import { DEFAULT_LIMITS } from '../../src/base/limits.ts';
import type { LayerLocation, LayerWay, SourceLayer } from '../../src/core/image/image-source.ts';
import type { LayerReader, LayerReading, LayerRequest } from '../../src/core/reading/layer-reader.ts';
import { analyzeLayers } from '../../src/flows/image/analyze-layers.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { makeSourceLayer } from '../support/source-makers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const place = temporaryFolder();

const layers = ['a', 'b', 'c'].map((text, index) =>
  makeSourceLayer(text, { index, location: { kind: 'deferred' }, storedSize: 0 }),
);

const at = (path: string): LayerLocation => ({ kind: 'file', path, offset: 0, length: 10 });

/** A way that leads to some layers; it notes for which it was asked. */
function way(name: string, leadsTo: readonly number[], asked: number[][] = []): LayerWay {
  return {
    name,
    locate: async (wanted) => {
      asked.push(wanted.map(({ index }) => index));
      const found = wanted.filter(({ index }) => leadsTo.includes(index));
      return new Map(
        found.map(({ index }) => [index, { location: at(name), address: null, storedSize: 10 }]),
      );
    },
  };
}

/** A reader that notes what it reads, and fails at one layer of one place. */
function makeReader(
  read: string[],
  fault: { place: string; index: number; error: VarveError } | null = null,
): LayerReader {
  return {
    async *read(requests: readonly LayerRequest[]) {
      for (const { index, location, expected } of requests) {
        const from = location.kind === 'file' ? location.path : location.kind;
        if (fault?.place === from && fault.index === index) throw fault.error;
        read.push(`${index} ${from}`);
        const { diffId, digest } = expected;
        if (diffId === null) throw new Error('every layer has a diffID');
        const reading: LayerReading = {
          index,
          digest: digest ?? diffId,
          size: 10,
          diffId,
          uncompressedSize: 10,
          compression: 'none',
          findings: [],
          fragments: [],
        };
        yield reading;
      }
    },
  };
}

const differs = new VarveError('storage-differs', 'not the layer');

function analyze(reader: LayerReader, ways: readonly LayerWay[], of: readonly SourceLayer[] = layers) {
  const store = openDirectoryStore(place());
  const startProgress = () => ({ advance() {}, finishLayer() {}, clear() {} });
  const analyzers = { layers: [], images: [] };
  const tools = { reader, store, analyzers, startProgress, limits: DEFAULT_LIMITS, reread: false };
  return analyzeLayers(tools, 'default', { layers: of, ways });
}

describe('layers that are not available', () => {
  it('are read by the first way that leads to each', async () => {
    const read: string[] = [];
    const asked: number[][] = [];
    const { reading } = await analyze(makeReader(read), [way('near', [0, 2]), way('far', [0, 1, 2], asked)]);
    expect(read).toEqual(['0 near', '2 near', '1 far']);
    expect(asked).toEqual([[1]]);
    expect(reading).toEqual({ reused: 0, read: 3, bytesRead: 30, from: ['near', 'far'] });
  });

  it('are read by the next way where the first proves wrong, what it gave before excepted', async () => {
    const read: string[] = [];
    const reader = makeReader(read, { place: 'near', index: 1, error: differs });
    const { reading } = await analyze(reader, [way('near', [0, 1, 2]), way('far', [0, 1, 2])]);
    expect(read).toEqual(['0 near', '1 far', '2 far']);
    expect(reading.from).toEqual(['near', 'far']);
  });

  it('fail as they are where it is not the way that is wrong', async () => {
    const error = new VarveError('limit-exceeded', 'too large');
    const reader = makeReader([], { place: 'near', index: 1, error });
    await expect(analyze(reader, [way('near', [0, 1]), way('far', [0, 1, 2])])).rejects.toBe(error);
  });

  it('fail where the last way proves wrong', async () => {
    const reader = makeReader([], { place: 'near', index: 1, error: differs });
    await expect(analyze(reader, [way('near', [0, 1, 2])])).rejects.toBe(differs);
  });

  it('cost no way where there are none', async () => {
    const asked: number[][] = [];
    const atHand = layers.map((layer) => ({ ...layer, location: at('here') }));
    const { reading } = await analyze(makeReader([]), [way('far', [0, 1, 2], asked)], atHand);
    expect(asked).toEqual([]);
    expect(reading.from).toEqual([]);
  });
});
