import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { damageOf } from '../../../core/surface/damage.ts';
import type { ItemKey } from '../../../core/surface/item.ts';
import { formatOf, parseItemManifest } from '../../../core/surface/item-manifest.ts';
import { SURFACE_KIND } from '../../../core/surface/keys.ts';
import {
  MANIFESTS,
  manifestPath,
  PAYLOADS,
  parseManifestPath,
  parsePayloadPath,
  payloadPath,
} from '../../../core/surface/paths.ts';
import { verifyPayload } from '../../../core/surface/payload-codec.ts';
import { parseSurfaceManifest } from '../../../core/surface/surface-manifest.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import type { FileTree } from '../../filesystem/file-tree.ts';
import { type WalkedFile, walk } from '../../filesystem/walk.ts';
import { compressedLimit, MANIFEST_BYTES } from '../object-limits.ts';

/** A payload younger than this many milliseconds may be waiting for its manifest, which its writer names next. */
const GRACE = 3600_000;

/**
 * Reads every manifest and payload, and yields what is damaged, misplaced or alone.
 * @param now the clock, in milliseconds since 1970.
 */
export async function* verifySurface(tree: FileTree, now: () => number): AsyncGenerator<Damage> {
  for (const file of walk(tree, MANIFESTS)) yield* verifyManifest(tree, file);
  for (const file of walk(tree, PAYLOADS)) yield* verifyPlace(tree, file, now);
}

async function* verifyManifest(tree: FileTree, { path, regular }: WalkedFile): AsyncGenerator<Damage> {
  const key = parseManifestPath(path);
  if (key === null || !regular) {
    yield { object: path, problem: 'is no object of the store' };
  } else if (key.kind === SURFACE_KIND) {
    yield* verifySurfaceManifest(tree, key, path);
  } else {
    yield* verifyItem(tree, key, path);
  }
}

async function* verifyItem(tree: FileTree, key: ItemKey, path: string): AsyncGenerator<Damage> {
  let object = path;
  try {
    const bytes = tree.read(path, MANIFEST_BYTES);
    if (bytes === null) return;
    const manifest = parseItemManifest(bytes, key, path);
    const { sizeBytes } = manifest.storage;
    object = payloadPath(key, formatOf(manifest));
    const compressed = tree.read(object, compressedLimit(sizeBytes));
    if (compressed === null) yield { object, problem: 'is missing, but has a manifest' };
    else await verifyPayload(compressed, { digest: key.digest, sizeBytes, object });
  } catch (fault) {
    yield damageOf(object, fault);
  }
}

async function* verifySurfaceManifest(
  tree: FileTree,
  { tenant, digest }: ItemKey,
  path: string,
): AsyncGenerator<Damage> {
  try {
    const bytes = tree.read(path, DEFAULT_LIMITS.jsonBytes);
    if (bytes === null) return;
    const manifest = parseSurfaceManifest(bytes, { tenant, digest }, path);
    for (const artifact of manifest.artifacts) {
      const key = { tenant, kind: artifact.kind, digest: artifact.digest };
      if (!tree.holds(manifestPath(key))) {
        yield {
          object: path,
          problem: `lists ${key.kind} ${key.digest}, which the store does not have`,
        };
      }
    }
  } catch (fault) {
    yield damageOf(path, fault);
  }
}

/** Payloads are read with their manifests; here it is asked whether each has one. */
function* verifyPlace(tree: FileTree, { path, regular }: WalkedFile, now: () => number): Generator<Damage> {
  const payload = parsePayloadPath(path);
  if (payload === null || !regular) {
    yield { object: path, problem: 'is no object of the store' };
    return;
  }
  const settled = now() - (tree.changedAt(path) ?? now()) > GRACE;
  if (settled && !tree.holds(manifestPath(payload.key))) yield { object: path, problem: 'has no manifest' };
}
