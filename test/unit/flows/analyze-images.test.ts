import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/base/digest.ts';
import { VarveError } from '../../../src/base/errors.ts';
import { DEFAULT_LIMITS } from '../../../src/base/limits.ts';
import type { LayerReader, LayerReading, LayerRequest } from '../../../src/core/reading/layer-reader.ts';
import {
  analyzeImages,
  type LayeredImage,
  type LayerTools,
} from '../../../src/flows/image/analyze-layers.ts';
import type { ReadPlan } from '../../../src/flows/image/read-layers.ts';
import { openDirectoryStore } from '../../support/open-directory-store.ts';
import { makeSourceLayer } from '../../support/source-makers.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const newFolder = temporaryFolder();

const imageOf = (...texts: string[]): LayeredImage => ({
  layers: texts.map((text, index) => makeSourceLayer(text, { index })),
});

function readingOf({ index, image, expected: { digest, diffId, size } }: LayerRequest): LayerReading {
  return {
    index,
    ...(image !== undefined && { image }),
    digest: digest ?? digestOf(''),
    size: size ?? 0,
    diffId: diffId ?? digestOf(''),
    uncompressedSize: 1000,
    compression: 'gzip',
    findings: [{ code: 'odd', path: 'a' }],
    fragments: [],
  };
}

/** Reads nothing, gives readings in the order of requests, and fails at the layers of some texts. */
function fakeTools(faults: Readonly<Record<string, VarveError>> = {}) {
  const calls: number[] = [];
  const plans: ReadPlan[] = [];
  const told = { layers: 0, cleared: 0 };
  const byDigest = new Map(
    Object.entries(faults).map(([text, fault]) => [makeSourceLayer(text).digest, fault]),
  );
  const reader: LayerReader = {
    async *read(requests) {
      calls.push(requests.length);
      for (const request of requests) {
        const fault = byDigest.get(request.expected.digest);
        if (fault !== undefined) throw fault;
        yield readingOf(request);
      }
    },
  };
  const tools: LayerTools = {
    reader,
    store: openDirectoryStore(newFolder()),
    analyzers: { layers: [], images: [] },
    limits: DEFAULT_LIMITS,
    reread: false,
    startProgress: (plan) => {
      plans.push(plan);
      return {
        advance() {},
        finishLayer: () => {
          told.layers += 1;
        },
        clear: () => {
          told.cleared += 1;
        },
      };
    },
  };
  return { tools, calls, plans, told };
}

const damage = new VarveError('digest-mismatch', 'damaged');
const silence = new VarveError('unreachable', 'nobody answers');

describe('several images', () => {
  it('are read in one go with one progress, and what they share counts as read for the first', async () => {
    const { tools, calls, plans, told } = fakeTools();
    const outcomes = await analyzeImages(tools, 'acme', [imageOf('a', 'both'), imageOf('b', 'both')]);
    expect([calls, plans]).toEqual([[4], [{ layers: 4, bytes: 400 }]]);
    expect(told).toEqual({ layers: 4, cleared: 1 });
    expect(outcomes).toMatchObject([
      { reading: { read: 2, reused: 0, bytesRead: 200 } },
      { reading: { read: 1, reused: 1, bytesRead: 100 } },
    ]);
    // A finding is of the layer, in whichever image it stands.
    const findings = outcomes.map((each) => (each instanceof VarveError ? [] : each.findings));
    expect(findings.map((each) => each.map(({ layer }) => layer))).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it('fail by themselves where bytes are damaged: what was read is not read again', async () => {
    const { tools, calls, told } = fakeTools({ bad: damage });
    const images = [imageOf('a'), imageOf('b', 'bad', 'c'), imageOf('d')];
    const outcomes = await analyzeImages(tools, 'acme', images);
    expect(outcomes).toMatchObject([{ reading: { read: 1 } }, damage, { reading: { read: 1 } }]);
    expect(calls).toEqual([5, 2, 1]);
    expect(told.cleared).toBe(1);
  });

  it('all fail that are not done where nobody answers, without asking again for each', async () => {
    const { tools, calls } = fakeTools({ far: silence });
    const outcomes = await analyzeImages(tools, 'acme', [imageOf('a'), imageOf('far'), imageOf('b')]);
    expect(outcomes).toMatchObject([{ reading: { read: 1 } }, silence, silence]);
    expect(calls).toEqual([3]);
  });

  it('are not read twice when there is but one', async () => {
    const { tools, calls } = fakeTools({ bad: damage });
    expect(await analyzeImages(tools, 'acme', [imageOf('bad')])).toEqual([damage]);
    expect(calls).toEqual([1]);
  });

  it('let a fault of our own through', async () => {
    const { tools, told } = fakeTools({ bad: new VarveError('internal', 'oops') });
    await expect(analyzeImages(tools, 'acme', [imageOf('bad'), imageOf('a')])).rejects.toThrow('oops');
    expect(told.cleared).toBe(1);
  });
});
