import type { Finding } from '../words/finding.ts';
import type { HistoryItem, ImageConfig } from './config.ts';

/** What made each layer, in the order of the layers; null where the history does not say. */
export interface LayerHistory {
  readonly items: readonly (HistoryItem | null)[];
  readonly findings: readonly Finding[];
}

/**
 * Lays a config's history along its layers, passing over the items that made none. Where the numbers differ it
 * does as BuildKit: missing items are missing at the end, and superfluous ones are dropped from the start.
 */
export function alignHistory({ rootfs, history = [] }: ImageConfig): LayerHistory {
  const count = rootfs.diff_ids.length;
  const making = history.filter((item) => item.empty_layer !== true);
  if (making.length >= count) {
    const extra = making.length - count;
    return { items: making.slice(extra), findings: extra === 0 ? [] : [mismatch(making.length, count)] };
  }
  const missing = new Array<null>(count - making.length).fill(null);
  return {
    items: [...making, ...missing],
    findings: history.length === 0 ? [] : [mismatch(making.length, count)],
  };
}

function mismatch(items: number, layers: number): Finding {
  return {
    code: 'history-mismatch',
    detail: `the history has ${items} steps that make layers, for ${layers} layers`,
  };
}
