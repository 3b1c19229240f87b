import { expect, test } from 'vitest';
import { digestOf } from '../../../../../src/base/digest.ts';
import { PLAIN } from '../../../../../src/core/report/text/palette.ts';
import { SURFACE_SCHEMA } from '../../../../../src/core/surface/item.ts';
import type { ItemManifest } from '../../../../../src/core/surface/manifest.ts';
import { damageLine, itemLine, verifySummary } from '../../../../../src/entry/cli/listing/surface.ts';

const digest = digestOf('payload');
const manifest: ItemManifest = {
  schema: SURFACE_SCHEMA,
  tenant: 'default',
  kind: 'layer.files',
  digest,
  createdAt: '2026-01-01T12:30:00.000Z',
  expiresAt: '2026-01-31T12:30:00.000Z',
  source: { scannerBuild: 'varve@1', imageDigest: null, scanId: 'scan' },
  storage: {
    bucket: 'surface-cache',
    objectKey: 'x',
    sizeBytes: 12_345,
    contentType: 'application/x-ndjson+zstd',
  },
  integrity: { hash: digest, signature: null },
};

test('an item is told with its whole address', () => {
  expect(itemLine(manifest, { width: 135, palette: PLAIN })).toBe(
    ` 12.3 kB  2026-01-01 12:30  until 2026-01-31  layer.files@${digest}`,
  );
});

test('a narrow terminal has the size and the address', () => {
  expect(itemLine(manifest, { width: 100, palette: PLAIN })).toBe(` 12.3 kB  layer.files@${digest}`);
});

test('fewer columns cut the digest, and then the kind', () => {
  expect(itemLine(manifest, { width: 40, palette: PLAIN })).toBe(
    ` 12.3 kB  layer.files@${digest.slice(7, 19)}`,
  );
  const long = { ...manifest, kind: 'a.kind.with.many.words.in.it' };
  expect(itemLine(long, { width: 40, palette: PLAIN })).toHaveLength(40);
});

test('what never expires is kept', () => {
  expect(itemLine({ ...manifest, expiresAt: null, kind: 'a\u001b[2J' }, { width: 135, palette: PLAIN })).toBe(
    ` 12.3 kB  2026-01-01 12:30  kept              a\\x1b[2J@${digest}`,
  );
});

test('damage names the object and what is wrong', () => {
  expect(damageLine({ object: 'payloads/x\n::error::', problem: 'does not hash to its name' }, PLAIN)).toBe(
    '✗ payloads/x\\n::error::: does not hash to its name',
  );
  expect(verifySummary(0, 'dir:.varve', null, PLAIN)).toBe('✓ nothing is damaged in dir:.varve');
  expect(verifySummary(1, 'dir:.varve', null, PLAIN)).toBe('1 object is damaged in dir:.varve');
  expect(verifySummary(2, 'dir:\n', null, PLAIN)).toBe('2 objects are damaged in dir:\\n');
});
