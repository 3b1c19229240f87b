import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { HistoryEntry } from '../history/history.ts';
import { formatOf } from '../surface/item-manifest.ts';
import type { ItemManifest, SurfaceManifest } from '../surface/manifest.ts';
import { keyOfListed } from '../surface/surface-manifest.ts';
import type { SurfaceStore } from '../surface/surface-store.ts';
import { packLines } from './json-lines.ts';
import { MANIFESTS_FILE, type PackFile, payloadFileName } from './pack.ts';

/** The manifests and payloads of the snapshots that entries name. */
export async function* packImages(
  surface: SurfaceStore,
  entries: readonly HistoryEntry[],
): AsyncGenerator<PackFile> {
  const images = new Map<Digest, SurfaceManifest>();
  const items = new Map<string, ItemManifest>();
  for (const { tenant, surfaceManifestDigest } of entries) {
    const image = await sound(() => surface.getSurfaceManifest(tenant, surfaceManifestDigest));
    if (image === null) continue;
    images.set(surfaceManifestDigest, image);
    for (const key of image.artifacts.map(keyOfListed)) {
      const manifest = await sound(() => surface.getManifest(key));
      if (manifest !== null) items.set(payloadFileName(key, formatOf(manifest)), manifest);
    }
  }
  const byName = [...items].sort(([a], [b]) => (a < b ? -1 : 1));
  const byDigest = [...images].sort(([a], [b]) => (a < b ? -1 : 1));
  const manifests = [...byName, ...byDigest].map(([, manifest]) => manifest);
  yield { name: MANIFESTS_FILE, bytes: packLines(manifests) };
  for (const [name, manifest] of byName) {
    const item = await sound(() => surface.getItem(manifest));
    if (item !== null) yield { name, bytes: item.compressed };
  }
}

/** What is damaged counts as absent: it is of no use to anyone. */
async function sound<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (fault) {
    if (fault instanceof VarveError && fault.kind === 'bytes') return null;
    throw fault;
  }
}
