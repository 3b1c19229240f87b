import type { HistoryEntry } from '../history/history.ts';
import type { Descriptor } from '../image/descriptor.ts';
import { parseReference } from '../image/reference.ts';
import { readSnapshot } from '../surface/read-document.ts';
import type { SurfaceStore } from '../surface/surface-store.ts';

/** What an artifact refers to. */
export type Subject = Pick<Descriptor, 'mediaType' | 'digest' | 'size'>;

/**
 * The image that an entry is of, when it is in a repository: the entry's artifact, kept there too, is then found as its
 * referrer.
 * @throws VarveError as the store does.
 */
export async function subjectOfEntry(
  surface: SurfaceStore,
  { tenant, reference, snapshotDigest }: HistoryEntry,
  place: { readonly host: string; readonly repository: string },
): Promise<Subject | null> {
  if (!reference.startsWith('docker://')) return null;
  const image = parseReference(reference);
  if (image.transport !== 'docker' || image.host !== place.host || image.repository !== place.repository) {
    return null;
  }
  const manifest = (await readSnapshot(surface, tenant, snapshotDigest))?.manifest ?? null;
  return manifest && { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.size };
}
