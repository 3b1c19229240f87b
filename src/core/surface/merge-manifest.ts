import { canonicalBytes } from '../../base/canonical-json.ts';
import type { Artefact, ArtefactKey } from './artefact.ts';
import {
  buildArtefactManifest,
  extendManifest,
  formatOf,
  parseArtefactManifest,
} from './artefact-manifest.ts';
import type { ArtefactManifest } from './manifest.ts';

/** The bytes of the manifest of an artefact that is stored for the first time. */
export function newManifestBytes(artefact: Artefact): Uint8Array {
  return canonicalBytes(buildArtefactManifest(artefact));
}

/**
 * What the manifest of an artefact that is put again must become: the first writer's stays but for its expiry, and a
 * damaged one is made anew.
 * @param present the stored bytes, of whatever state; null when there are none.
 * @returns null when they may stay as they are.
 */
export function mergeManifest(
  present: Uint8Array | null,
  artefact: Artefact,
  object: string,
): Uint8Array | null {
  const manifest = present && usableManifest(present, artefact, object);
  return manifest === null ? newManifestBytes(artefact) : extendedBytes(manifest, artefact.expiresAt);
}

/**
 * What the manifest of an artefact that is used again must become.
 * @returns null when it may stay as it is.
 * @throws VarveError `malformed` when it is damaged.
 */
export function renewManifest(
  present: Uint8Array,
  key: ArtefactKey,
  expiresAt: string | null,
  object: string,
): Uint8Array | null {
  return extendedBytes(parseArtefactManifest(present, key, object), expiresAt);
}

function extendedBytes(present: ArtefactManifest, expiresAt: string | null): Uint8Array | null {
  const extended = extendManifest(present, expiresAt);
  return extended === present ? null : canonicalBytes(extended);
}

/** The manifest that is there, unless it is damaged or does not describe this payload. */
function usableManifest(bytes: Uint8Array, artefact: Artefact, object: string): ArtefactManifest | null {
  try {
    const manifest = parseArtefactManifest(bytes, artefact.key, object);
    const fits = formatOf(manifest) === artefact.format && manifest.storage.sizeBytes === artefact.sizeBytes;
    return fits ? manifest : null;
  } catch {
    return null;
  }
}
