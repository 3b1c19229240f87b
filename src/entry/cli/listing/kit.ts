import { formatCount, formatNumber, formatSize } from '../../../base/human-size.ts';
import type { KitSummary } from '../../../core/kit/kit-summary.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import { displayName } from '../../../core/report/visible.ts';
import { formatPlatform } from '../../../core/words/platform.ts';
import type { Terminal } from '../terminal/describe-terminal.ts';

const NAME_LENGTH = 40;

/** What a kit has, for people: what it weighs, its snapshots, its items by kind. @param headline what stands before its size. */
export function kitLines(
  { files, bytes, history, items, requires }: KitSummary,
  headline: string,
  { palette }: Pick<Terminal, 'palette'>,
): string[] {
  const names = history.map(({ name, platform, snapshots, from, to }) => {
    const days = [...new Set([from.slice(0, 10), to.slice(0, 10)])].join(' to ');
    const what = `${formatCount(snapshots, 'snapshot')}, ${days}`;
    return `  ${palette.accent(escapeTerminal(displayName(name, NAME_LENGTH)))}  ${escapeTerminal(formatPlatform(platform))}  ${palette.muted(what)}`;
  });
  const counts = items.map(({ count }) => formatNumber(count));
  const width = Math.max(0, ...counts.map(({ length }) => length));
  const kinds = items.map(
    ({ kind, bytes: size }, at) =>
      `  ${formatSize(size).padStart(8)}  ${(counts[at] ?? '').padStart(width)}  ${escapeTerminal(kind)}`,
  );
  const needs =
    requires === 0 ? [] : [`It requires ${formatCount(requires, 'item')} that the receiver has already.`];
  const total = `${palette.strong(headline)}: ${formatSize(bytes)} in ${formatCount(files, 'file')}`;
  return [total, ...names, ...kinds, ...needs];
}
