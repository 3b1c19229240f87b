import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestFromHex, digestOf } from '../../../../src/base/digest.ts';
import {
  manifestPath,
  parseManifestPath,
  parsePayloadPath,
  payloadObjectKey,
  payloadPath,
  surfaceManifestPath,
} from '../../../../src/core/surface/paths.ts';
import {
  manifestUri,
  parseSurfaceUri,
  payloadUri,
  surfaceManifestUri,
} from '../../../../src/core/surface/uris.ts';

const hex = `ab12${'0'.repeat(60)}`;
const key = { tenant: 'acme', kind: 'layer.files', digest: digestFromHex(hex) };

describe('paths under the root', () => {
  it('are exactly those of the layout', () => {
    expect(manifestPath(key)).toBe(`scanner/surface/manifests/tenants/acme/layer.files/${hex}.json`);
    expect(surfaceManifestPath('acme', key.digest)).toBe(
      `scanner/surface/manifests/tenants/acme/image.surface/${hex}.json`,
    );
    expect(payloadObjectKey(key, 'ndjson')).toBe(
      `tenants/acme/layer.files/sha256/ab/12/${hex}/payload.ndjson.zst`,
    );
    expect(payloadPath(key, 'json')).toBe(
      `scanner/surface/payloads/tenants/acme/layer.files/sha256/ab/12/${hex}/payload.json.zst`,
    );
  });

  it.each([
    manifestPath(key).replace('manifests', 'payloads'),
    manifestPath(key).replace('.json', ''),
    manifestPath(key).replace('acme', '..'),
    manifestPath(key).replace('acme', 'a/b'),
    manifestPath(key).toUpperCase(),
    `x/${manifestPath(key)}`,
  ])('do not read %s as a manifest', (path) => {
    expect(parseManifestPath(path)).toBeNull();
  });

  it.each([
    payloadPath(key, 'json').replace('ab/12', 'ab/13'),
    payloadPath(key, 'json').replace('ab/12', '../..'),
    payloadPath(key, 'json').replace('.json.', '.xml.'),
    payloadPath(key, 'json').replace('.zst', ''),
    payloadPath(key, 'json').replace('acme', '..'),
    payloadPath(key, 'json').replace('layer.files', 'layer..files'),
  ])('do not read %s as a payload', (path) => {
    expect(parsePayloadPath(path)).toBeNull();
  });
});

describe('URIs', () => {
  it('name the two buckets of the format', () => {
    expect(surfaceManifestUri('acme', key.digest)).toBe(
      `cas://surface-manifests/scanner/surface/manifests/tenants/acme/image.surface/${hex}.json`,
    );
    expect(payloadUri(key, 'ndjson')).toBe(
      `cas://surface-cache/scanner/surface/payloads/tenants/acme/layer.files/sha256/ab/12/${hex}/payload.ndjson.zst`,
    );
  });

  it('lead back to what they name', () => {
    const keys = fc.record({
      tenant: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/),
      kind: fc.stringMatching(/^[a-z0-9]{1,9}([.-][a-z0-9]{1,9}){0,4}$/),
      digest: fc.string().map((text) => digestOf(text)),
    });
    fc.assert(
      fc.property(keys, fc.constantFrom('json' as const, 'ndjson' as const), (each, format) => {
        expect(parseSurfaceUri(manifestUri(each))).toEqual({ type: 'manifest', key: each });
        expect(parseSurfaceUri(payloadUri(each, format))).toEqual({ type: 'payload', key: each, format });
      }),
    );
  });

  it.each([
    '',
    'cas://',
    'cas://surface-manifests/',
    manifestUri(key).replace('surface-manifests', 'surface-cache'),
    manifestUri(key).replace('cas:', 'https:'),
    manifestUri(key).replace('acme', '%2e%2e'),
    manifestUri(key).replace('acme/', 'acme/../'),
    `${payloadUri(key, 'json')}?x`,
    payloadUri(key, 'json').replace('scanner/surface', 'other'),
  ])('are refused when they are %j', (uri) => {
    expect(() => parseSurfaceUri(uri)).toThrow(expect.objectContaining({ code: 'bad-reference' }));
  });
});
