import * as v from 'valibot';
import { type Digest, isDigest } from '../../base/digest.ts';
import { fitsPlatform, type Platform, parsePlatform } from '../words/platform.ts';
import { DigestSchema, SizeSchema } from '../words/schemas.ts';
import type { ImageConfig } from './config.ts';
import { type DockerName, familiarRepository, formatDockerName, parseDockerName } from './docker-name.ts';
import type { ImageManifest } from './manifest.ts';
import { JsonObject, nameFields } from './raw-document.ts';

/** In characters. */
const LONGEST_NAME = 1000;

/** The image that another one is built on: its layers are the first ones of the other, which has more. */
export const BaseImageSchema = v.strictObject({
  /** Such as `node:22-slim`; null where nothing names it. */
  name: v.nullable(v.pipe(v.string(), v.maxLength(LONGEST_NAME))),
  /** Of its index or manifest; null where none is known. */
  digest: v.nullable(DigestSchema),
  /** How many layers it has. */
  layers: v.pipe(SizeSchema, v.minValue(1)),
});

export type BaseImage = v.InferOutput<typeof BaseImageSchema>;

/** How the base image is found: by hints and the store, not at all, or by a reference that the user gives. */
export type BaseImageWish = 'auto' | 'off' | { readonly reference: string };

/** An image that may be the base of another one. */
export interface BaseCandidate extends Pick<BaseImage, 'name' | 'digest'> {
  readonly diffIds: readonly Digest[];
}

/** Port: finds the images that a hint may mean, and opens no layer. */
export interface BaseImages {
  /**
   * @param hint what the author of an image says of its base; nothing of it is believed.
   * @param image whose hint it is: its reference, and the platform that is wanted.
   * @returns the images, what is nearest first.
   * @throws VarveError for whatever goes wrong.
   */
  find(
    hint: DockerName,
    image: { readonly reference: string; readonly platform: Platform },
  ): AsyncIterable<BaseCandidate>;
}

/** Tells whether an image has the layers of another one as its first ones, and more. */
export function isBase(base: readonly Digest[], image: readonly Digest[]): boolean {
  if (base.length === 0 || base.length >= image.length) return false;
  return base.every((diffId, index) => diffId === image[index]);
}

/** The candidate that is the base of an image. Of several, the one with most layers was built last. */
export function chooseBase(candidates: readonly BaseCandidate[], image: readonly Digest[]): BaseImage | null {
  const [nearest] = candidates
    .filter(({ diffIds }) => isBase(diffIds, image))
    .sort((one, other) => other.diffIds.length - one.diffIds.length);
  if (nearest === undefined) return null;
  const { name, digest, diffIds } = nearest;
  return { name: name !== null && name.length > LONGEST_NAME ? null : name, digest, layers: diffIds.length };
}

/** The name of a base image as people write it: `node:22-slim`. */
export function baseName(name: DockerName): string {
  return `${familiarRepository(name)}${name.tag === null ? '' : `:${name.tag}`}`;
}

const BASE_NAME = 'org.opencontainers.image.base.name';
const BASE_DIGEST = 'org.opencontainers.image.base.digest';

/**
 * What the annotations of a manifest and the labels of a config say of the base image.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys
 */
export function hintsInDocuments(
  manifest: Pick<ImageManifest, 'annotations'> | null,
  config: Pick<ImageConfig, 'config'> | null,
): DockerName[] {
  const { Labels: labels } = nameFields(config?.config ?? {}, ['Labels']);
  return [manifest?.annotations ?? {}, v.is(JsonObject, labels) ? labels : {}].flatMap((texts) =>
    hint(texts[BASE_NAME], texts[BASE_DIGEST]),
  );
}

const MaterialSchema = v.looseObject({
  uri: v.string(),
  digest: v.optional(v.looseObject({ sha256: v.optional(v.string()) })),
});
/** SLSA v0.2 */
const OldSchema = v.looseObject({ materials: v.array(v.unknown()) });
/** SLSA v1 */
const NewSchema = v.looseObject({
  buildDefinition: v.looseObject({ resolvedDependencies: v.array(v.unknown()) }),
});

/** What BuildKit pulls for itself, not to build on. */
const TOOLS = new Set(['docker/dockerfile', 'docker/dockerfile-upstream', 'docker/buildkit-syft-scanner']);

/**
 * The images that a build started from, as a SLSA provenance lists them: those of all its stages.
 * @see https://github.com/moby/buildkit/blob/v0.25.2/docs/attestations/slsa-definitions.md
 */
export function hintsInProvenance(
  predicate: Readonly<Record<string, unknown>>,
  platform: Platform,
): DockerName[] {
  const materials = v.is(NewSchema, predicate)
    ? predicate.buildDefinition.resolvedDependencies
    : v.is(OldSchema, predicate)
      ? predicate.materials
      : [];
  return materials.flatMap((material) =>
    v.is(MaterialSchema, material) ? hintInMaterial(material, platform) : [],
  );
}

/** @see https://github.com/package-url/purl-spec/blob/main/types-doc/docker-definition.md */
function hintInMaterial(
  { uri, digest }: v.InferOutput<typeof MaterialSchema>,
  wanted: Platform,
): DockerName[] {
  const [, path, tag, rest = ''] = /^pkg:docker\/([^@?#]+)(?:@([^?#]*))?(?:\?([^#]*))?/.exec(uri) ?? [];
  if (path === undefined) return [];
  const qualifiers = new URLSearchParams(rest);
  const platform = qualifiers.get('platform');
  if (platform !== null && !isPlatform(platform, wanted)) return [];
  const sha256 = digest?.sha256;
  const name = `${decode(path)}${tag ? `:${decode(tag)}` : ''}`;
  return hint(
    name,
    qualifiers.get('digest') ?? (sha256 === undefined ? undefined : `sha256:${sha256}`),
  ).filter(({ host, repository }) => host !== 'docker.io' || !TOOLS.has(repository));
}

function isPlatform(text: string, wanted: Platform): boolean {
  try {
    return fitsPlatform(wanted, parsePlatform(text));
  } catch {
    return false;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** One hint, or none where what is said is not the name of an image. */
function hint(name: unknown, digest: unknown): DockerName[] {
  if (typeof name !== 'string') return [];
  try {
    const parsed = parseDockerName(name);
    return [typeof digest === 'string' && isDigest(digest) ? { ...parsed, digest } : parsed];
  } catch {
    return [];
  }
}

/** A build has few stages; each hint costs a few requests. */
const MOST_HINTS = 6;

/** Different hints, as many as are followed. */
export function differentHints(hints: readonly DockerName[]): readonly DockerName[] {
  const named = new Map(hints.map((each) => [formatDockerName(each), each]));
  return [...named.values()].slice(0, MOST_HINTS);
}
