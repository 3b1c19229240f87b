import { headline } from '../../core/report/headline.ts';
import { type MarkdownOptions, renderMarkdown } from '../../core/report/markdown/render-markdown.ts';
import { renderTrend } from '../../core/report/markdown/render-trend.ts';
import type { SizeFacts } from '../../core/report/measure.ts';
import type { Report } from '../../core/report/report.ts';
import { measureImage } from '../../core/snapshot/image-size.ts';
import { formatPlatform } from '../../core/words/platform.ts';
import { comparisonOf } from '../../flows/snapshot/run-documents.ts';
import type { SnapshotImageResult } from '../../flows/snapshot/snapshot-image.ts';
import type { Environment } from '../host/host.ts';
import { addToJobSummary, SUMMARY_LIMIT } from '../host/job-summary.ts';
import type { WrittenDocuments } from '../job/write-documents.ts';
import type { ActionOutput } from './interface.ts';

/**
 * The outputs of a run, except those that are known only when it ends; an output without a value is empty. With several
 * platforms, numbers are sums and digests are listed one on each line.
 */
export function readOutputs(
  result: SnapshotImageResult,
  documents: WrittenDocuments,
): Record<Exclude<ActionOutput, 'published'>, string> {
  const { platforms, report } = result;
  const pointers = platforms.map(({ pointer }) => pointer);
  const summaries = platforms.flatMap(({ change }) => change?.comparison.summary ?? []);
  const sizes = report.images.map(({ size }) => size);
  return {
    platforms: lines(report.images.map(({ platform }) => platform)),
    'manifest-uri': lines(pointers.map(({ manifestUri }) => manifestUri)),
    'manifest-digest': lines(pointers.map(({ manifestDigest }) => manifestDigest)),
    'pointer-path': documents.pointer ?? '',
    'snapshot-digest': lines(pointers.map(({ snapshotDigest }) => snapshotDigest)),
    changed: text(comparisonOf(result)?.changed),
    headline: headline(report),
    'layers-added': text(sum(summaries.map(({ added }) => added))),
    'layers-removed': text(sum(summaries.map(({ removed }) => removed))),
    'layers-rebuilt': text(sum(summaries.map(({ rebuilt }) => rebuilt))),
    'layers-reused': text(sum(pointers.map(({ layers }) => layers.reused))),
    size: text(sum(sizes.map(({ compressed, uncompressed }) => compressed ?? uncompressed))),
    'size-delta': text(sum(sizes.map(deltaOf))),
    'pull-bytes': text(sum(sizes.map(({ pull }) => pull))),
    'comparison-path': documents.comparison ?? '',
    'result-path': documents.result ?? '',
    'report-path': documents.report ?? '',
    'baseline-found': text(pointers.some(({ baseline }) => baseline !== null)),
    'baseline-saved': text(platforms.every(({ keptIn }) => keptIn !== null)),
    'comment-url': '',
    'kit-path': '',
  };
}

const deltaOf = ({ compressed, compressedDelta, uncompressedDelta }: SizeFacts): number | null =>
  compressed === null ? uncompressedDelta : compressedDelta;

const lines = (texts: readonly string[]): string => texts.join('\n');

const text = (value: number | boolean | null | undefined): string => (value == null ? '' : String(value));

/** The sum of what is known; null where nothing is. */
function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

/** Adds the report to the job summary, where there is one. */
export async function writeJobSummary(
  report: Report,
  environment: Environment,
  { trends, ...options }: Pick<MarkdownOptions, 'whole' | 'source'> & { readonly trends: readonly string[] },
): Promise<void> {
  if (!environment.GITHUB_STEP_SUMMARY) return;
  const room = SUMMARY_LIMIT - trends.reduce((sum, trend) => sum + Buffer.byteLength(trend) + 2, 0);
  const markdown = renderMarkdown(report, { limit: room, ...options });
  await addToJobSummary([markdown, ...trends].join('\n'), environment);
}

/** How the sizes of a run's images developed, each as Markdown; none where too little is known. */
export function tellTrends({ platforms }: SnapshotImageResult): readonly string[] {
  const isSeveral = platforms.length > 1;
  return platforms.slice(0, MOST_TRENDS).flatMap(({ entry, recalled, taken }) => {
    const own = { entry, size: measureImage(taken.snapshot) };
    const points = [...recalled.toReversed(), own].map(({ entry: { commit, time }, size }) => ({
      ...{ commit, time, size },
    }));
    return renderTrend(points, isSeveral ? formatPlatform(entry.platform) : null) ?? [];
  });
}

/** GitHub draws each chart in a frame of its own, which takes a while. */
const MOST_TRENDS = 5;
