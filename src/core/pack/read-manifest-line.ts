import * as v from 'valibot';
import { digestOf } from '../../base/digest.ts';
import { parseShallowJson } from '../../base/strict-json.ts';
import { parseItemManifest } from '../surface/item-manifest.ts';
import type { ItemManifest, SurfaceManifest } from '../surface/manifest.ts';
import { parseSurfaceManifest } from '../surface/surface-manifest.ts';
import { DigestSchema, KindSchema } from '../words/schemas.ts';
import { malformed } from '../words/stored-json.ts';

export type ManifestLine =
  | { readonly type: 'item'; readonly manifest: ItemManifest }
  | { readonly type: 'image'; readonly manifest: SurfaceManifest };

const ItemLineSchema = v.looseObject({ kind: KindSchema, digest: DigestSchema });

/**
 * Reads a line of a pack's manifests.
 * @param object names the line in errors.
 * @throws VarveError `malformed`, also for a manifest of another tenant.
 */
export function readManifestLine(line: Uint8Array, tenant: string, object: string): ManifestLine {
  const value = parseJson(line, object);
  const item = v.safeParse(ItemLineSchema, value);
  if (!item.success) {
    const manifest = parseSurfaceManifest(line, { tenant, digest: digestOf(line) }, object);
    return { type: 'image', manifest };
  }
  const { kind, digest } = item.output;
  return { type: 'item', manifest: parseItemManifest(line, { tenant, kind, digest }, object) };
}

function parseJson(line: Uint8Array, object: string): unknown {
  try {
    return parseShallowJson(Buffer.from(line).toString('utf8'));
  } catch (fault) {
    throw malformed(object, 'is not JSON', fault);
  }
}
