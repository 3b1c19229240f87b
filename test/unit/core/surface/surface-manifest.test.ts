import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../../src/base/canonical-json.ts';
import { digestOf } from '../../../../src/base/digest.ts';
import { packItem } from '../../../../src/core/surface/pack-item.ts';
import {
  buildSurfaceManifest,
  keyOfListed,
  listItem,
  parseSurfaceManifest,
  surfaceManifestDigest,
} from '../../../../src/core/surface/surface-manifest.ts';
import { makeFragment, makeOrigin } from '../../../support/item-makers.ts';

const items = [
  makeFragment('a'),
  makeFragment('b'),
  packItem(makeOrigin(), 'image.config', Buffer.from('{ "os": "linux" }')),
  packItem(makeOrigin(), 'entrytrace.graph', Buffer.from('{}')),
];
const build = (list = items) =>
  buildSurfaceManifest({
    tenant: 'acme',
    imageDigest: digestOf('image'),
    source: { component: 'varve', version: '1.0.0' },
    artifacts: list.map(listItem),
  });
const manifest = build();

describe('the manifest of an image', () => {
  it('lists items by kind, then uri, with the media types of what their digests are over', () => {
    expect(manifest.artifacts.map(({ kind }) => kind)).toEqual([
      'entrytrace.graph',
      'image.config',
      'layer.files',
      'layer.files',
    ]);
    expect(manifest.artifacts[1]).toEqual({
      kind: 'image.config',
      uri: expect.stringMatching(/^cas:\/\/surface-cache\/.*\/payload\.json\.zst$/),
      digest: digestOf('{ "os": "linux" }'),
      mediaType: 'application/json',
      format: 'json',
      sizeBytes: 17,
    });
    expect(manifest.artifacts[2]).toMatchObject({ mediaType: 'application/x-ndjson', format: 'ndjson' });
  });

  it('is the same whatever the order and number of its items', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...items, ...items], { minLength: 8 }), (shuffled) => {
        expect(build(shuffled)).toEqual(manifest);
      }),
    );
  });

  it('depends on no time, run or place', () => {
    const later = makeOrigin({
      time: '2027-01-01T00:00:00.000Z',
      source: { scannerBuild: 'varve@1', imageDigest: null, scanId: 'scan-2' },
    });
    const again = build([makeFragment('b', later), makeFragment('a', later), ...items.slice(2)]);
    expect(surfaceManifestDigest(again)).toBe(surfaceManifestDigest(manifest));
  });

  it('leads to the keys of its items', () => {
    expect(manifest.artifacts.map(keyOfListed)).toEqual(expect.arrayContaining(items.map(({ key }) => key)));
  });
});

describe('a surface manifest', () => {
  const parse = (value: unknown) => {
    const bytes = canonicalBytes(value);
    return parseSurfaceManifest(bytes, { tenant: 'acme', digest: digestOf(bytes) }, 'the manifest');
  };
  const withFirst = (change: object) => ({
    ...manifest,
    artifacts: [{ ...manifest.artifacts[0], ...change }, ...manifest.artifacts.slice(1)],
  });

  it('is read back as it was', () => {
    expect(parse(manifest)).toEqual(manifest);
  });

  it('is refused when its bytes are not those of its digest', () => {
    const bytes = canonicalBytes(manifest);
    const other = { tenant: 'acme', digest: digestOf('other') };
    expect(() => parseSurfaceManifest(bytes, other, 'the manifest')).toThrow(
      expect.objectContaining({ code: 'digest-mismatch', object: 'the manifest' }),
    );
  });

  it.each<[string, unknown]>([
    ['for an unknown field', { ...manifest, createdAt: '2026-03-01T12:00:00Z' }],
    ['for an unknown field of an artifact', withFirst({ extra: 1 })],
    ['of another tenant', { ...manifest, tenant: 'evil' }],
    ['with artifacts out of order', { ...manifest, artifacts: manifest.artifacts.toReversed() }],
    ['with an artifact twice', { ...manifest, artifacts: [manifest.artifacts[0], ...manifest.artifacts] }],
    ['whose uri is of another digest', withFirst({ digest: digestOf('other') })],
    ['whose uri is of another kind', withFirst({ kind: 'a.b' })],
    ['whose uri is of another format', withFirst({ format: 'ndjson' })],
    ['whose uri is a path', withFirst({ uri: '../../etc/passwd' })],
    ['of an unknown format', withFirst({ format: 'xml' })],
  ])('is refused %s', (_, value) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({ code: 'malformed', message: expect.stringContaining('the manifest') }),
    );
  });
});
