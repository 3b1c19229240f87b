import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FORMATS, renderSchemas } from '../../scripts/generate-schemas.ts';
import { digestOf } from '../../src/base/digest.ts';
import type { InventoryEntry } from '../../src/core/analysis/files/inventory.ts';
import { compareSnapshots } from '../../src/core/comparison/compare.ts';
import { gatherComparisons } from '../../src/core/comparison/comparisons.ts';
import type { SnapshotView } from '../../src/core/comparison/snapshot-view.ts';
import { entryPath } from '../../src/core/history/entry-path.ts';
import { mergeLayers } from '../../src/core/rootfs/merge-layers.ts';
import { listTree } from '../../src/core/rootfs/tree.ts';
import { POINTERS_SCHEMA } from '../../src/core/run/pointers.ts';
import { snapshotBytes, snapshotDigest } from '../../src/core/snapshot/build-snapshot.ts';
import { assembleSnapshot } from '../../src/core/snapshot/snapshot.ts';
import { manifestPath, surfaceManifestPath } from '../../src/core/surface/paths.ts';
import {
  device,
  dir,
  file,
  hardlink,
  inventoryOf,
  inventoryText,
  rawName,
  symlink,
  whiteout,
} from '../support/inventory-maker.ts';
import { INVENTORY_ANALYZER, makePointer, makeRun, makeSnapshot } from '../support/item-makers.ts';
import { schemaErrors } from '../support/json-schemas.ts';
import { saveRun } from '../support/numbered-runs.ts';
import { openDirectoryStore } from '../support/open-directory-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newFolder = temporaryFolder();

const entries: InventoryEntry[] = [
  dir('etc'),
  file('etc/passwd', 'root', { mtimeNs: 5, xattrs: { 'user.x': 'AA==', 'user.empty': '' } }),
  hardlink('etc/passwd-', 'etc/passwd'),
  symlink('bin', 'usr/bin'),
  device('dev/null', 1, 3),
  whiteout('etc/gone'),
  { ...file('x', 'raw', { mode: '4755' }), ...rawName('caf\xe9') },
];
const finding = { code: 'duplicate-path', path: 'etc/passwd', detail: 'twice' };

function viewOf(texts: readonly string[], stated: readonly InventoryEntry[]): SnapshotView {
  const snapshot = makeSnapshot(texts);
  return {
    snapshot,
    snapshotDigest: snapshotDigest(snapshot),
    config: { config: { Env: [`PATH=/${texts.join()}`, `${texts.at(-1)}=1`], User: texts[0] } },
    loadInventory: async (index) => inventoryOf(index === 0 ? entries : stated),
    loadManifest: async () => null,
    loadFragments: async () => null,
  };
}

const compare = () =>
  compareSnapshots(
    viewOf(['base', 'one'], [file('etc/passwd', 'new'), symlink('opt', 'usr')]),
    viewOf(
      ['base', 'two'],
      [file('usr/lib/x'), file('etc/passwd', 'newer', { mode: '0600' }), device('opt', 1, 5)],
    ),
  );

