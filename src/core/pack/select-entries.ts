import type { Digest } from '../../base/digest.ts';
import type { HistoryEntry } from '../history/history.ts';
import { formatPlatform } from '../words/platform.ts';

/** What of a history goes into a pack. */
export interface SelectedEntries {
  /** The entries to list, newest first. */
  readonly history: readonly HistoryEntry[];
  /** Those of them whose snapshots come along. */
  readonly complete: readonly HistoryEntry[];
}

export interface Selection {
  /** Snapshots that come along whatever else does, such as the baseline of a pull request. */
  readonly keep: readonly Digest[];
  /** How many entries are listed at most. */
  readonly mostEntries: number;
  /** How many lines of work come along with the newest snapshot of theirs at most. */
  readonly mostLines: number;
}

/**
 * Selects what the next comparison may need of a history: the newest snapshot of each line of work, which is a branch
 * or a pull request on one platform.
 * @param entries newest first.
 */
export function selectEntries(
  entries: readonly HistoryEntry[],
  { keep, mostEntries, mostLines }: Selection,
): SelectedEntries {
  const kept = new Set(keep);
  const lines = new Set<string>();
  const complete = entries.filter((entry) => {
    const line = lineOf(entry);
    const newest = !lines.has(line) && lines.size < mostLines;
    if (newest) lines.add(line);
    return newest || kept.has(entry.snapshotDigest);
  });
  const needed = new Set(complete);
  return { history: entries.filter((entry, index) => index < mostEntries || needed.has(entry)), complete };
}

function lineOf({ platform, branch, pullRequest }: HistoryEntry): string {
  return JSON.stringify([formatPlatform(platform), pullRequest ?? branch]);
}
