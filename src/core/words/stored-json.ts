import * as v from 'valibot';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { VarveError } from '../../base/errors.ts';
import { DEFAULT_LIMITS, type Limits, limitExceeded } from '../../base/limits.ts';
import { parseShallowJson } from '../../base/strict-json.ts';

/**
 * Reads a stored JSON document: UTF-8, canonical (RFC 8785), and of exactly the fields that its schema has.
 * @param object names the document in errors.
 * @param maxValues how many objects, lists, texts and numbers it may have: a comparison may have any number of files.
 * @throws VarveError `malformed` that names the object and the field, `limit-exceeded` over `limits.jsonBytes`.
 */
export function parseStored<S extends v.GenericSchema>(
  schema: S,
  bytes: Uint8Array,
  object: string,
  limits: Pick<Limits, 'jsonBytes'> = DEFAULT_LIMITS,
  maxValues = Number.POSITIVE_INFINITY,
): v.InferOutput<S> {
  if (bytes.length > limits.jsonBytes) throw limitExceeded('jsonBytes', limits, object);
  const value = parseJson(bytes, object, maxValues);
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (!result.success) throw malformed(object, describeIssue(result.issues[0]));
  if (!isCanonical(value, bytes)) throw malformed(object, 'is not canonical JSON');
  return result.output;
}

/** The error for a document that does not have the form it must have. */
export function malformed(object: string, problem: string, cause?: unknown): VarveError {
  return new VarveError('malformed', `${object}: ${problem}`, {
    object,
    ...(cause === undefined ? {} : { cause }),
  });
}

function parseJson(bytes: Uint8Array, object: string, maxValues: number): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return parseShallowJson(text, maxValues);
  } catch (fault) {
    throw malformed(object, 'is not JSON', fault);
  }
}

/** Also false for text that has no canonical form, such as lone surrogates. */
function isCanonical(value: unknown, bytes: Uint8Array): boolean {
  try {
    return canonicalBytes(value).equals(bytes);
  } catch {
    return false;
  }
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
}
