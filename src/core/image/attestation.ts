import * as v from 'valibot';
import { DEFAULT_LIMITS } from '../../base/limits.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import type { Descriptor } from './descriptor.ts';
import type { Attachment } from './image-source.ts';
import { parseManifest } from './manifest.ts';
import { IN_TOTO } from './media-type.ts';
import { JsonObject, parseShape } from './raw-document.ts';

/** A manifest next to an image in its index, with what it says about the image. */
export interface DescribedAttachment extends Attachment {
  /** Of the statements of an attestation, as its manifest lists them; empty where that is not known. */
  readonly predicateTypes: readonly string[];
}

/** A statement of an attestation, not yet read. */
export interface StatementLink {
  readonly descriptor: Descriptor;
  readonly predicateType: string | null;
}

/** What an in-toto statement says, and about what. */
export interface Statement {
  readonly predicateType: string;
  /** The SHA-256 of each, without the name of the algorithm. */
  readonly subjects: readonly string[];
  readonly predicate: Readonly<Record<string, unknown>>;
}

/** The annotation that BuildKit names a statement's predicate by. */
const PREDICATE_TYPE = 'in-toto.io/predicate-type';

/**
 * Lists the statements of an attestation manifest, whose bytes were verified.
 * @throws VarveError `malformed`, `unsupported`.
 * @see https://github.com/moby/buildkit/blob/v0.25.2/docs/attestations/attestation-storage.md
 */
export function listStatements(bytes: Uint8Array, { digest, mediaType }: Attachment): StatementLink[] {
  const declared = { object: `the attestation ${digest}`, mediaType, digest, size: null };
  const limits = { ...DEFAULT_LIMITS, jsonBytes: bytes.length };
  return parseManifest(bytes, declared, limits)
    .value.layers.filter((layer) => layer.mediaType === IN_TOTO)
    .map((descriptor) => ({ descriptor, predicateType: descriptor.annotations?.[PREDICATE_TYPE] ?? null }));
}

const SubjectSchema = v.looseObject({ digest: v.optional(v.record(v.string(), v.string()), {}) });

const StatementSchema = v.looseObject({
  predicateType: v.string(),
  subject: v.nullish(v.array(SubjectSchema)),
  predicate: JsonObject,
});

/**
 * Reads an in-toto statement, whose bytes were verified.
 * @param object names it in errors.
 * @throws VarveError `malformed`.
 * @see https://github.com/in-toto/attestation/blob/v1.1.0/spec/v1/statement.md
 */
export function parseStatement(bytes: Uint8Array, object: string): Statement {
  const { predicateType, subject, predicate } = parseShape(
    StatementSchema,
    parseStrictJson(bytes, object),
    object,
  );
  const subjects = (subject ?? []).flatMap(({ digest }) => digest.sha256 ?? []);
  return { predicateType, subjects, predicate };
}

/** Tells whether a predicate is a record of how something was built. */
export const isProvenance = (predicateType: string | null): boolean =>
  predicateType?.startsWith('https://slsa.dev/provenance/') ?? false;
