import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '../../../../src/base/canonical-json.ts';
import { digestOf } from '../../../../src/base/digest.ts';
import {
  buildItemManifest,
  extendManifest,
  formatOf,
  parseItemManifest,
} from '../../../../src/core/surface/item-manifest.ts';
import type { ItemManifest } from '../../../../src/core/surface/manifest.ts';
import { makeFragment, makeOrigin } from '../../../support/item-makers.ts';

const item = makeFragment('etc/passwd');
const manifest = buildItemManifest(item);
const parse = (value: unknown) => parseItemManifest(canonicalBytes(value), item.key, 'the manifest');

describe('the manifest of an item', () => {
  it('has the fields of the format', () => {
    const hex = item.key.digest.slice(7);
    expect(manifest).toEqual({
      schema: 'stellaops.surface.manifest@1',
      tenant: 'acme',
      kind: 'layer.files',
      digest: item.key.digest,
      createdAt: '2026-03-01T12:00:00.000Z',
      expiresAt: '2026-03-31T12:00:00.000Z',
      source: { scannerBuild: 'varve@0.0.0', imageDigest: digestOf('image'), scanId: 'scan-1' },
      storage: {
        bucket: 'surface-cache',
        objectKey: `tenants/acme/layer.files/sha256/${hex.slice(0, 2)}/${hex.slice(2, 4)}/${hex}/payload.ndjson.zst`,
        sizeBytes: item.sizeBytes,
        contentType: 'application/x-ndjson+zstd',
      },
      integrity: { hash: item.key.digest, signature: null },
    });
  });

  it('is read back as it was', () => {
    expect(parse(manifest)).toEqual(manifest);
    expect(formatOf(manifest)).toBe('ndjson');
  });

  it('keeps everything but its expiry when it is used again', () => {
    const again = extendManifest(manifest, '2026-06-01T00:00:00Z');
    expect(again).toEqual({ ...manifest, expiresAt: '2026-06-01T00:00:00Z' });
    expect(extendManifest(manifest, manifest.expiresAt)).toBe(manifest);
    expect(extendManifest(manifest, '2026-03-02T00:00:00Z')).toBe(manifest);
    expect(extendManifest({ ...manifest, expiresAt: null }, '2026-06-01T00:00:00Z').expiresAt).toBeNull();
  });
});

describe('a manifest is refused', () => {
  const other = makeFragment('other', makeOrigin()).key.digest;
  const edit = (change: (copy: { [field: string]: unknown } & ItemManifest) => void) => {
    const copy = structuredClone(manifest);
    change(copy);
    return copy;
  };

  it.each<[string, unknown]>([
    ['for an unknown field', { ...manifest, extra: 1 }],
    ['for an unknown nested field', edit((copy) => Object.assign(copy.storage, { extra: 1 }))],
    ['for a missing field', edit((copy) => delete (copy as Partial<ItemManifest>).createdAt)],
    ['for another schema', { ...manifest, schema: 'stellaops.surface.manifest@2' }],
    ['of another tenant', { ...manifest, tenant: 'evil' }],
    ['of another kind', { ...manifest, kind: 'layer.fragments' }],
    ['of another digest', { ...manifest, digest: other }],
    ['whose hash is not its digest', edit((copy) => Object.assign(copy.integrity, { hash: other }))],
    [
      'that is stored elsewhere',
      edit((copy) => Object.assign(copy.storage, { objectKey: '../../etc/passwd' })),
    ],
    ['in another bucket', edit((copy) => Object.assign(copy.storage, { bucket: 'evil' }))],
    ['of an unknown media type', edit((copy) => Object.assign(copy.storage, { contentType: 'text/html' }))],
    ['of negative size', edit((copy) => Object.assign(copy.storage, { sizeBytes: -1 }))],
    ['of a size that is no integer', edit((copy) => Object.assign(copy.storage, { sizeBytes: 1.5 }))],
    ['of an unsafe size', edit((copy) => Object.assign(copy.storage, { sizeBytes: 2 ** 62 }))],
    ['with a time of another zone', { ...manifest, createdAt: '2026-03-01T12:00:00+01:00' }],
    ['with a day that does not exist', { ...manifest, createdAt: '2026-02-30T12:00:00Z' }],
    ['that is a list', [manifest]],
    ['that is null', null],
  ])('%s', (_, value) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({ code: 'malformed', message: expect.stringContaining('the manifest') }),
    );
  });

  it.each<[string, Buffer]>([
    ['that is cut short', canonicalBytes(manifest).subarray(0, -1)],
    ['that is empty', Buffer.alloc(0)],
    ['that is not UTF-8', Buffer.from([0xff, 0xfe, 0x7b])],
    ['with a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), canonicalBytes(manifest)])],
    ['that is not canonical', Buffer.from(JSON.stringify(manifest, null, 1))],
    [
      'with a field twice',
      Buffer.from(canonicalBytes(manifest).toString().replace('{', '{"tenant":"evil",')),
    ],
    ['followed by more', Buffer.concat([canonicalBytes(manifest), Buffer.from('\n')])],
    ['nested without end', Buffer.from('['.repeat(100_000))],
    ['nested deeply', Buffer.from(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)],
  ])('%s', (_, bytes) => {
    expect(() => parseItemManifest(bytes, item.key, 'the manifest')).toThrow(
      expect.objectContaining({ code: 'malformed', object: 'the manifest' }),
    );
  });
});
