import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../src/base/digest.ts';
import type { SourceLayer } from '../../../../src/core/image/image-source.ts';
import {
  type KnownLayer,
  type LayerKnowledge,
  planLayers,
} from '../../../../src/core/snapshot/plan-layers.ts';
import { INVENTORY_ANALYZER } from '../../../support/item-makers.ts';
import { makeSourceLayer } from '../../../support/source-makers.ts';

const diffId = digestOf('layer a');
const blob = digestOf('blob a');
const fragment = {
  ...INVENTORY_ANALYZER,
  digest: digestOf('fragment'),
  format: 'ndjson' as const,
  sizeBytes: 9,
};
const known: KnownLayer = { diffId, uncompressedSize: 1000, fragments: [fragment] };
const newer = { ...INVENTORY_ANALYZER, analyzer: 'inventory@2' };

function knowledge(
  pairs: readonly (readonly [Digest, Digest])[],
  layers: readonly KnownLayer[],
): LayerKnowledge {
  return {
    diffIds: new Map(pairs),
    layers: new Map(layers.map((layer) => [layer.diffId, layer])),
    damages: new Map(),
  };
}

function plan(layer: SourceLayer, of: LayerKnowledge, wanted = [INVENTORY_ANALYZER]) {
  const [only] = planLayers([layer], of, wanted.map(call));
  return only;
}

const call = (key: typeof INVENTORY_ANALYZER) => ({ key, options: {} });

const reused = { action: 'reuse', known };
const verified = { action: 'verify', known };
const read = (reason: string) => ({ action: 'read', reason });

describe('a layer is reused unopened', () => {
  it('when a verified read bound its digest to the diffID that the config claims', () => {
    const layer = makeSourceLayer('a', { address: null });
    expect(plan(layer, knowledge([[blob, diffId]], [known]))).toMatchObject(reused);
  });

  it('when a verified read bound its address', () => {
    const layer = makeSourceLayer('a', { digest: null });
    expect(plan(layer, knowledge([[blob, diffId]], [known]))).toMatchObject(reused);
  });

  it('when it is uncompressed and its address is the diffID of a layer that was read', () => {
    const storedSize = known.uncompressedSize;
    const layer = makeSourceLayer('a', { digest: null, size: null, storedSize, address: diffId });
    expect(plan(layer, knowledge([], [known]))).toMatchObject(reused);
  });

  it('wherever it is, when that cannot be seen without asking for its bytes', () => {
    const location = { kind: 'deferred' } as const;
    const layer = makeSourceLayer('a', {
      digest: null,
      size: null,
      storedSize: 0,
      address: diffId,
      location,
    });
    expect(plan(layer, knowledge([], [known]))).toMatchObject(reused);
  });

  it('when it is foreign or encrypted, and so was never there', () => {
    for (const why of ['foreign', 'encrypted'] as const) {
      const layer = makeSourceLayer('a', { location: { kind: 'absent', reason: 'not kept', why } });
      expect(plan(layer, knowledge([[blob, diffId]], [known]))).toMatchObject(reused);
    }
  });

  it('when it is uncompressed and its digest is the diffID of a layer that was read', () => {
    const layer = makeSourceLayer('a', { digest: diffId, address: null });
    expect(plan(layer, knowledge([], [known]))).toMatchObject(reused);
  });

  it('with the wanted fragments and no others', () => {
    const other = { ...fragment, analyzer: 'inventory@2', digest: digestOf('other') };
    const more = knowledge([[blob, diffId]], [{ ...known, fragments: [other, fragment] }]);
    expect(plan(makeSourceLayer('a'), more)).toMatchObject({
      action: 'reuse',
      known: { fragments: [fragment] },
    });
  });

  it('when nothing is wanted of it and it is known', () => {
    const bare = knowledge([[blob, diffId]], [{ ...known, fragments: [] }]);
    expect(plan(makeSourceLayer('a'), bare, [])).toMatchObject({ action: 'reuse' });
  });
});

