import { VarveError } from '../../base/errors.ts';
import { malformed, parseStored } from '../words/stored-json.ts';
import { type Artefact, type ArtefactKey, type PayloadFormat, SURFACE_SCHEMA } from './artefact.ts';
import { contentTypeOf, formatOfContentType, SURFACE_KIND } from './keys.ts';
import { type ArtefactManifest, ArtefactManifestSchema } from './manifest.ts';
import { payloadObjectKey } from './paths.ts';
import { laterExpiry } from './retention.ts';

/**
 * The manifest of an artefact that is stored for the first time.
 * @throws VarveError `bad-option` for the kind of surface manifests, which have no payload.
 */
export function buildArtefactManifest(artefact: Artefact): ArtefactManifest {
  const { key, format } = artefact;
  if (key.kind === SURFACE_KIND) {
    throw new VarveError('bad-option', `an artefact cannot be of kind ${SURFACE_KIND}`, { object: key.kind });
  }
  return {
    schema: SURFACE_SCHEMA,
    tenant: key.tenant,
    kind: key.kind,
    digest: key.digest,
    createdAt: artefact.createdAt,
    expiresAt: artefact.expiresAt,
    source: { ...artefact.source },
    storage: {
      bucket: 'surface-cache',
      objectKey: payloadObjectKey(key, format),
      sizeBytes: artefact.sizeBytes,
      contentType: contentTypeOf(format),
    },
    integrity: { hash: key.digest, signature: null },
  };
}

/** The manifest of an artefact that is put, or used, again: all stays but an expiry that is worth moving. */
export function extendManifest(present: ArtefactManifest, expiresAt: string | null): ArtefactManifest {
  const expiry = laterExpiry(present.expiresAt, expiresAt);
  return expiry === present.expiresAt ? present : { ...present, expiresAt: expiry };
}

/**
 * Reads the manifest of an artefact and holds it against the key that it was found under.
 * @param object names the manifest in errors.
 * @throws VarveError `malformed`, also where its fields contradict each other or the key.
 */
export function parseArtefactManifest(bytes: Uint8Array, key: ArtefactKey, object: string): ArtefactManifest {
  const manifest = parseStored(ArtefactManifestSchema, bytes, object);
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

/** The format of a parsed manifest's payload. */
export function formatOf(manifest: ArtefactManifest): PayloadFormat {
  const format = formatOfContentType(manifest.storage.contentType);
  if (format === null) throw new VarveError('internal', 'a manifest was used that had not been parsed');
  return format;
}
