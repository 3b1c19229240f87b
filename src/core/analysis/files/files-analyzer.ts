import type { LayerAnalyzer } from '../analyzer.ts';
import { InventoryBuilder } from './inventory-builder.ts';

/** Every entry of the layer with its metadata and the hash of its content. */
export const filesAnalyzer: LayerAnalyzer = {
  id: 'files',
  version: 1,
  kind: 'layer.files',
  format: 'ndjson',
  options: {},
  begin(layer) {
    const inventory = new InventoryBuilder(layer);
    return {
      leave: (entry) => inventory.add(entry),
      finish: (finished, payload) => inventory.finish(finished, (bytes) => payload.write(bytes)),
    };
  },
};
