import { headline } from '../../core/report/headline.ts';
import type { SnapshotImageResult } from '../../flows/snapshot-image.ts';
import type { OutputSettings } from '../run-outputs.ts';
import type { ActionOutput } from './interface.ts';

/** The outputs of a run, but for what is known at its very end; what there is nothing to say of is empty. */
export function readOutputs(
  { pointer, comparison, report, keptIn }: SnapshotImageResult,
  settings: OutputSettings,
): Record<Exclude<ActionOutput, 'published'>, string> {
  const text = (value: number | boolean | null | undefined): string => (value == null ? '' : String(value));
  const [image] = report.images;
  const size = image?.size;
  return {
    'manifest-uri': pointer.manifestUri,
    'manifest-digest': pointer.manifestDigest,
    'pointer-path': settings['pointer-path'] ?? '',
    'snapshot-digest': pointer.snapshotDigest,
    changed: text(comparison?.changed),
    headline: headline(report),
    'layers-added': text(comparison?.summary.added),
    'layers-removed': text(comparison?.summary.removed),
    'layers-rebuilt': text(comparison?.summary.rebuilt),
    'layers-reused': text(pointer.layers.reused),
    size: text(size?.compressed ?? size?.uncompressed),
    'size-delta': text(size?.compressed === null ? size.uncompressedDelta : size?.compressedDelta),
    'pull-bytes': text(size?.pull),
    'comparison-path': comparison === null ? '' : (settings['comparison-path'] ?? ''),
    'report-path': settings['report-path'] ?? '',
    'baseline-found': text(pointer.baseline !== null),
    'baseline-saved': text(keptIn !== null),
  };
}