describe('published schemas', () => {
  it('are those that the checks of the code give', () => {
    const folder = join(import.meta.dirname, '../..');
    for (const [path, text] of renderSchemas())
      expect(readFileSync(join(folder, path), 'utf8'), path).toBe(text);
    expect(readdirSync(join(folder, 'docs/schemas')).sort()).toEqual(
      Object.keys(FORMATS)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });

  it('hold what a store has on its disk', async () => {
    const root = newFolder('store');
    const run = makeRun(['a', 'b']);
    await saveRun(openDirectoryStore(root), run);
    const stored = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));
    for (const { key } of run.items)
      expect(schemaErrors('item-manifest', stored(manifestPath(key)))).toEqual([]);
    const { tenant, surfaceManifestDigest } = run.entry;
    expect(
      schemaErrors('surface-manifest', stored(surfaceManifestPath(tenant, surfaceManifestDigest))),
    ).toEqual([]);
    expect(schemaErrors('history-entry', stored(entryPath(run.entry)))).toEqual([]);
    const fragment = { ...INVENTORY_ANALYZER, kind: 'image.packages', digest: digestOf('packages') };
    for (const snapshot of [run.snapshot, assembleSnapshot(run.snapshot, [fragment])])
      expect(schemaErrors('snapshot', JSON.parse(snapshotBytes(snapshot).toString()))).toEqual([]);
  });

  it('hold inventories', () => {
    const [header, ...lines] = inventoryText(entries, { findings: [finding] })
      .trimEnd()
      .split('\n');
    expect(schemaErrors('layer-files-header', JSON.parse(header ?? ''))).toEqual([]);
    expect(lines).toHaveLength(entries.length);
    for (const line of lines) expect(schemaErrors('layer-files-entry', JSON.parse(line)), line).toEqual([]);
  });

  it('hold merged root filesystems', () => {
    const { rootfs } = mergeLayers([inventoryOf(entries)]);
    const tree = [...listTree(rootfs)];
    expect(tree.some(({ links }) => links === 2)).toBe(true);
    expect(tree.some(({ implicit }) => implicit)).toBe(true);
    for (const entry of tree) expect(schemaErrors('tree-entry', entry), entry.path).toEqual([]);
  });

  it('hold comparisons', async () => {
    const comparison = await compare();
    expect(comparison.files?.entries.length).toBeGreaterThan(2);
    expect(comparison.config?.length).toBeGreaterThan(2);
    expect(schemaErrors('comparison', JSON.parse(JSON.stringify(comparison)))).toEqual([]);
    const sections = { packages: null, 'others.own': { any: ['thing'] } };
    expect(schemaErrors('comparison', { ...comparison, sections })).toEqual([]);
    expect(schemaErrors('comparison', { ...comparison, sections: { packages: [] } })).not.toEqual([]);
    const { sections: _, ...facts } = comparison;
    const old = { ...facts, schema: 'varve.comparison@1', packages: null };
    expect(schemaErrors('comparison', JSON.parse(JSON.stringify(old)))).toEqual([]);
  });

  it('hold pointers, and what snapshot prints', async () => {
    const pointer = makePointer();
    const first = { ...pointer, baseline: null, comparison: null };
    expect(schemaErrors('pointer', pointer)).toEqual([]);
    expect(schemaErrors('pointer', first)).toEqual([]);
    expect(schemaErrors('snapshot-output', { ...pointer, comparisonDocument: await compare() })).toEqual([]);
    expect(schemaErrors('snapshot-output', { ...first, comparisonDocument: null })).toEqual([]);
  });

  it('hold the documents of several platforms', async () => {
    const [pointer, comparison] = [makePointer(), await compare()];
    const [other, failed] = [
      { os: 'linux', architecture: 'arm', variant: 'v6' },
      { os: 'linux', architecture: '386' },
    ];
    const pointers = {
      schema: POINTERS_SCHEMA,
      image: { reference: pointer.image.reference, name: pointer.image.name },
      platforms: [pointer],
      absentPlatforms: [other],
      gonePlatforms: [other],
      failures: [{ platform: failed, code: 'digest-mismatch', message: 'damaged' }],
    };
    expect(schemaErrors('pointers', pointers)).toEqual([]);
    expect(schemaErrors('pointers', { ...pointers, platforms: [comparison] })).not.toEqual([]);
    const outputs = { ...pointers, platforms: [{ ...pointer, comparisonDocument: comparison }] };
    expect(schemaErrors('snapshot-outputs', outputs)).toEqual([]);
    const comparisons = gatherComparisons([comparison], {
      ...{ newPlatforms: [other], gonePlatforms: [], failedPlatforms: [failed] },
    });
    expect(schemaErrors('comparisons', comparisons)).toEqual([]);
    expect(schemaErrors('comparisons', { ...comparisons, changed: 'no' })).not.toEqual([]);
  });

  it('refuse unknown fields, other schemas and digests of another form', () => {
    const snapshot = makeSnapshot(['a']);
    expect(schemaErrors('snapshot', { ...snapshot, extra: 1 })).not.toEqual([]);
    expect(schemaErrors('snapshot', { ...snapshot, schema: 'varve.snapshot@2' })).not.toEqual([]);
    const config = { ...snapshot.config, digest: digestOf('x').toUpperCase() };
    expect(schemaErrors('snapshot', { ...snapshot, config })).not.toEqual([]);
  });
});
