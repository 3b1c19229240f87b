import { toVarveError } from '../../base/errors.ts';
import type { Pointer } from '../../core/run/pointer.ts';
import type { Store } from '../../core/store/store.ts';
import { COMPARISON_KIND, SNAPSHOT_KIND, SURFACE_KIND } from '../../core/surface/keys.ts';
import type { Damage } from '../../core/surface/surface-store.ts';

/** Reads and verifies all that a pointer names; what is lost is damage as well. */
export async function* verifyRun({ surface }: Store, pointer: Pointer): AsyncGenerator<Damage> {
  const { tenant } = pointer.run;
  const { manifestDigest } = pointer;
  const ofManifest = await probe(`${SURFACE_KIND} ${manifestDigest}`, () =>
    surface.getSurfaceManifest(tenant, manifestDigest),
  );
  if (ofManifest !== null) yield ofManifest;
  const items = [
    ...[...pointer.manifest.artifacts, ...(pointer.runtimeEvents ?? [])].map(({ kind, digest }) => ({
      kind,
      digest,
    })),
    { kind: SNAPSHOT_KIND, digest: pointer.snapshotDigest },
    ...(pointer.comparison === null ? [] : [{ kind: COMPARISON_KIND, digest: pointer.comparison.digest }]),
  ];
  const unique = new Map(items.map((item) => [`${item.kind} ${item.digest}`, item]));
  for (const [object, item] of unique) {
    const damage = await probe(object, async () => {
      const payload = await surface.getPayload({ tenant, ...item });
      // Its bytes are verified as they come.
      if (payload !== null) for await (const _ of payload);
      return payload;
    });
    if (damage !== null) yield damage;
  }
}

/** @returns what is wrong with an object; null when it is there and sound. */
async function probe(object: string, read: () => Promise<unknown>): Promise<Damage | null> {
  try {
    return (await read()) === null ? { object, problem: 'the store does not have it' } : null;
  } catch (fault) {
    const error = toVarveError(fault);
    if (error.kind !== 'bytes') throw error;
    return { object, problem: error.message };
  }
}
