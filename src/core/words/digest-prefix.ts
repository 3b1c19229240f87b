import { type Digest, isDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';

/** `sha256:` and the first digits of a digest, or all of them. */
export type DigestBeginning = `sha256:${string}`;

/** The beginning of a digest: `sha256:6a193d`, or as lists print it, `6a193d0fb8d5`. */
export interface DigestPrefix {
  readonly text: DigestBeginning;
  /** Written with `sha256:`, so that nothing else can be meant. */
  readonly isCertain: boolean;
}

/** @returns null for a text that is too short, or not the beginning of a digest at all. */
export function parseDigestPrefix(text: string): DigestPrefix | null {
  const [, algorithm, digits] = /^(sha256:)?([0-9a-f]{4,64})$/.exec(text) ?? [];
  return digits === undefined ? null : { text: `sha256:${digits}`, isCertain: algorithm !== undefined };
}

const SHOWN = 5;

/**
 * The one digest that begins so.
 * @param what the digests are of, in the plural, for the error.
 * @returns null where there is none.
 * @throws VarveError `bad-reference` where there are several.
 */
export function chooseByPrefix(
  { text }: Pick<DigestPrefix, 'text'>,
  digests: Iterable<Digest>,
  what: string,
): Digest | null {
  if (isDigest(text)) return text;
  const found = [...new Set(digests)].filter((digest) => digest.startsWith(text));
  const [only, ...others] = found;
  if (only === undefined || others.length === 0) return only ?? null;
  const shown = found.slice(0, SHOWN).map((digest) => digest.slice(0, text.length + 8));
  throw new VarveError('bad-reference', `${found.length} ${what} begin with ${text}`, {
    object: text,
    hint: `write more of the digest: ${shown.join(', ')}${found.length > SHOWN ? ', …' : ''}`,
  });
}
