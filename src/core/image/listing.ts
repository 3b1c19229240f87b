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

/** An image that a place leads to as well, and that is not looked at. */
export interface PassedOverImage {
  /** What two places are compared by. Of an image that nothing odd is stated of, its own digest. */
  readonly stands: Digest;
  /** Its own digest; left out where only what stands for it was kept. */
  readonly digest?: Digest;
}

export const passOver = (digest: Digest): PassedOverImage => ({ stands: digest, digest });

/** @param around the entries of the indexes that it stands in: engines choose among these by platform, too. */
export function listEntry(entry: IndexEntry, place: number, around: readonly IndexEntry[]): Listing {
  const { digest, mediaType, platform, annotations } = entry;
  const outer = around.flatMap((index) => (index.platform === undefined ? [] : [index.platform]));
  const stated = canonicalJson([platform ?? null, annotations?.[ZSTD] ?? null, outer]);
  return { digest, mediaType, place, stated };
}

/**
 * An image that engines might run instead of the chosen one. If it comes later and the same is stated of both, its digest
 * stands for it; else all that engines choose by.
 */
export function passOverRival(rival: Listing, chosen: Listing): PassedOverImage {
  const distance = rival.place - chosen.place;
  if (distance > 0 && rival.stated === chosen.stated) return passOver(rival.digest);
  const { digest, mediaType, stated } = rival;
  const stands = digestOf(canonicalBytes({ digest, mediaType, stated, distance, chosen: chosen.stated }));
  return { stands, digest };
}
