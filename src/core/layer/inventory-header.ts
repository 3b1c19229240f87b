import { DEFAULT_LIMITS } from '../../base/limits.ts';
import { parseStored } from '../stored-json.ts';
import type { InventoryHeader } from './inventory.ts';
import { InventoryHeaderSchema } from './inventory-schema.ts';

/** Reads the first line of a `layer.files` payload. @throws VarveError `malformed`, naming the object. */
export function parseInventoryHeader(line: Uint8Array, object: string): InventoryHeader {
  // The line is in memory already: no header can be too long.
  const limits = { ...DEFAULT_LIMITS, jsonBytes: line.length };
  return parseStored(InventoryHeaderSchema, line, object, limits);
}

/** Whether an inventory says that it is of a layer: whoever keeps one under another layer's name is found out. */
export function isInventoryOf(
  header: InventoryHeader,
  { diffId, uncompressedSize }: Pick<InventoryHeader, 'diffId' | 'uncompressedSize'>,
): boolean {
  return header.diffId === diffId && header.uncompressedSize === uncompressedSize;
}
