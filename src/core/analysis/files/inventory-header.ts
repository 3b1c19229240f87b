import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { malformed, parseStored } from '../../words/stored-json.ts';
import type { LayerFacts } from '../analyzer.ts';
import { type InventoryHeader, InventoryHeaderSchema } from './inventory.ts';

/** Reads the first line of a `layer.files` payload. @throws VarveError `malformed`, naming the object. */
export function parseInventoryHeader(line: Uint8Array, object: string): InventoryHeader {
  // The line is in memory already: no header can be too long.
  const limits = { ...DEFAULT_LIMITS, jsonBytes: line.length };
  return parseStored(InventoryHeaderSchema, line, object, limits);
}

/**
 * Finds out an inventory that is kept for another layer than it says it is of.
 * @throws VarveError `malformed`, naming the object.
 */
export function requireInventoryOf(
  { diffId, uncompressedSize }: LayerFacts,
  header: InventoryHeader,
  object: string,
): void {
  if (header.diffId !== diffId || header.uncompressedSize !== uncompressedSize)
    throw malformed(object, `is not the inventory of layer ${diffId} of ${uncompressedSize} bytes`);
}
