import * as v from 'valibot';
import { type Digest, isDigest, parseDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import type { ArtefactKey, PayloadFormat } from './artefact.ts';

/** Grammar of tenants. A name of this form is a safe path segment on every file system. */
const TENANT = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Grammar of kinds: words joined by dots or dashes, such as `layer.files`. */
const KIND = /^(?=.{1,64}$)[a-z0-9]+(?:[.-][a-z0-9]+)*$/;

export const DEFAULT_TENANT = 'default';

export const TenantSchema = v.pipe(v.string(), v.regex(TENANT, 'expected a tenant name'));
export const KindSchema = v.pipe(v.string(), v.regex(KIND, 'expected an artefact kind'));
export const FormatSchema = v.picklist(['json', 'ndjson']);

/** Kind of surface manifests: they stand among artefact manifests, but have no payload. */
export const SURFACE_KIND = 'image.surface';
/** Payload: the manifest's bytes exactly as received. */
export const MANIFEST_KIND = 'image.manifest';
/** Payload: the config's bytes exactly as received, so that its digest is the snapshot's `config.digest`. */
export const CONFIG_KIND = 'image.config';
export const SNAPSHOT_KIND = 'image.snapshot';
export const COMPARISON_KIND = 'image.comparison';

export function isTenant(text: string): boolean {
  return TENANT.test(text);
}

export function isKind(text: string): boolean {
  return KIND.test(text);
}

/** @throws VarveError `bad-option` for a text that is no tenant name. */
export function parseTenant(text: string): string {
  if (isTenant(text)) return text;
  throw badName('tenant', text, 'up to 64 of a-z, 0-9, ".", "_" and "-", the first a letter or digit');
}

/** @throws VarveError `bad-option` for a text that is no kind. */
export function parseKind(text: string): string {
  if (isKind(text)) return text;
  throw badName('kind', text, 'words of a-z and 0-9 joined by "." or "-", such as layer.files');
}

/**
 * Checks every part of a key, so that nothing else can ever become part of a path.
 * @throws VarveError `bad-option` for tenant or kind, `bad-reference` for the digest.
 */
export function parseKey(key: { tenant: string; kind: string; digest: string }): ArtefactKey {
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

function badName(what: string, text: string, grammar: string): VarveError {
  const shown = JSON.stringify(text.slice(0, 100));
  return new VarveError('bad-option', `not a ${what}: ${shown}`, {
    object: text.slice(0, 100),
    hint: `a ${what} is ${grammar}`,
  });
}
