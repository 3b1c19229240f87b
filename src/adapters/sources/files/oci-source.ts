import { VarveError } from '../../../base/errors.ts';
import type { Limits } from '../../../base/limits.ts';
import type { OpenedSource } from '../../../core/image/image-source.ts';
import { formatReference, type ImageReference } from '../../../core/image/reference.ts';
import { findEntry } from '../layout-contents.ts';
import { openLayoutImage } from '../layout-image.ts';
import type { ImageFiles } from './image-files.ts';
import { Layout } from './layout.ts';
import { selectEntries } from './layout-selection.ts';

/** A reference into an OCI image layout, be it a folder or an archive. */
export type LayoutReference = Extract<ImageReference, { transport: 'oci' | 'oci-archive' }>;

/** Opens an image of an OCI image layout. */
export async function openOciImage(
  files: ImageFiles,
  reference: LayoutReference,
  limits: Limits,
): Promise<OpenedSource> {
  const layout = new Layout(files, limits);
  const index = await layout.readIndexFile();
  const { tag, digest, path } = reference;
  const entries =
    digest === null
      ? await selectEntries(layout, index.manifests, tag)
      : [await findEntry(layout, index.manifests, digest)];
  if (entries.length === 0) {
    throw new VarveError('image-not-found', `${path} holds no image`, {
      object: path,
      hint: 'see that what writes images there was given this very place, and came to its end',
    });
  }
  return openLayoutImage(layout, entries, formatReference(reference));
}
