import { hexOf } from '../../base/digest.ts';
import type { ItemKey, PayloadFormat } from '../surface/item.ts';
import { digestOfHex, FormatSchema } from '../surface/keys.ts';
import { isKind } from '../words/names.ts';

/** Entries of a history, one a line, newest first. */
export const HISTORY_FILE = 'history.jsonl.gz';
/** Manifests of items and of images, one a line. */
export const MANIFESTS_FILE = 'manifests.jsonl.gz';

/**
 * A pack is the part of a store that a later run needs, as a few files without folders: its history, the manifests,
 * and each payload under its kind and digest. All of it is of one tenant.
 */
export interface PackFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Reads the files of a pack. */
export interface PackReader {
  /**
   * The bytes of a file; null when the pack does not have it.
   * @throws VarveError of kind `bytes` for a file that is damaged, or larger than `maxBytes`.
   */
  read(name: string, maxBytes: number): Promise<Uint8Array | null>;
}

/** The name of a payload's file: `layer.files-<hex>.ndjson.zst`. */
export function payloadFileName({ kind, digest }: Omit<ItemKey, 'tenant'>, format: PayloadFormat): string {
  return `${kind}-${hexOf(digest)}.${format}.zst`;
}

/** What the name of a payload's file says; null for any other name. */
export function parsePayloadFileName(
  name: string,
): (Omit<ItemKey, 'tenant'> & { readonly format: PayloadFormat }) | null {
  const [, kind = '', hex = '', extension = ''] = /^(.+)-([0-9a-f]{64})\.([a-z]+)\.zst$/.exec(name) ?? [];
  const digest = digestOfHex(hex);
  const format = FormatSchema.options.find((each) => each === extension);
  return digest !== null && format !== undefined && isKind(kind) ? { kind, digest, format } : null;
}
