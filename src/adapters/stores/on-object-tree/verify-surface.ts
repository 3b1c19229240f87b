import { toVarveError } from '../../../base/errors.ts';
import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import { damageOf, danglingItem, foreignObject } from '../../../core/surface/damage.ts';
import { examineStoredItem } from '../../../core/surface/examine-item.ts';
import type { ItemKey } from '../../../core/surface/item.ts';
import { SURFACE_KIND } from '../../../core/surface/keys.ts';
import {
  MANIFESTS,
  manifestPath,
  PAYLOADS,
  parseManifestPath,
  parsePayloadPath,
} from '../../../core/surface/paths.ts';
import { compressedLimit } from '../../../core/surface/payload-codec.ts';
import { parseSurfaceManifest } from '../../../core/surface/surface-manifest.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import { MANIFEST_BYTES } from '../object-limits.ts';
import type { ListedObject, ObjectTree } from '../object-tree.ts';

/** A payload younger than this many milliseconds may be waiting for its manifest, which its writer names next. */
const GRACE = 3600_000;

/**
 * Reads every manifest and payload, and yields what is damaged, misplaced, alone or cannot be read.
 * @param now the clock, in milliseconds since 1970.
 */
export async function* verifySurface(tree: ObjectTree, now: () => number): AsyncGenerator<Damage> {
  for await (const object of tree.list(MANIFESTS)) yield* verifyManifest(tree, object);
  for await (const object of tree.list(PAYLOADS)) yield* verifyPlace(tree, object, now);
}

async function* verifyManifest(tree: ObjectTree, { path, foreign }: ListedObject): AsyncGenerator<Damage> {
  const key = parseManifestPath(path);
  if (key === null || foreign) {
    yield foreignObject(path);
    return;
  }
  try {
    if (key.kind === SURFACE_KIND) yield* verifySurfaceManifest(tree, key, path);
    else yield* verifyItem(tree, key, path);
  } catch (fault) {
    const { kind, object = path } = toVarveError(fault);
    if (kind === 'internal') throw fault;
    yield damageOf(object, fault);
  }
}

async function* verifyItem(tree: ObjectTree, key: ItemKey, path: string): AsyncGenerator<Damage> {
  const damage = await examineStoredItem(key, path, {
    readManifest: () => tree.read(path, MANIFEST_BYTES),
    readPayload: (object, sizeBytes) => tree.read(object, compressedLimit(sizeBytes)),
  });
  if (damage !== null) yield damage;
}

async function* verifySurfaceManifest(
  tree: ObjectTree,
  { tenant, digest }: ItemKey,
  path: string,
): AsyncGenerator<Damage> {
  const bytes = await tree.read(path, DEFAULT_LIMITS.jsonBytes);
  if (bytes === null) return;
  for (const item of parseSurfaceManifest(bytes, { tenant, digest }, path).artifacts) {
    const key = { tenant, kind: item.kind, digest: item.digest };
    if (!(await tree.has(manifestPath(key)))) yield danglingItem(path, item);
  }
}

/** Payloads are read with their manifests; here it is asked whether each has one. */
async function* verifyPlace(
  tree: ObjectTree,
  { path, foreign }: ListedObject,
  now: () => number,
): AsyncGenerator<Damage> {
  const payload = parsePayloadPath(path);
  if (payload === null || foreign) {
    yield foreignObject(path);
    return;
  }
  if (await tree.has(manifestPath(payload.key))) return;
  const isSettled = now() - ((await tree.writtenAt(path)) ?? now()) > GRACE;
  if (isSettled) yield { object: path, problem: 'has no manifest' };
}
