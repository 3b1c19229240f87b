import type { Digest } from '../../base/digest.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import { type BaseImage, isBase } from '../../core/image/base-image.ts';
import type { Snapshot } from '../../core/snapshot/snapshot.ts';
import type { BaseSearch, BaseSubject } from './base-search.ts';

/** The base images of both sides of a comparison; null where none is known. */
export interface FoundBases {
  readonly before: BaseImage | null;
  readonly after: BaseImage | null;
}

/** The image that another one is compared with. */
export interface FormerImage extends BaseSubject {
  /** What an earlier run found out, where that is believed. */
  readonly known: BaseImage | null;
}

/**
 * Finds what two images are built on. As long as the newer one has the lowest layers of the older one, the base that is
 * known of that is not looked up again.
 */
export async function findBases(
  search: BaseSearch,
  former: FormerImage | null,
  image: BaseSubject,
): Promise<FoundBases> {
  if (former === null) return { before: null, after: await search.find(image) };
  const { diffIds, known } = former;
  if (known !== null && search.mayKeep && (await isStillBuiltOn(search, known, diffIds, image)))
    return { before: known, after: known };
  const after = await search.find(image);
  const before = known ?? (await search.find(former, true));
  if (before !== null || after === null) return { before, after };
  // An image whose hints are lost is built on the same base where it has its layers.
  return { before: isBase(image.diffIds.slice(0, after.layers), diffIds) ? after : null, after };
}

/** The base that a history states of a snapshot, where it can be one. */
export function knownBase(entry: HistoryEntry | null, { layers }: Snapshot): BaseImage | null {
  const base = entry?.baseImage ?? null;
  return base !== null && base.layers < layers.length ? base : null;
}

/** Whether an image still has the layers of a base, and does not say that it is built on another one now. */
async function isStillBuiltOn(
  search: BaseSearch,
  { layers, digest }: BaseImage,
  former: readonly Digest[],
  image: BaseSubject,
): Promise<boolean> {
  if (!isBase(former.slice(0, layers), image.diffIds)) return false;
  const hints = await search.readHints(image);
  return hints.length === 0 || hints.some((hint) => hint.digest === null || hint.digest === digest);
}
