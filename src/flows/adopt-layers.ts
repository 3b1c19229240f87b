import type { Digest } from '../base/digest.ts';
import type { CacheSubject } from '../core/cache/cache-keys.ts';
import type { SourceLayer } from '../core/image/image-source.ts';
import type { Snapshot, SnapshotLayer } from '../core/snapshot/snapshot.ts';
import type { Store } from '../core/store.ts';
import { formatOf } from '../core/surface/artefact-manifest.ts';
import type { SurfaceArtifact } from '../core/surface/manifest.ts';
import type { Origin } from '../core/surface/pack-artefact.ts';
import { readSnapshot } from '../core/surface/read-document.ts';
import { artifactOf } from '../core/surface/surface-manifest.ts';
import { copyArtefacts } from './copy-artefacts.ts';

/**
 * Lets a run's own store know what a baseline store knows of the layers of an image, so that they need not be read.
 * What the baseline claims of a blob is taken over only where manifest and config of the image say the same.
 * @throws VarveError when the run's own store cannot be written.
 */
export async function adoptLayers(
  from: Store,
  to: Store,
  image: {
    readonly subject: CacheSubject;
    readonly layers: readonly SourceLayer[];
    readonly origin: Origin;
  },
): Promise<void> {
  const { subject, layers, origin } = image;
  const { tenant, name, platform } = subject;
  const seen = new Set<Digest>();
  for await (const { snapshotDigest } of from.history.list({ tenant, name, platform })) {
    if (seen.has(snapshotDigest)) continue;
    seen.add(snapshotDigest);
    const snapshot = await readSnapshot(from.surface, tenant, snapshotDigest);
    const shared = snapshot === null ? [] : sharedLayers(snapshot, layers);
    if (snapshot === null || shared.length === 0) continue;
    const fragments = await Promise.all(shared.map((layer) => fragmentsOf(from, tenant, layer)));
    await copyArtefacts(from, to, origin, fragments.flat());
    await to.layers.record(tenant, { ...snapshot, layers: shared });
  }
}

/** The layers of a snapshot that an image claims to have, and that contradict none of its claims. */
function sharedLayers(snapshot: Snapshot, layers: readonly SourceLayer[]): SnapshotLayer[] {
  const claims = new Map(
    layers.flatMap(({ digest, address, diffId }) => [
      [digest, diffId],
      [address, diffId],
    ]),
  );
  const diffIds = new Set(layers.map(({ diffId }) => diffId));
  return snapshot.layers.filter(
    ({ digest, diffId }) => diffIds.has(diffId) && (claims.get(digest) ?? diffId) === diffId,
  );
}

/** The fragments of a layer that a store still has. */
async function fragmentsOf(
  { surface }: Store,
  tenant: string,
  { fragments }: SnapshotLayer,
): Promise<SurfaceArtifact[]> {
  const found = fragments.map(async ({ kind, digest }) => {
    const manifest = await surface.getManifest({ tenant, kind, digest });
    if (manifest === null) return null;
    const key = { tenant, kind, digest };
    return artifactOf({ key, format: formatOf(manifest), sizeBytes: manifest.storage.sizeBytes });
  });
  return (await Promise.all(found)).filter((artifact) => artifact !== null);
}
