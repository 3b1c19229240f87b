import { overallKind } from '../report/headline.ts';
import type { ImageReport, Report } from '../report/report.ts';
import { baseBump } from '../report/upstream.ts';

/** When a pull request gets a comment. One that is there already is always brought up to date, unless by `never`. */
export const COMMENT_RULES = ['notable', 'on-change', 'always', 'never'] as const;
export type CommentRule = (typeof COMMENT_RULES)[number];

/** Whether what a run has to say is worth a new comment. */
export function isWorthSaying(report: Report, rule: CommentRule): boolean {
  switch (rule) {
    case 'never':
      return false;
    case 'always':
      return true;
    case 'on-change':
      return isChange(report);
    case 'notable':
      return isChange(report) && (isWhole(report) ? report.images.some(isNotable) : true);
  }
}

function isChange(report: Report): boolean {
  return report.failures.length > 0 || ['changed', 'incomplete', 'new'].includes(overallKind(report));
}

/** Whether the same platforms are there as before, and all of each was compared. */
const isWhole = ({ images, gone, failures }: Report): boolean =>
  gone.length + failures.length === 0 &&
  !images.some(({ outcome }) => ['new', 'incomplete'].includes(outcome.kind));

/** A size that changes by less than so many bytes, or by less than such a share, is not worth a word by itself. */
const NOTABLE_BYTES = 1_000_000;
const NOTABLE_SHARE = 0.01;

function isNotable(image: ImageReport): boolean {
  const { change, settings, files, attention, size } = image;
  if (change === null || change.comparison.changed === false) return false;
  const delta = Math.abs(size.compressedDelta ?? size.uncompressedDelta ?? 0);
  const before =
    (size.compressed ?? size.uncompressed) - (size.compressedDelta ?? size.uncompressedDelta ?? 0);
  return (
    settings === null ||
    settings.length > 0 ||
    files === null ||
    attention.length > 0 ||
    baseBump(image) !== null ||
    files.privileged.length > 0 ||
    (delta >= NOTABLE_BYTES && delta >= before * NOTABLE_SHARE) ||
    (change.advice.length > 0 && (size.pull ?? 0) >= NOTABLE_BYTES)
  );
}
