import type { Finding } from '../words/finding.ts';
import type { HistoryItem, ImageConfig } from './config.ts';

/** What made each layer, in the order of the layers; null where the history does not say. */
export interface LayerHistory {
  readonly items: readonly (HistoryItem | null)[];
  readonly findings: readonly Finding[];
}

/**
 * Lays a config's history along its layers, passing over the items that made none. Where the numbers differ it does as
 * BuildKit and `docker history`: both are counted from the first, and what is missing or superfluous is at the end.
 */
export function alignHistory({ rootfs, history = [] }: ImageConfig): LayerHistory {
  const count = rootfs.diff_ids.length;
  const making = history.filter((item) => item.empty_layer !== true);
  const fits = making.length === count || history.length === 0;
  return {
    items: rootfs.diff_ids.map((_, index) => making[index] ?? null),
    findings: fits ? [] : [mismatch(making.length, count)],
  };
}

function mismatch(items: number, layers: number): Finding {
  return {
    code: 'history-mismatch',
    detail: `the history has ${items} steps that make layers, for ${layers} layers`,
  };
}
