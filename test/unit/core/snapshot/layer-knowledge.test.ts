import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../src/base/canonical-json.ts';
import { digestOf } from '../../../../src/base/digest.ts';
import { gatherLayerKnowledge } from '../../../../src/core/snapshot/layer-knowledge.ts';
import { planLayers } from '../../../../src/core/snapshot/plan-layers.ts';
import { packItem } from '../../../../src/core/surface/pack-item.ts';
import { manifestPath, payloadPath } from '../../../../src/core/surface/paths.ts';
import {
  INVENTORY_ANALYZER,
  inventoryAnalyzer,
  inventoryHeader,
  makeFragment,
  makeOrigin,
  makeRun,
  makeSnapshot,
  makeSnapshotLayer,
} from '../../../support/item-makers.ts';
import { saveRun } from '../../../support/numbered-runs.ts';
import { openDirectoryStore } from '../../../support/open-directory-store.ts';
import { makeSourceLayer } from '../../../support/source-makers.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const newFolder = temporaryFolder();
const layers = ['a', 'b', 'c'].map((text, index) => makeSourceLayer(text, { index }));
const fragment = makeFragment('a');
/** Makes a header longer than the 64 KiB that are read at first. */
const LONG_FINDING = { code: 'escaping-path', path: 'x'.repeat(70_000) };

async function openSaved() {
  const root = newFolder('store');
  const store = openDirectoryStore(root);
  await saveRun(store, makeRun(['a', 'b']));
  const plan = async (wanted = [inventoryAnalyzer()], tenant = 'acme') => {
    const knowledge = await gatherLayerKnowledge(store, tenant, layers, wanted);
    return planLayers(layers, knowledge, wanted).map(({ action }) => action);
  };
  const tell = async () => {
    const { damages } = await gatherLayerKnowledge(store, 'acme', layers, [inventoryAnalyzer()]);
    return [...damages].map(([digest, met]) => [digest, met.map(({ problem }) => problem)]);
  };
  return { root, store, plan, tell };
}

describe('what a store knows of layers', () => {
  it('lets all be reused that was read before', async () => {
    const { store, plan } = await openSaved();
    expect(await plan()).toEqual(['reuse', 'reuse', 'read']);
    const knowledge = await gatherLayerKnowledge(store, 'acme', layers, [inventoryAnalyzer()]);
    expect(knowledge.layers.get(digestOf('layer a'))).toEqual({
      diffId: digestOf('layer a'),
      uncompressedSize: 1000,
      fragments: [
        {
          ...INVENTORY_ANALYZER,
          digest: fragment.key.digest,
          format: 'ndjson',
          sizeBytes: fragment.sizeBytes,
        },
      ],
    });
  });

  it('is nothing in an empty store, and nothing of another tenant', async () => {
    const { plan } = await openSaved();
    expect(await plan([inventoryAnalyzer()], 'other')).toEqual(['read', 'read', 'read']);
  });

  it('is not enough for a newer analyzer', async () => {
    const { plan } = await openSaved();
    expect(await plan([inventoryAnalyzer({ ...INVENTORY_ANALYZER, analyzer: 'inventory@2' })])).toEqual([
      'read',
      'read',
      'read',
    ]);
  });

  it('is forgotten of fragments whose payload or manifest is lost', async () => {
    for (const path of [payloadPath(fragment.key, 'ndjson'), manifestPath(fragment.key)]) {
      const { root, plan, tell } = await openSaved();
      rmSync(join(root, path));
      expect(await plan()).toEqual(['read', 'reuse', 'read']);
      expect(await tell()).toEqual([]);
    }
  });

  it('is forgotten of fragments whose manifest is damaged', async () => {
    const { root, plan, tell } = await openSaved();
    writeFileSync(join(root, manifestPath(fragment.key)), '{');
    expect(await plan()).toEqual(['read', 'reuse', 'read']);
    expect(await tell()).toEqual([[digestOf('layer a'), [expect.stringContaining('is not JSON')]]]);
  });

  it('is not what is kept under the name of another layer', async () => {
    const { store, plan, tell } = await openSaved();
    const { fragments } = makeSnapshotLayer(0, 'a');
    const forged = makeSnapshotLayer(0, 'c', { fragments });
    await store.layers.record('acme', { ...makeSnapshot([]), layers: [forged] });
    expect(await plan()).toEqual(['reuse', 'reuse', 'read']);
    expect(await tell()).toEqual([
      [digestOf('layer c'), [`is not the inventory of layer ${digestOf('layer c')} of 1000 bytes`]],
    ]);
  });

  it('is not of another size than its inventory says', async () => {
    const { store, plan } = await openSaved();
    const forged = makeSnapshotLayer(0, 'c', { uncompressedSize: 999 });
    await store.surface.put([makeFragment('c')]);
    await store.layers.record('acme', { ...makeSnapshot([]), layers: [forged] });
    expect(await plan()).toEqual(['reuse', 'reuse', 'read']);
  });

  /** A store that has layer c by an inventory of these bytes. */
  async function openWith(inventory: string) {
    const opened = await openSaved();
    const kept = packItem(makeOrigin(), 'layer.files', Buffer.from(inventory), { format: 'ndjson' });
    const fragments = [{ ...INVENTORY_ANALYZER, digest: kept.key.digest }];
    await opened.store.surface.put([kept]);
    await opened.store.layers.record('acme', {
      ...makeSnapshot([]),
      layers: [makeSnapshotLayer(0, 'c', { fragments })],
    });
    return opened;
  }
  const headerOf = (findings: readonly object[] = []): string =>
    canonicalJson({ ...JSON.parse(inventoryHeader('c')), findings });

  it.each([
    ['with nothing after it', `${headerOf()}\n`],
    ['with lines after it', `${headerOf()}\nno entry, which nobody looks at\n`],
    ['longer than what is read at first', `${headerOf([LONG_FINDING])}\n`],
    ['longer than what is read at first, with lines after it', `${headerOf([LONG_FINDING])}\nno entry\n`],
  ])('has a layer by the header of its inventory: %s', async (_, inventory) => {
    const { plan, tell } = await openWith(inventory);
    expect(await plan()).toEqual(['reuse', 'reuse', 'reuse']);
    expect(await tell()).toEqual([]);
  });

  it.each([
    ['that is empty', ''],
    ['that is an empty line', `\n${headerOf()}\n`],
    ['without a newline', headerOf()],
    ['with another end', `${headerOf()} `],
    ['that is long, with another end', `${headerOf([LONG_FINDING])} `],
    ['with a newline of Windows', `${headerOf()}\r\n`],
    ['over two lines', `${headerOf().replace(',', ',\n')}\n`],
  ])('is not a header %s', async (_, inventory) => {
    const { plan, tell } = await openWith(inventory);
    expect(await plan()).toEqual(['reuse', 'reuse', 'read']);
    expect(await tell()).toEqual([[digestOf('layer c'), [expect.any(String)]]]);
  });

  it('asks for the wanted fragments alone', async () => {
    const { root, store, plan } = await openSaved();
    writeFileSync(join(root, manifestPath(fragment.key)), '{');
    expect(await plan([])).toEqual(['reuse', 'reuse', 'read']);
    expect((await gatherLayerKnowledge(store, 'acme', layers, [])).damages.size).toBe(0);
  });
});
