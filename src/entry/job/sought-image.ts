import { VarveError } from '../../base/errors.ts';
import { type BuiltImage, placesOf } from '../../core/image/built-image.ts';
import type { Settings } from '../settings/catalogue.ts';
import { readBuildMetadata } from './read-build-metadata.ts';

/** Which image is meant: where it may be, and which one it must be. */
export interface SoughtImage {
  readonly references: readonly string[];
  /** Null where no build reported it. */
  readonly built: BuiltImage | null;
}

/** The settings that say what a build made. */
export type BuildSettings = Pick<Settings, 'metadata' | 'target' | 'max-json-bytes'>;

/** What is wrong with how the image is named, before anything is read; null when nothing is. */
export function complainOfImage(
  references: readonly string[] = [],
  { metadata, target }: Partial<Pick<BuildSettings, 'metadata' | 'target'>>,
): VarveError | null {
  if (metadata !== undefined) return null;
  if (target !== undefined) {
    return new VarveError('bad-option', 'target is given without metadata', {
      hint: 'give metadata too, or leave target out',
    });
  }
  if (references.length > 0) return null;
  return new VarveError('bad-option', 'neither an image nor the metadata of a build is given', {
    hint: 'name the image that was built, or give the metadata file that buildx wrote (metadata)',
  });
}

/**
 * Puts together what names the image: references, what a build reported, or both; with both, the image at the
 * references must be the one that was built.
 * @throws VarveError `bad-option` when neither is given; as reading the metadata does.
 */
export async function readSoughtImage(
  references: readonly string[],
  { metadata, target, 'max-json-bytes': jsonBytes }: BuildSettings,
): Promise<SoughtImage> {
  const complaint = complainOfImage(references, { metadata, target });
  if (complaint !== null) throw complaint;
  if (metadata === undefined) return { references, built: null };
  const built = await readBuildMetadata(metadata, target, { jsonBytes });
  if (references.length > 0) return { references, built };
  if (built.names.length > 0) return { references: placesOf(built), built };
  throw new VarveError('bad-option', `${built.object} does not give the image a name`, {
    object: built.object,
    hint: 'say where it is too (input image), such as oci:DIR; or give the build a tag',
  });
}
