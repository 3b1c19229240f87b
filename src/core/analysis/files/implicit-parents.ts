import type { ByteText } from '../../../base/byte-text.ts';
import { parentOf, ROOT } from '../../layer/entry-path.ts';
import type { InventoryTable } from './inventory-table.ts';

/**
 * The directories that entries stand in, at once and not further up, and that the layer does not state as directories.
 * @param rows the rows of the table sorted by path.
 */
export function findImplicitParents(table: InventoryTable, rows: readonly number[]): ByteText[] {
  const implicit = new Set<ByteText>();
  let last: ByteText | null = null;
  for (const row of rows) {
    const parent = parentOf(table.path(row));
    // Sorted paths usually come directory by directory.
    if (parent === null || parent === ROOT || parent === last) continue;
    last = parent;
    if (!implicit.has(parent) && !isStatedDirectory(table, rows, parent)) implicit.add(parent);
  }
  return [...implicit].sort();
}

/** Of several statements of a path, the last counts. */
function isStatedDirectory(table: InventoryTable, rows: readonly number[], path: ByteText): boolean {
  const row = table.lastRow(rows, path);
  return row !== null && table.type(row) === 'dir';
}
