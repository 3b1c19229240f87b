import * as v from 'valibot';
import { type Digest, isDigest } from '../../base/digest.ts';
import { KIND, TENANT } from './names.ts';

// Fields that the schemas of stored documents have in common.

export const DigestSchema = v.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'expected a SHA-256 digest',
);

export const IntegerSchema = v.pipe(v.number(), v.safeInteger());

/** A length, count or index. */
export const SizeSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const Base64Schema = v.pipe(v.string(), v.base64());

const PlatformPartSchema = v.pipe(v.string(), v.maxLength(64));

export const PlatformSchema = v.strictObject({
  os: PlatformPartSchema,
  architecture: PlatformPartSchema,
  variant: v.exactOptional(PlatformPartSchema),
  /** The release of Windows, where the place has images for several. */
  osVersion: v.exactOptional(PlatformPartSchema),
});

export const TenantSchema = v.pipe(v.string(), v.regex(TENANT, 'expected a tenant name'));
export const KindSchema = v.pipe(v.string(), v.regex(KIND, 'expected an item kind'));
