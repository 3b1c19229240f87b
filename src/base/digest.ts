import { hash } from 'node:crypto';
import { VarveError } from './errors.ts';

declare const branded: unique symbol;

/** A SHA-256 digest as OCI writes it: `sha256:` and 64 lowercase hexadecimal digits. Built only here. */
export type Digest = `sha256:${string}` & { readonly [branded]: true };

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Tells whether a text is a well-formed SHA-256 digest. */
export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/**
 * Takes a text as a digest.
 * @throws VarveError `bad-reference` when it is anything but `sha256:` and 64 lowercase hex digits.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
 */
export function parseDigest(text: string): Digest {
  if (isDigest(text)) return text;
  throw new VarveError('bad-reference', `${JSON.stringify(text.slice(0, 100))} is not a SHA-256 digest`, {
    object: text.slice(0, 100),
    hint: 'a digest is "sha256:" followed by 64 lowercase hexadecimal digits',
  });
}

/** The digest whose hexadecimal part is given, as a finished hash returns it. */
export function digestFromHex(hex: string): Digest {
  return parseDigest(`sha256:${hex}`);
}

/** The SHA-256 digest of bytes, or of a text's UTF-8 bytes. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return digestFromHex(hash('sha256', bytes, 'hex'));
}

/** The 64 hexadecimal digits of a digest. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
