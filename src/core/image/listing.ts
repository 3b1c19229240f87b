import { canonicalBytes, canonicalJson } from '../../base/canonical-json.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import type { IndexEntry } from './manifest.ts';

/** By which programs of the containers project prefer images of one platform. */
const ZSTD = 'io.github.containers.compression.zstd';

/** How indexes list an image, as far as engines choose by it. */
export interface Listing {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Which entry it is, in the order that the indexes are walked. */
  readonly place: number;
  /** What is stated of it there, as canonical JSON. */
  readonly stated: string;
}

/** @param around the entries of the indexes that it stands in: engines choose among these by platform, too. */
export function listEntry(entry: IndexEntry, place: number, around: readonly IndexEntry[]): Listing {
  const { digest, mediaType, platform, annotations } = entry;
  const outer = around.flatMap((index) => (index.platform === undefined ? [] : [index.platform]));
  const stated = canonicalJson([platform ?? null, annotations?.[ZSTD] ?? null, outer]);
  return { digest, mediaType, place, stated };
}

/**
 * What stands for an image that engines might run instead of the chosen one. If it comes later and the same is stated of
 * both, that is its digest; else it is that of all that engines choose by.
 */
export function standFor(rival: Listing, chosen: Listing): Digest {
  const distance = rival.place - chosen.place;
  if (distance > 0 && rival.stated === chosen.stated) return rival.digest;
  const { digest, mediaType, stated } = rival;
  return digestOf(canonicalBytes({ digest, mediaType, stated, distance, chosen: chosen.stated }));
}
