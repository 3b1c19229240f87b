import { runWithPauses } from '../../base/pausable.ts';
import { examineImage } from '../../core/attention/examine-image.ts';
import { type AttentionLine, indexNamer, tellAttention } from '../../core/report/attention.ts';
import { layerNamer } from '../../core/report/name-layer.ts';
import type { LayerFinding } from '../../core/report/report.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import type { ImageTools } from '../image/open-image.ts';
import { type MergedImageRequest, openMergedImage } from './merged-image.ts';

export interface CheckedImage {
  /** What matters most first. */
  readonly attention: readonly AttentionLine[];
  readonly findings: readonly LayerFinding[];
}

/** Finds all in an image that somebody should look at. @throws VarveError as `openMergedImage` does. */
export async function checkImage(
  tools: ImageTools & LayerTools,
  request: MergedImageRequest,
): Promise<CheckedImage> {
  const { view, layers, rootfs, findings } = await openMergedImage(tools, request);
  const { snapshot, config } = view;
  const nameLayer = indexNamer(snapshot.layers, layerNamer(snapshot.layers));
  const items = await runWithPauses(examineImage(layers, rootfs, config), tools.signal);
  return { attention: items.map((item) => tellAttention(item, nameLayer)), findings };
}
