import * as v from 'valibot';
import { type Digest, isDigest, parseDigest } from '../../base/digest.ts';
import { parseKind, parseTenant } from '../words/names.ts';
import type { ItemKey, PayloadFormat } from './item.ts';

export const FormatSchema = v.picklist(['json', 'ndjson']);

/** Kind of surface manifests: they stand among item manifests, but have no payload. */
export const SURFACE_KIND = 'image.surface';
/** Payload: the manifest's bytes exactly as received. */
export const MANIFEST_KIND = 'image.manifest';
/** Payload: the config's bytes exactly as received, so that its digest is the snapshot's `config.digest`. */
export const CONFIG_KIND = 'image.config';
export const SNAPSHOT_KIND = 'image.snapshot';
export const COMPARISON_KIND = 'image.comparison';

/** Kinds of what is never deleted for its age: the small documents that tell the story of an image. */
export const DOCUMENT_KINDS: ReadonlySet<string> = new Set([
  MANIFEST_KIND,
  CONFIG_KIND,
  SNAPSHOT_KIND,
  COMPARISON_KIND,
]);

/**
 * Checks every part of a key, so that nothing else can ever become part of a path.
 * @throws VarveError `bad-option` for tenant or kind, `bad-reference` for the digest.
 */
export function parseKey(key: { tenant: string; kind: string; digest: string }): ItemKey {
  return { tenant: parseTenant(key.tenant), kind: parseKind(key.kind), digest: parseDigest(key.digest) };
}

/** Media type of a payload: of the bytes that its digest is over. */
export function mediaTypeOf(format: PayloadFormat): string {
  return format === 'json' ? 'application/json' : 'application/x-ndjson';
}

/** Media type of a payload as it is stored, compressed. */
export function contentTypeOf(format: PayloadFormat): string {
  return `${mediaTypeOf(format)}+zstd`;
}

/** The format behind a stored payload's media type; null for any other. */
export function formatOfContentType(contentType: string): PayloadFormat | null {
  return FormatSchema.options.find((format) => contentTypeOf(format) === contentType) ?? null;
}

/** The digest whose hexadecimal part is given; null when it is not one. */
export function digestOfHex(hex: string): Digest | null {
  const digest = `sha256:${hex}`;
  return isDigest(digest) ? digest : null;
}
