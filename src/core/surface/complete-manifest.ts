import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { SURFACE_KIND } from './keys.ts';
import type { ListedItem, SurfaceManifest } from './manifest.ts';
import { keyOfListed } from './surface-manifest.ts';
import type { SurfaceStore } from './surface-store.ts';

const SHOWN = 3;

/**
 * A surface manifest, all of whose items the store has too; null when it is absent itself.
 * @throws VarveError `not-in-store` that names what lacks; as the store does for damage.
 */
export async function getCompleteManifest(
  surface: SurfaceStore,
  tenant: string,
  digest: Digest,
): Promise<SurfaceManifest | null> {
  const manifest = await surface.getSurfaceManifest(tenant, digest);
  if (manifest === null) return null;
  const lacking = await findLacking(surface, manifest);
  if (lacking.length === 0) return manifest;
  const shown = lacking.slice(0, SHOWN).map((item) => `${item.kind}@${item.digest}`);
  const more = lacking.length > SHOWN ? ` and ${lacking.length - SHOWN} more` : '';
  throw new VarveError(
    'not-in-store',
    `${SURFACE_KIND} ${digest} lists what ${surface.location} does not have: ${shown.join(', ')}${more}`,
    {
      object: digest,
      hint: 'what had expired was deleted, or it was never copied here: take a snapshot of the image again, or import what lacks',
    },
  );
}

/** What a surface manifest lists and a store does not have. */
export async function findLacking(
  surface: SurfaceStore,
  { artifacts }: SurfaceManifest,
): Promise<readonly ListedItem[]> {
  const found = await Promise.all(artifacts.map((item) => surface.getManifest(keyOfListed(item))));
  return artifacts.filter((_, at) => found[at] === null);
}
