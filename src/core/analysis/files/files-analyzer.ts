import type { LayerAnalyzer } from '../analyzer.ts';
import { analyzerKey } from '../analyzer-key.ts';
import { INVENTORY_KIND } from './inventory.ts';
import { FILE_FINDINGS, type FileFindingCode, InventoryBuilder } from './inventory-builder.ts';
import { parseInventoryHeader, requireInventoryOf } from './inventory-header.ts';

/** Every entry of the layer with its metadata and the hash of its content. */
export const filesAnalyzer: LayerAnalyzer<FileFindingCode> = {
  key: analyzerKey(INVENTORY_KIND, 'files@1'),
  options: {},
  format: 'ndjson',
  keepDays: 30,
  findings: FILE_FINDINGS,
  begin(layer) {
    const inventory = new InventoryBuilder(layer);
    return {
      leave: (entry) => inventory.add(entry),
      finish: (facts, payload) => inventory.finish(facts, (bytes) => payload.write(bytes)),
    };
  },
  examine(head, facts, object) {
    requireInventoryOf(facts, parseInventoryHeader(head, object), object);
  },
};
