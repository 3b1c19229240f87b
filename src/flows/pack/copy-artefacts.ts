import { toVarveError, VarveError } from '../../base/errors.ts';
import type { Store } from '../../core/store/store.ts';
import type { Artefact, ArtefactKey } from '../../core/surface/artefact.ts';
import type { SurfaceArtifact } from '../../core/surface/manifest.ts';
import { type Origin, packArtefact } from '../../core/surface/pack-artefact.ts';
import { readPayload } from '../../core/surface/read-payload.ts';
import { keyOfArtifact } from '../../core/surface/surface-manifest.ts';

/**
 * Copies what a surface manifest lists from one store to another; what the other has already is left alone.
 * @throws VarveError `artefact-not-found` when the first store lacks one.
 */
export async function copyArtefacts(
  from: Store,
  to: Store,
  origin: Origin,
  artifacts: readonly SurfaceArtifact[],
): Promise<void> {
  const missing: Artefact[] = [];
  for (const artifact of artifacts) {
    const key = keyOfArtifact(artifact);
    if (await isHeld(to, key)) continue;
    const bytes = await readPayload(from.surface, key);
    if (bytes === null) {
      throw new VarveError('artefact-not-found', `${from.location} has no ${key.kind} ${key.digest}`, {
        object: artifact.uri,
      });
    }
    missing.push(packArtefact(origin, artifact.kind, bytes, artifact.format));
  }
  await to.surface.put(missing);
}

/** What is damaged is not held: it is put again. */
async function isHeld({ surface }: Store, key: ArtefactKey): Promise<boolean> {
  try {
    return (await surface.getManifest(key)) !== null;
  } catch (fault) {
    if (toVarveError(fault).kind !== 'bytes') throw fault;
    return false;
  }
}
