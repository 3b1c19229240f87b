import type { Fragment } from '../../core/analysis/fragment.ts';
import type { KnownFragment } from '../../core/snapshot/known-fragments.ts';
import { openPayload } from '../../core/surface/payload-codec.ts';
import { collect, readPayload } from '../../core/surface/read-payload.ts';
import type { SurfaceStore } from '../../core/surface/surface-store.ts';

/** A fragment that the store has, or one that was made just now and is still to be stored. */
export type AnalyzedFragment = KnownFragment | Fragment;

/** Tells a fragment that is still to be stored. */
export function isFresh(fragment: AnalyzedFragment): fragment is Fragment {
  return 'compressed' in fragment;
}

/**
 * The verified payload of a fragment, wherever it is; null where the store has lost it.
 * @throws VarveError for damage in the store.
 */
export async function readFragment(
  surface: SurfaceStore,
  tenant: string,
  fragment: AnalyzedFragment,
): Promise<Buffer | null> {
  const { kind, digest, sizeBytes } = fragment;
  if (!isFresh(fragment)) return readPayload(surface, { tenant, kind, digest });
  return collect(openPayload(fragment.compressed, { digest, sizeBytes, object: `${kind} ${digest}` }));
}
