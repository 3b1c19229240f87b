import { digestOf, hexOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../base/limits.ts';
import type { HistoryEntry } from '../history/history.ts';
import { parseJsonObject } from '../image/raw-document.ts';
import type { ArtifactPlace } from './artifact-place.ts';

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

/** A branch as a tag; one that a tag cannot spell gets a hash. */
function branchTag(prefix: string, branch: string): string {
  const spelled = `${prefix}${branch}`;
  if (/^\w[\w.-]*$/.test(spelled) && spelled.length <= LONGEST_TAG && !isTaken(branch)) return spelled;
  const safe = `${prefix}branch-${branch.replaceAll(/[^\w.-]+/g, '-')}`;
  return `${safe.slice(0, LONGEST_TAG - 9)}-${hexOf(digestOf(branch)).slice(0, 8)}`;
}

/** Branches that are called as something else is: `latest`, a day, an entry's tag, a fall-back tag of referrers. */
function isTaken(branch: string): boolean {
  return branch === DEFAULT_TAG || /^(?:\d{4}-\d{2}-\d{2}$|h-|sha256-)/.test(branch);
}

/**
 * Whether a tag may name an artifact from now on: it names none, or one of the same type. Images and artifacts of
 * others keep their tags, since a pull by such a tag would give something else.
 * @throws VarveError `denied`, `unreachable`.
 */
export async function mayTakeTag(place: ArtifactPlace, tag: string, artifactType: string): Promise<boolean> {
  try {
    const present = await place.fetchManifest(tag, DEFAULT_LIMITS);
    return present === null || parseJsonObject(present, tag).artifactType === artifactType;
  } catch (fault) {
    // What cannot be read is nothing of ours.
    if (fault instanceof VarveError && fault.kind === 'bytes') return false;
    throw fault;
  }
}

/** The same for a tag that somebody asked for. @throws VarveError `bad-option` where it may not. */
export async function verifyTag(place: ArtifactPlace, tag: string, artifactType: string): Promise<void> {
  if (await mayTakeTag(place, tag, artifactType)) return;
  throw new VarveError('bad-option', `the tag ${tag} of ${place.location} already names something else`, {
    object: tag,
    hint: 'choose another tag, or remove this one first',
  });
}
