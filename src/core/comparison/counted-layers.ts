import type { Comparison } from './comparison.ts';

/** Indices of the target layers that gave or took away files that count; null where files were not compared. */
export function countedLayers({ files }: Comparison): ReadonlySet<number> | null {
  return files && new Set(files.entries.flatMap(({ layer, volatile }) => (volatile ? [] : (layer ?? []))));
}
