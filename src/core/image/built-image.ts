import * as v from 'valibot';
import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { type Limits, limitExceeded } from '../../base/limits.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { DocumentDigest } from './descriptor.ts';
import { formatDockerName, parseDockerName } from './docker-name.ts';
import { JsonObject, parseShape } from './raw-document.ts';

/** The image that a build made, as buildx tells it in its metadata file. */
export interface BuiltImage {
  /** What tells it, for errors: `metadata.json, target web`. */
  readonly object: string;
  /** Tags that the build was given; an engine or a registry may have it under them. */
  readonly names: readonly string[];
  /** Of its index or manifest; engines without a store of their own for these give the image ID. */
  readonly digest: Digest;
  /** The image ID; null where the build made several platforms, or did not tell. */
  readonly configDigest: Digest | null;
  /** How it was built, one a platform: predicates of SLSA provenance. */
  readonly provenances: readonly Readonly<Record<string, unknown>>[];
}

/** A build seldom has more than a dozen tags; each is asked for. */
const MOST_NAMES = 100;
const NAMES_SHOWN = 20;
const PROVENANCE = /^buildx\.build\.provenance(?:\/|$)/;

const ResultSchema = v.looseObject({
  'image.name': v.exactOptional(v.string()),
  'containerimage.digest': v.exactOptional(DocumentDigest),
  'containerimage.descriptor': v.exactOptional(v.looseObject({ digest: DocumentDigest })),
  'containerimage.config.digest': v.exactOptional(DocumentDigest),
});
type BuildResult = v.InferOutput<typeof ResultSchema>;

/**
 * Reads the metadata file of `docker buildx build` or `bake`; the `metadata` outputs of their actions are the same.
 * @param object names it in errors.
 * @param target of bake's several; may be left out where there is one.
 * @throws VarveError `malformed`, `unsupported`, `limit-exceeded`; `bad-option` where the target is to be chosen;
 * `image-not-found` where the build exported no image.
 * @see https://github.com/docker/buildx/blob/v0.29.1/docs/reference/buildx_build.md#metadata-file
 */
export function parseBuildMetadata(
  bytes: Uint8Array,
  object: string,
  target: string | undefined,
  limits: Pick<Limits, 'jsonBytes'>,
): BuiltImage {
  if (bytes.length > limits.jsonBytes) throw limitExceeded('jsonBytes', limits, object);
  const body = parseShape(JsonObject, parseStrictJson(bytes, object), object);
  const chosen = chooseTarget(body, object, target);
  const named = chosen.target === null ? object : `${object}, target ${chosen.target}`;
  return toBuiltImage(parseShape(ResultSchema, chosen.result, named), named);
}

/** Bake writes results under the names of targets, which have no dot; all that a build itself writes has one. */
function chooseTarget(
  body: Record<string, unknown>,
  object: string,
  wanted: string | undefined,
): { readonly target: string | null; readonly result: unknown } {
  const targets = Object.keys(body).filter((key) => !key.includes('.') && v.is(JsonObject, body[key]));
  const [only] = targets;
  if (wanted === undefined && only === undefined) return { target: null, result: body };
  const target = wanted ?? (targets.length === 1 ? only : undefined);
  if (target !== undefined && targets.includes(target)) return { target, result: body[target] };
  const there = targets.length === 0 ? 'is of a single build' : `has the targets ${listTargets(targets)}`;
  throw new VarveError(
    'bad-option',
    target === undefined
      ? `${object} ${there}`
      : `${object} has no target ${target.slice(0, 100)}: it ${there}`,
    {
      object,
      hint:
        targets.length === 0
          ? 'leave --target out (input target)'
          : 'choose one with --target (input target)',
    },
  );
}

function listTargets(targets: readonly string[]): string {
  const more = targets.length > NAMES_SHOWN ? ` and ${targets.length - NAMES_SHOWN} more` : '';
  return `${targets
    .slice(0, NAMES_SHOWN)
    .map((target) => target.slice(0, 100))
    .join(', ')}${more}`;
}

function toBuiltImage(result: BuildResult, object: string): BuiltImage {
  const configDigest = result['containerimage.config.digest'] ?? null;
  const digest =
    result['containerimage.digest'] ?? result['containerimage.descriptor']?.digest ?? configDigest;
  if (digest === null) {
    throw new VarveError('image-not-found', `${object} contains no image`, {
      object,
      hint: 'the build must load, push or write one: outputs such as type=cacheonly or type=local make none',
    });
  }
  const provenances = Object.entries(result).flatMap(([key, value]) =>
    PROVENANCE.test(key) && v.is(JsonObject, value) ? [value] : [],
  );
  return { object, names: splitNames(result['image.name'] ?? '', object), digest, configDigest, provenances };
}

function splitNames(text: string, object: string): string[] {
  const names = [...new Set(text.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  if (names.length > MOST_NAMES) {
    throw new VarveError('limit-exceeded', `${object} has ${names.length} names, more than ${MOST_NAMES}`, {
      object,
    });
  }
  for (const name of names) parseDockerName(name);
  return names;
}

/** Where the image may be: in the engine if it was loaded, in a registry if it was pushed. */
export function placesOf({ names, digest }: BuiltImage): string[] {
  const pushed = names.map((name) => {
    const { host, repository } = parseDockerName(name);
    return `docker://${formatDockerName({ host, repository, tag: null, digest })}`;
  });
  return [...names.map((name) => `docker-daemon:${name}`), ...new Set(pushed)];
}

/** The digests of an image that was found, each null where its place does not report it. */
export interface FoundDigests {
  /** Of the index or manifest that its reference leads to. */
  readonly root: Digest | null;
  readonly manifest: Digest | null;
  readonly config: Digest | null;
}

/** Tells whether an image is the one that was built. */
export function isBuilt(
  { digest, configDigest }: BuiltImage,
  { root, manifest, config }: FoundDigests,
): boolean {
  const found = [root, manifest, config].filter((one) => one !== null);
  return found.some((one) => one === digest || one === configDigest);
}

/** The error for an image that stands where the built one should. @param reference in canonical text. */
export function otherImage(built: BuiltImage, reference: string, found: FoundDigests): VarveError {
  const distributed = found.root ?? found.manifest;
  const made = distributed === null ? (built.configDigest ?? built.digest) : built.digest;
  return new VarveError(
    'digest-mismatch',
    `${reference} is ${distributed ?? found.config}, but the build made ${made} (${built.object})`,
    { object: reference, hint: hintOn(reference) },
  );
}

function hintOn(reference: string): string {
  if (reference.startsWith('docker-daemon:')) {
    return 'the engine has an image of an older build under that name: add load: true to the build step';
  }
  if (reference.startsWith('docker://')) {
    return 'another image was pushed over the tag since: name it by its digest, or give the metadata alone';
  }
  return 'what is there is of another build: write it again, or give the metadata of that build';
}
