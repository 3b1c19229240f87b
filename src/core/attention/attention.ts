import * as v from 'valibot';
import { SizeSchema } from '../words/schemas.ts';

/** What in an image somebody should look at, whether a build changed it or not. */
export const ATTENTION_KINDS = [
  /** A file that runs with the rights of its owner, its group, or with capabilities. */
  'setuid',
  'setgid',
  'capability',
  /** Every user can write to it. */
  'world-writable',
  /** The image starts as root. */
  'root-user',
  /** By its name, a file with a key or a password. */
  'secret',
  /** The same, where a later layer hides it: it is in the image nevertheless. */
  'hidden-secret',
  /** Bytes that a later layer hides. */
  'hidden',
  /** Files that a later layer has once more, with another owner, mode or time. */
  'restated',
  /** The same content in two layers. */
  'duplicate',
  /** What package managers and compilers leave behind, and no container needs. */
  'leftover',
  /** A program that another one of that name stands before on PATH. */
  'shadowed',
] as const;

export type AttentionKind = (typeof ATTENTION_KINDS)[number];

export const AttentionItemSchema = v.strictObject({
  kind: v.picklist(ATTENTION_KINDS),
  /** The file or directory, or the largest of them; null where it is not about files. */
  path: v.nullable(v.string()),
  /** The layer that has it, or whose bytes they are; null where it is not about a layer. */
  layer: v.nullable(SizeSchema),
  /** Another path, or of what is hidden the index of the layer that hides it. */
  other: v.exactOptional(v.union([v.string(), SizeSchema])),
  /** How many files there are. */
  count: v.exactOptional(SizeSchema),
  /** Bytes that would be spared. */
  bytes: v.exactOptional(SizeSchema),
});

/** One thing that somebody should look at. */
export type AttentionItem = v.InferOutput<typeof AttentionItemSchema>;

/** The same thing, in another image: by its kind and path. */
export const attentionKey = ({ kind, path }: AttentionItem): string => `${kind} ${path ?? ''}`;

/** What matters most first. */
export function sortAttention(items: readonly AttentionItem[]): AttentionItem[] {
  const rank = ({ kind }: AttentionItem): number => RANKS[kind];
  return items.toSorted(
    (one, other) =>
      rank(one) - rank(other) ||
      (other.bytes ?? 0) - (one.bytes ?? 0) ||
      (attentionKey(one) < attentionKey(other) ? -1 : 1),
  );
}

const RANKS: Readonly<Record<AttentionKind, number>> = {
  secret: 0,
  'hidden-secret': 0,
  setuid: 1,
  capability: 1,
  'root-user': 2,
  setgid: 3,
  'world-writable': 3,
  shadowed: 4,
  restated: 5,
  hidden: 5,
  duplicate: 5,
  leftover: 5,
};