describe('a layer is read for its digests alone', () => {
  const of = knowledge([[blob, diffId]], [known]);

  it('when its blob is not there', () => {
    const layer = makeSourceLayer('a', { location: { kind: 'absent', reason: 'gone' } });
    expect(plan(layer, of)).toMatchObject(verified);
  });

  it('when its blob is not of the size that is declared', () => {
    expect(plan(makeSourceLayer('a', { storedSize: 99 }), of)).toMatchObject(verified);
  });

  it('when nothing tells what size its blob should be', () => {
    expect(plan(makeSourceLayer('a', { digest: null, size: null }), of)).toMatchObject(verified);
    const shorter = { digest: null, size: null, address: diffId, storedSize: known.uncompressedSize - 1 };
    expect(plan(makeSourceLayer('a', shorter), of)).toMatchObject(verified);
  });

  it('when only the config claims a known diffID for an unknown blob', () => {
    expect(plan(makeSourceLayer('a'), knowledge([], [known]))).toMatchObject(verified);
  });

  it('when the transport has neither digest nor address for it', () => {
    const layer = makeSourceLayer('a', { digest: null, size: null, address: null });
    expect(plan(layer, knowledge([[blob, diffId]], [known]))).toMatchObject(verified);
  });
});

describe('a layer is read and analyzed', () => {
  it('when that is asked for, with every analyzer', () => {
    const of = knowledge([[blob, diffId]], [known]);
    const [planned] = planLayers([makeSourceLayer('a')], of, [{ key: INVENTORY_ANALYZER, options: {} }], {
      reread: true,
    });
    expect(planned).toMatchObject({ ...read('reread'), known: null, want: [{ key: INVENTORY_ANALYZER }] });
  });

  it('when it is unknown', () => {
    expect(plan(makeSourceLayer('a'), knowledge([], []))).toMatchObject(read('unknown'));
  });

  it('when its blob is known but the layer is not', () => {
    expect(plan(makeSourceLayer('a'), knowledge([[blob, diffId]], []))).toMatchObject(read('unknown'));
  });

  it('when its address is its diffID but nothing was ever read of it', () => {
    expect(plan(makeSourceLayer('a', { address: diffId }), knowledge([], []))).toMatchObject(read('unknown'));
  });

  it('when a newer version of an analyzer is wanted', () => {
    const of = knowledge([[blob, diffId]], [known]);
    expect(plan(makeSourceLayer('a'), of, [newer])).toMatchObject(read('not-analyzed'));
    expect(plan(makeSourceLayer('a'), of, [INVENTORY_ANALYZER, newer])).toMatchObject(read('not-analyzed'));
  });

  it('by those analyzers alone whose results are not known', () => {
    for (const pairs of [[[blob, diffId]], []] as const) {
      const of = knowledge(pairs, [known]);
      expect(plan(makeSourceLayer('a'), of, [INVENTORY_ANALYZER, newer])).toMatchObject({
        known: { fragments: [fragment] },
        want: [call(newer)],
      });
    }
  });

  it('by all analyzers when the store contradicts what is claimed of it', () => {
    const of = knowledge([[blob, digestOf('layer b')]], [known]);
    expect(plan(makeSourceLayer('a'), of, [INVENTORY_ANALYZER, newer])).toMatchObject({
      known: null,
      want: [call(INVENTORY_ANALYZER), call(newer)],
    });
  });

  it('when other options of an analyzer are wanted', () => {
    const wanted = { ...INVENTORY_ANALYZER, options: digestOf('{"all":true}') };
    const of = knowledge([[blob, diffId]], [known]);
    expect(plan(makeSourceLayer('a'), of, [wanted])).toMatchObject(read('not-analyzed'));
  });

  it('when the store has lost its fragments', () => {
    const of = knowledge([[blob, diffId]], [{ ...known, fragments: [] }]);
    expect(plan(makeSourceLayer('a'), of)).toMatchObject(read('not-analyzed'));
  });

  it('when its digest is bound to another diffID than the config claims', () => {
    const of = knowledge([[blob, digestOf('layer b')]], [known]);
    expect(plan(makeSourceLayer('a'), of)).toMatchObject(read('contradicted'));
  });

  it('when its address is bound to another diffID, whatever its digest says', () => {
    const layer = makeSourceLayer('a', { address: digestOf('blob b') });
    const of = knowledge(
      [
        [blob, diffId],
        [digestOf('blob b'), digestOf('layer b')],
      ],
      [known],
    );
    expect(plan(layer, of)).toMatchObject(read('contradicted'));
  });
});

it('plans each layer on its own, in order', () => {
  const layers = ['a', 'b', 'a'].map((text, index) => makeSourceLayer(text, { index }));
  const plans = planLayers(layers, knowledge([[blob, diffId]], [known]), [call(INVENTORY_ANALYZER)]);
  expect(plans.map(({ action, layer }) => [action, layer.index])).toEqual([
    ['reuse', 0],
    ['read', 1],
    ['reuse', 2],
  ]);
});
