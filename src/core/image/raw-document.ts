import * as v from 'valibot';
import { type Digest, digestOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { type Limits, limitExceeded } from '../../base/limits.ts';
import { parseStrictJson } from '../../base/strict-json.ts';

/**
 * A JSON document as it was received. The bytes are the truth and are never serialized again;
 * `value` is a view of them, with every field that we do not know left in place.
 */
export interface RawDocument<T> {
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly value: T;
}

/** What is known of a document before it is read: how to call it in errors, and what its descriptor claims. */
export interface DeclaredDocument {
  /** What it is, for errors: `the manifest sha256:…`. */
  readonly object: string;
  readonly mediaType: string | null;
  readonly digest: Digest | null;
  /** In bytes. */
  readonly size: number | null;
}

/**
 * Checks bytes against what was declared of them.
 * @returns their digest.
 * @throws VarveError `limit-exceeded`, `size-mismatch`, `digest-mismatch`.
 */
export function verifyDocument(bytes: Uint8Array, declared: DeclaredDocument, limits: Limits): Digest {
  const { object, size, digest } = declared;
  if (bytes.length > limits.jsonBytes) throw limitExceeded('jsonBytes', limits, object);
  if (size !== null && bytes.length !== size) {
    throw new VarveError('size-mismatch', `${object} is ${bytes.length} bytes, not ${size} as declared`, {
      object,
    });
  }
  const actual = digestOf(bytes);
  if (digest !== null && actual !== digest) {
    throw new VarveError('digest-mismatch', `${object} has the digest ${actual}`, {
      object,
      hint: 'the bytes were damaged or replaced: make or fetch the image again',
    });
  }
  return actual;
}

/**
 * Takes a parsed JSON value as what a schema describes.
 * @throws VarveError `malformed` that names the first field at fault.
 */
export function parseShape<const T extends v.GenericSchema>(
  schema: T,
  value: unknown,
  object: string,
): v.InferOutput<T> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const problem = describeIssue(result.issues[0]);
  throw new VarveError('malformed', `${object}: ${problem}`, { object });
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue);
  if (field === null) return issue.message;
  return issue.received === 'undefined' ? `${field} is missing` : `${field}: ${issue.message}`;
}

/** A JSON object whose fields are not looked into; nothing of it is left out or copied. */
export const JsonObject = v.custom<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'not an object',
);

/**
 * An object with some known fields, as programs written in Go read and write it: what may be left out may be null,
 * and names may be in other letter case. Fields that are not known stay.
 * @see https://pkg.go.dev/encoding/json#Unmarshal
 */
export const looseShape = <const T extends v.ObjectEntries>(entries: T) =>
  v.pipe(
    JsonObject,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const fields = Object.keys(entries);
      const twice = findFieldTwice(dataset.value, fields);
      if (twice !== null) {
        addIssue({ message: statedTwice(twice) });
        return NEVER;
      }
      const optional = Object.entries(entries).flatMap(([field, { type }]) =>
        /optional$/.test(type) ? field : [],
      );
      return withoutNulls(nameFields(dataset.value, fields), optional);
    }),
    v.looseObject(entries),
  );

/**
 * The same object with known fields under their own names, though it has them in other letter case.
 * @throws VarveError `malformed` for one that is there in two cases: programs disagree on which counts.
 */
export function readFields(
  body: Record<string, unknown>,
  fields: readonly string[],
  object: string,
): Record<string, unknown> {
  const twice = findFieldTwice(body, fields);
  if (twice === null) return nameFields(body, fields);
  throw new VarveError('malformed', `${object}: ${statedTwice(twice)}`, { object });
}

/**
 * Refuses an object, at any depth, that has one field in two letter cases, known or not.
 * @param maps fields with a map as their value: its keys are data.
 * @throws VarveError `malformed`.
 */
export function refuseFieldsTwice(value: unknown, maps: readonly string[], object: string): void {
  const exempt = new Set(maps.map(foldCase));
  const visit = (each: unknown): void => {
    if (typeof each !== 'object' || each === null) return;
    if (!Array.isArray(each)) readFields(each as Record<string, unknown>, Object.keys(each), object);
    for (const [field, inner] of Object.entries(each)) if (!exempt.has(foldCase(field))) visit(inner);
  };
  visit(value);
}

const statedTwice = (field: string): string => `the field ${field} is there twice, in different letter case`;

/** Gives known fields their own names; one that is there in two letter cases is as it was last. */
export function nameFields(
  body: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Record<string, unknown> {
  const known = new Map(fields.map((field) => [foldCase(field), field]));
  const named = Object.entries(body).map(([key, value]) => [known.get(foldCase(key)) ?? key, value] as const);
  return Object.fromEntries(named);
}

function findFieldTwice(body: Readonly<Record<string, unknown>>, fields: readonly string[]): string | null {
  const known = new Set(fields.map(foldCase));
  const seen = new Set<string>();
  for (const key of Object.keys(body).map(foldCase)) {
    if (!known.has(key)) continue;
    if (seen.has(key)) return fields.find((field) => foldCase(field) === key) ?? key;
    seen.add(key);
  }
  return null;
}

/** Tells whether a field is one of these, in any letter case. */
export function isField(field: string, fields: readonly string[]): boolean {
  const folded = foldCase(field);
  return fields.some((each) => foldCase(each) === folded);
}

/** As Go does it: two letters beyond ASCII fold to one of ASCII. */
const foldCase = (text: string): string =>
  text.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();

function withoutNulls(body: Record<string, unknown>, fields: readonly string[]): Record<string, unknown> {
  const empty = fields.filter((field) => body[field] === null);
  if (empty.length === 0) return body;
  return Object.fromEntries(Object.entries(body).filter(([field]) => !empty.includes(field)));
}

/** Parses bytes as a JSON object. @throws VarveError `malformed`; `limit-exceeded` as `parseStrictJson` does. */
export function parseJsonObject(
  bytes: Uint8Array,
  object: string,
  maxValues?: number,
): Record<string, unknown> {
  return parseShape(JsonObject, parseStrictJson(bytes, object, maxValues), object);
}

/**
 * Refuses a list in a document that is longer than any program writes it: each of its items costs work.
 * @param items what they are, for the error: `layers`.
 * @throws VarveError `limit-exceeded`.
 */
export function refuseLongList(length: number, most: number, items: string, object: string): void {
  if (length <= most) return;
  throw new VarveError('limit-exceeded', `${object} has more than ${most} ${items}`, {
    object,
    hint: 'no program is known to write that many: check what made the image',
  });
}
