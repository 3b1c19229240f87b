import { toVarveError, VarveError } from '../../base/errors.ts';
import { malformed, parseStored } from '../words/stored-json.ts';
import { type ItemKey, type PayloadFormat, SURFACE_SCHEMA, type SurfaceItem } from './item.ts';
import { contentTypeOf, formatOfContentType, SURFACE_KIND } from './keys.ts';
import { type ItemManifest, ItemManifestSchema } from './manifest.ts';
import { payloadObjectKey } from './paths.ts';
import { laterExpiry } from './retention.ts';

/**
 * The manifest of an item that is stored for the first time.
 * @throws VarveError `bad-option` for the kind of surface manifests, which have no payload.
 */
export function buildItemManifest(item: SurfaceItem): ItemManifest {
  const { key, format } = item;
  if (key.kind === SURFACE_KIND) {
    throw new VarveError('bad-option', `an item cannot be of kind ${SURFACE_KIND}`, { object: key.kind });
  }
  return {
    schema: SURFACE_SCHEMA,
    tenant: key.tenant,
    kind: key.kind,
    digest: key.digest,
    createdAt: item.createdAt,
    expiresAt: item.expiresAt,
    source: { ...item.source },
    storage: {
      bucket: 'surface-cache',
      objectKey: payloadObjectKey(key, format),
      sizeBytes: item.sizeBytes,
      contentType: contentTypeOf(format),
    },
    integrity: { hash: key.digest, signature: null },
  };
}

/** The item that a stored manifest and its stored payload are: putting it gives the same manifest again. */
export function storedItem(manifest: ItemManifest, compressed: Uint8Array): SurfaceItem {
  const { tenant, kind, digest, createdAt, expiresAt, source, storage } = manifest;
  const key = { tenant, kind, digest };
  return {
    key,
    format: formatOf(manifest),
    sizeBytes: storage.sizeBytes,
    compressed,
    source,
    createdAt,
    expiresAt,
  };
}

/** The manifest of an item that is put, or used, again: all stays but an expiry that is worth moving. */
export function extendManifest(present: ItemManifest, expiresAt: string | null): ItemManifest {
  const expiry = laterExpiry(present.expiresAt, expiresAt);
  return expiry === present.expiresAt ? present : { ...present, expiresAt: expiry };
}

/**
 * Reads the manifest of an item and checks it against the key that it was found under.
 * @param object names the manifest in errors.
 * @throws VarveError `malformed`, also where its fields contradict each other or the key.
 */
export function parseItemManifest(bytes: Uint8Array, key: ItemKey, object: string): ItemManifest {
  const manifest = parseStored(ItemManifestSchema, bytes, object);
  const { tenant, kind, digest } = key;
  if (manifest.tenant !== tenant || manifest.kind !== kind || manifest.digest !== digest) {
    throw malformed(object, `belongs to ${manifest.tenant}/${manifest.kind}/${manifest.digest}`);
  }
  if (manifest.integrity.hash !== digest) throw malformed(object, 'integrity.hash is not its digest');
  const format = formatOfContentType(manifest.storage.contentType);
  if (format === null || manifest.storage.objectKey !== payloadObjectKey(key, format)) {
    throw malformed(object, 'storage does not name the payload of its digest');
  }
  return manifest;
}

/** The same where damage counts as absence: what is damaged says nothing that could be asked about. */
export function soundItemManifest(bytes: Uint8Array, key: ItemKey, object: string): ItemManifest | null {
  try {
    return parseItemManifest(bytes, key, object);
  } catch (fault) {
    if (toVarveError(fault).kind !== 'bytes') throw fault;
    return null;
  }
}

/** The format of a parsed manifest's payload. */
export function formatOf(manifest: ItemManifest): PayloadFormat {
  const format = formatOfContentType(manifest.storage.contentType);
  if (format === null) throw new VarveError('internal', 'a manifest was used that had not been parsed');
  return format;
}
