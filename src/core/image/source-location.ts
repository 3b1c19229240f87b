import * as v from 'valibot';
import type { Digest } from '../../base/digest.ts';
import { JsonObject, looseShape } from './raw-document.ts';

/** Where the instruction that made a layer stands in a file of the build. */
export interface SourceLocation {
  /** `Dockerfile`, as the build named it. */
  readonly file: string;
  /** Counted from 1. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** `Dockerfile:12`, `Dockerfile:9-11`. */
export function formatLocation({ file, firstLine, lastLine }: SourceLocation): string {
  return `${file}:${firstLine}${lastLine === firstLine ? '' : `-${lastLine}`}`;
}

const LineSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const RangeSchema = v.looseObject({
  start: v.looseObject({ line: LineSchema }),
  end: v.looseObject({ line: LineSchema }),
});
const PlaceSchema = looseShape({
  sourceIndex: v.exactOptional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  ranges: v.exactOptional(v.array(RangeSchema)),
});
const StepPlacesSchema = looseShape({ locations: v.exactOptional(v.array(PlaceSchema)) });
/** A build may name no file for what it was given as text. */
const FileSchema = looseShape({ filename: v.exactOptional(v.string()) });
const SourceSchema = v.looseObject({
  locations: v.record(v.string(), v.unknown()),
  infos: v.array(FileSchema),
});
/** The layers of an output, the lowest first; BuildKit writes null for none. */
const ChainSchema = v.nullable(v.array(v.looseObject({ digest: v.string() })));
type Chain = readonly { readonly digest: string }[];

/** What BuildKit adds to a provenance of `mode=max`. */
const BuildSchema = v.looseObject({
  source: SourceSchema,
  layers: v.record(v.string(), v.nullable(v.array(ChainSchema))),
});
type Build = v.InferOutput<typeof BuildSchema>;

const LONGEST_NAME = 1000;

/** Where the folder of the Dockerfile is in its repository. buildx names a Dockerfile by its last part alone. */
const FOLDER = 'localdir:dockerfile';
const FOLDER_TEXT = /^(?!\.{0,2}(\/|$))[^\0\\]{1,500}$/;

const StepSchema = v.looseObject({
  id: v.string(),
  op: v.looseObject({ Op: v.looseObject({ source: v.looseObject({ identifier: v.string() }) }) }),
});

/**
 * Finds which lines of a Dockerfile made each layer, as a SLSA provenance of BuildKit (v0.2, v1) says in
 * `mode=max`. A layer has a location only where the provenance lists the same layers up to it as those of one step;
 * those of a base image have that of its FROM.
 * @param blobs the digests of the layers as distributed, the lowest first. Where none is known, the provenance must
 * be that of this image: then its layers are those of the one step that made as many.
 * @returns one item a layer; null throughout for anything that is not such a provenance.
 * @see https://github.com/moby/buildkit/blob/v0.25.2/docs/attestations/slsa-definitions.md
 */
export function locateLayers(
  predicate: Readonly<Record<string, unknown>>,
  blobs: readonly (Digest | null)[],
): readonly (SourceLocation | null)[] {
  const build = v.safeParse(BuildSchema, buildOf(predicate));
  if (!build.success) return blobs.map(() => null);
  const { source, layers } = build.output;
  const folder = folderOf(predicate);
  const outputs = Object.entries(layers).flatMap(([name, chains]) =>
    (chains ?? []).map((chain) => ({ step: name.replace(/:\d+$/, ''), chain: chain ?? [] })),
  );
  const known = blobs.some((blob) => blob !== null) ? blobs : wholeChain(outputs, blobs.length);
  const steps = outputs.flatMap(({ step, chain }) => {
    const found = isBeginning(chain, known) ? locateStep(source, step) : null;
    if (found === null) return [];
    return {
      step,
      location: found.file.includes('/') ? found : { ...found, file: folder + found.file },
      length: chain.length,
    };
  });
  const pulled = pulledSteps(predicate);
  const [base] = steps.filter(({ step }) => pulled.has(step)).sort((a, b) => b.length - a.length);
  return blobs.map((_, index) => {
    if (base !== undefined && index < base.length) return base.location;
    return steps.find(({ length }) => length === index + 1)?.location ?? null;
  });
}

/** Where the two versions of the provenance keep what BuildKit adds. */
function buildOf({ metadata, runDetails }: Readonly<Record<string, unknown>>): unknown {
  return (
    fieldOf(metadata, 'https://mobyproject.org/buildkit@v1#metadata') ??
    fieldOf(fieldOf(runDetails, 'metadata'), 'buildkit_metadata')
  );
}

/** The folder of the Dockerfile with a slash at its end; empty where the build does not state it, or it is the repository's own. */
function folderOf(predicate: Readonly<Record<string, unknown>>): string {
  const folder = fieldOf(fieldOf(buildOf(predicate), 'vcs'), FOLDER);
  return typeof folder === 'string' && FOLDER_TEXT.test(folder) ? `${folder.replace(/\/+$/, '')}/` : '';
}

/** The steps that get an image from elsewhere. */
function pulledSteps({ buildConfig, buildDefinition }: Readonly<Record<string, unknown>>): Set<string> {
  const config = buildConfig ?? fieldOf(fieldOf(buildDefinition, 'internalParameters'), 'buildConfig');
  const steps = fieldOf(config, 'llbDefinition');
  return new Set(
    (Array.isArray(steps) ? steps : []).flatMap((step: unknown) => {
      const { success, output } = v.safeParse(StepSchema, step);
      const isImage = success && /^(?:docker-image|oci-layout):/.test(output.op.Op.source.identifier);
      return isImage ? output.id : [];
    }),
  );
}

function fieldOf(value: unknown, field: string): unknown {
  return v.is(JsonObject, value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

function isBeginning(chain: Chain, blobs: readonly (string | null)[]): boolean {
  return chain.length <= blobs.length && chain.every(({ digest }, index) => digest === blobs[index]);
}

/** The digests of as many layers; none where that many were made in two ways. */
function wholeChain(outputs: readonly { readonly chain: Chain }[], length: number): readonly string[] {
  const whole = outputs.filter(({ chain }) => chain.length === length);
  const [digests, ...others] = new Set(whole.map(({ chain }) => chain.map(({ digest }) => digest).join()));
  return digests === undefined || others.length > 0 ? [] : digests.split(',');
}

/** A step may stand for several instructions that come to the same: the first counts. */
function locateStep({ locations, infos }: Build['source'], step: string): SourceLocation | null {
  const places = v.safeParse(StepPlacesSchema, fieldOf(locations, step));
  if (!places.success) return null;
  for (const { sourceIndex = 0, ranges = [] } of places.output.locations ?? []) {
    const file = infos[sourceIndex]?.filename ?? '';
    const lines = ranges.flatMap(({ start, end }) => [start.line, end.line]);
    if (file === '' || file.length > LONGEST_NAME || lines.length === 0) continue;
    const sorted = lines.toSorted((one, other) => one - other);
    return { file, firstLine: sorted[0] ?? 1, lastLine: sorted.at(-1) ?? 1 };
  }
  return null;
}
