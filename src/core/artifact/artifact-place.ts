import type { Digest } from '../../base/digest.ts';
import type { Limits } from '../../base/limits.ts';
import type { RangeSource } from '../../base/range-source.ts';

/** Port: where artifacts are kept: a repository of a registry, or an image layout. */
export interface ArtifactPlace {
  /** How a user names it. */
  readonly location: string;

  /** Keeps a blob, verified. Returns false when it was there already. @throws VarveError `denied`, `unreachable`. */
  pushBlob(digest: Digest, source: RangeSource): Promise<boolean>;
  /**
   * Keeps a manifest, whose blobs are there, and lets a tag name it.
   * @param tag null for none: it is found by its digest alone.
   */
  pushManifest(
    manifest: { readonly bytes: Uint8Array; readonly mediaType: string },
    tag: string | null,
  ): Promise<void>;
  /** The bytes of a manifest, those of a digest verified; null when there is none. */
  fetchManifest(reference: string, limits: Limits): Promise<Uint8Array | null>;
  /** The bytes of a blob, not verified. Reading throws VarveError `blob-missing`, `denied`, `unreachable`. */
  readBlob(blob: { readonly digest: Digest; readonly size: number }): AsyncIterable<Uint8Array>;
  /** All tags, in any order; none where nothing is. */
  listTags(limits: Limits): Promise<readonly string[]>;
}
