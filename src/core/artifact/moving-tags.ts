import { digestOf, hexOf } from '../../base/digest.ts';
import type { HistoryEntry } from '../history/history.ts';

export const DEFAULT_TAG = 'latest';

const LONGEST_TAG = 128;

/**
 * The tags that move on to each new snapshot: `latest`, the day and the branch; or of another tag than `latest`, the tag
 * itself, and day and branch behind it. Pull requests move none, since what is newest of a branch is not theirs to say.
 */
export function movingTags({ time, branch, pullRequest }: HistoryEntry, tag: string): string[] {
  if (pullRequest !== null) return [];
  const prefix = tag === DEFAULT_TAG ? '' : `${tag}-`;
  const day = time.slice(0, 10);
  return [tag, `${prefix}${day}`, ...(branch === null ? [] : [branchTag(prefix, branch)])];
}

/** A branch as a tag; one that a tag cannot spell is told from others by a hash. */
function branchTag(prefix: string, branch: string): string {
  const spelt = `${prefix}${branch}`;
  if (/^\w[\w.-]*$/.test(spelt) && spelt.length <= LONGEST_TAG && !isTaken(branch)) return spelt;
  const safe = `${prefix}branch-${branch.replaceAll(/[^\w.-]+/g, '-')}`;
  return `${safe.slice(0, LONGEST_TAG - 9)}-${hexOf(digestOf(branch)).slice(0, 8)}`;
}

/** Branches that are called as something else is: `latest`, a day, an entry's tag, a fall-back tag of referrers. */
function isTaken(branch: string): boolean {
  return branch === DEFAULT_TAG || /^(?:\d{4}-\d{2}-\d{2}$|h-|sha256-)/.test(branch);
}
