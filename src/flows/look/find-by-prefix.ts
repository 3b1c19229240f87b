import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { passOver, readSound } from '../../core/surface/damage.ts';
import { SNAPSHOT_KIND, SURFACE_KIND } from '../../core/surface/keys.ts';
import { chooseByPrefix, type DigestPrefix, parseDigestPrefix } from '../../core/words/digest-prefix.ts';

/** Whether a text may name a stored snapshot by the beginning of its digest. */
export const mayBeSnapshot = (text: string): boolean => parseDigestPrefix(text) !== null;

/**
 * Completes the beginning of a snapshot's digest.
 * @returns any other text as it is; so too a text that may be an image and is not the beginning of a digest here.
 * @throws VarveError `bad-reference` where it is the beginning of several; `not-in-store`.
 */
export async function completeSnapshot(store: Store, tenant: string, text: string): Promise<string> {
  const prefix = parseDigestPrefix(text);
  if (prefix === null) return text;
  const digest = await completeItem(store, tenant, SNAPSHOT_KIND, prefix);
  // A whole digest is complete, whether it is of a snapshot here or not.
  if (digest !== null && (digest !== text || (await readSnapshot(store.surface, tenant, digest))))
    return digest;
  if (!prefix.isCertain) return text;
  throw new VarveError('not-in-store', `${store.location} has no snapshot ${text}`, {
    object: text,
    hint: 'varve history NAME lists the snapshots of a name, varve surface list --kind image.snapshot all of them',
  });
}

/**
 * Finds the item whose digest begins so, of whatever kind; null where the store has none.
 * @throws VarveError `bad-reference` where several digests begin so, or one is that of items of several kinds.
 */
export async function findItem(
  store: Store,
  tenant: string,
  prefix: DigestPrefix,
): Promise<{ readonly kind: string; readonly digest: Digest } | null> {
  const { surface } = store;
  const kinds = new Map<Digest, Set<string>>();
  const note = (digest: Digest, kind: string) =>
    kinds.set(digest, (kinds.get(digest) ?? new Set()).add(kind));
  for await (const { digest, kind } of surface.list({ tenant, onDamage: passOver })) note(digest, kind);
  for await (const { digest } of surface.listSurfaceManifests({ tenant, onDamage: passOver }))
    note(digest, SURFACE_KIND);
  const digest = chooseByPrefix(prefix, kinds.keys(), 'items');
  const [kind, ...others] = digest === null ? [] : (kinds.get(digest) ?? []);
  if (digest === null || kind === undefined) return null;
  if (others.length === 0) return { kind, digest };
  throw new VarveError('bad-reference', `items of several kinds have the digest ${digest}`, {
    object: digest,
    hint: `write the kind first: ${[kind, ...others].map((each) => `${each}@${digest.slice(0, 19)}`).join(', ')}`,
  });
}

/** Completes the beginning of the digest of an item; null where the store has none that begins so. */
export async function completeItem(
  { surface }: Store,
  tenant: string,
  kind: string,
  prefix: DigestPrefix,
): Promise<Digest | null> {
  const items: AsyncIterable<{ readonly digest: Digest }> =
    kind === SURFACE_KIND
      ? surface.listSurfaceManifests({ tenant, onDamage: passOver })
      : surface.list({ tenant, kind, onDamage: passOver });
  const digests = (await Array.fromAsync(items)).map(({ digest }) => digest);
  return chooseByPrefix(prefix, digests, `items of kind ${kind}`);
}

/** Completes the beginning of the digest or diffID of a layer that a stored snapshot has; null where none has it. */
export async function completeLayer(
  { surface }: Store,
  tenant: string,
  prefix: DigestPrefix,
): Promise<Digest | null> {
  const digests = new Set<Digest>();
  for await (const { digest } of surface.list({ tenant, kind: SNAPSHOT_KIND, onDamage: passOver })) {
    const snapshot = await readSound(digest, passOver, () => readSnapshot(surface, tenant, digest));
    for (const layer of snapshot?.layers ?? []) {
      digests.add(layer.diffId);
      if (layer.digest !== null) digests.add(layer.digest);
    }
  }
  return chooseByPrefix(prefix, digests, 'layers');
}
