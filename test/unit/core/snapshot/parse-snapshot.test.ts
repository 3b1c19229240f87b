import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../../src/base/canonical-json.ts';
import { digestOf } from '../../../../src/base/digest.ts';
import { DEFAULT_LIMITS } from '../../../../src/base/limits.ts';
import { snapshotBytes, snapshotDigest } from '../../../../src/core/snapshot/build-snapshot.ts';
import { parseSnapshot } from '../../../../src/core/snapshot/parse-snapshot.ts';
import {
  assembleSnapshot,
  imageFragments,
  type SnapshotLayer,
} from '../../../../src/core/snapshot/snapshot.ts';
import { INVENTORY_ANALYZER, makeSnapshot, makeSnapshotLayer } from '../../../support/item-makers.ts';

const snapshot = makeSnapshot(['a', 'b', 'c']);
const parse = (value: unknown) => parseSnapshot(canonicalBytes(value), 'the snapshot');
const withLayer = (change: Partial<SnapshotLayer> & { [field: string]: unknown }) => ({
  ...snapshot,
  layers: [snapshot.layers[0], { ...snapshot.layers[1], ...change }, snapshot.layers[2]],
});

describe('snapshots', () => {
  it('are read back as they were', () => {
    expect(parseSnapshot(snapshotBytes(snapshot), 'the snapshot')).toEqual(snapshot);
  });

  it('may be of transports without manifest and distributed blobs', () => {
    const layers = snapshot.layers.map((layer) => ({ ...layer, digest: null, size: null, mediaType: null }));
    expect(parse({ ...snapshot, manifest: null, layers })).toEqual({ ...snapshot, manifest: null, layers });
  });

  it('may be of an image without layers', () => {
    expect(parse({ ...snapshot, layers: [] }).layers).toEqual([]);
  });

  it('have one digest whatever the order of their fields', () => {
    const reversed = Object.fromEntries(Object.entries(snapshot).reverse());
    expect(digestOf(canonicalBytes(reversed))).toBe(snapshotDigest(snapshot));
  });
});

const fragment = { ...INVENTORY_ANALYZER, digest: digestOf('fragment') };
const whole = { ...fragment, kind: 'image.packages' };
const withFragments = (...fragments: readonly unknown[]) => ({
  ...snapshot,
  schema: 'varve.snapshot@2',
  fragments,
});

describe('snapshots with fragments of the image', () => {
  it('are read back as they were', () => {
    const made = assembleSnapshot(snapshot, [whole]);
    expect(made.schema).toBe('varve.snapshot@2');
    expect(parseSnapshot(snapshotBytes(made), 'the snapshot')).toEqual(made);
    expect(imageFragments(made)).toEqual([whole]);
  });

  it('are of the first version without any, so that one image has one digest', () => {
    expect(assembleSnapshot(snapshot, [])).toEqual(snapshot);
    expect(imageFragments(snapshot)).toEqual([]);
  });
});

describe('a snapshot is refused', () => {
  it.each<[string, unknown]>([
    ['for an unknown field', { ...snapshot, takenAt: 'now' }],
    ['for an unknown field of a layer', withLayer({ extra: 1 })],
    ['of a version to come', { ...withFragments(whole), schema: 'varve.snapshot@3' }],
    ['of another schema', { ...snapshot, schema: 'varve.pointer@1' }],
    ['of the second version without fragments', withFragments()],
    ['of the second version that leaves them out', { ...snapshot, schema: 'varve.snapshot@2' }],
    ['of the first version with fragments', { ...withFragments(whole), schema: 'varve.snapshot@1' }],
    ['with a fragment of the image twice', withFragments(whole, whole)],
    ['with one analyzer twice', withFragments(whole, { ...whole, digest: digestOf('other') })],
    ['with fragments of the image out of order', withFragments(whole, { ...whole, kind: 'a.b' })],
    ['with a fragment of the image that is null', withFragments(null)],
    ['with a fragment of the image whose kind is a path', withFragments({ ...whole, kind: '../x' })],
    ['with a digest of another form', withLayer({ diffId: 'sha256:../../x' as SnapshotLayer['diffId'] })],
    ['whose layers are numbered wrongly', withLayer({ index: 0 })],
    ['whose layer has a digest without a size', withLayer({ size: null })],
    ['whose layer has a size without a digest', withLayer({ digest: null })],
    ['of a negative size', withLayer({ uncompressedSize: -1 })],
    ['with a fragment twice', withLayer({ fragments: [fragment, fragment] })],
    ['with fragments out of order', withLayer({ fragments: [fragment, { ...fragment, kind: 'a.b' }] })],
    ['with a kind that is a path', withLayer({ fragments: [{ ...fragment, kind: '../x' }] })],
    ['with an analyzer without version', withLayer({ fragments: [{ ...fragment, analyzer: 'inventory' }] })],
    ['of an endless platform', { ...snapshot, platform: { os: 'x'.repeat(65), architecture: 'amd64' } }],
    ['without a config', { ...snapshot, config: null }],
  ])('%s', (_, value) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({ code: 'malformed', object: 'the snapshot' }),
    );
  });

  it('over 10,000 layers', () => {
    const layer = makeSnapshotLayer(0, 'x', { fragments: [] });
    const many = { ...snapshot, layers: Array.from({ length: 10_001 }, (_, index) => ({ ...layer, index })) };
    expect(() => parse(many)).toThrow(
      expect.objectContaining({ code: 'limit-exceeded', object: 'the snapshot' }),
    );
    expect(parse({ ...many, layers: many.layers.slice(0, 10_000) }).layers).toHaveLength(10_000);
  });

  it('over the limit on JSON', () => {
    const limits = { ...DEFAULT_LIMITS, jsonBytes: 100 };
    expect(() => parseSnapshot(snapshotBytes(snapshot), 'the snapshot', limits)).toThrow(
      expect.objectContaining({ code: 'limit-exceeded', hint: expect.stringContaining('--max-json-bytes') }),
    );
  });
});
