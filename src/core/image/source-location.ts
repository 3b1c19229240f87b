import * as v from 'valibot';
import type { Digest } from '../../base/digest.ts';
import { JsonObject, looseShape } from './raw-document.ts';

/** Where the instruction that made a layer stands in a file of the build. */
export interface SourceLocation {
  /** `Dockerfile`, as the build was told. */
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
const FileNameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(1000));
const SourceSchema = v.looseObject({
  locations: v.record(v.string(), looseShape({ locations: v.exactOptional(v.array(PlaceSchema)) })),
  infos: v.array(v.looseObject({ filename: FileNameSchema })),
});
const ChainSchema = v.array(v.looseObject({ digest: v.string() }));

/** What BuildKit adds to a provenance of `mode=max`. */
const BuildSchema = v.looseObject({
  source: SourceSchema,
  layers: v.record(v.string(), v.array(ChainSchema)),
});
type Build = v.InferOutput<typeof BuildSchema>;

const StepSchema = v.looseObject({
  id: v.string(),
  op: v.looseObject({ Op: v.looseObject({ source: v.looseObject({ identifier: v.string() }) }) }),
});

/**
 * Finds which lines of a Dockerfile made each layer, as a SLSA provenance of BuildKit (v0.2, v1) tells it in
 * `mode=max`. A layer has a location only where the provenance lists the very layers up to it as those of one step;
 * those of a base image have that of its FROM.
 * @param blobs the digests of the layers as distributed, the lowest first. Where none is known, the provenance must
 * have been told of this very image: then its layers are those of the one step that made as many.
 * @returns one item a layer; null throughout for anything that is no such provenance.
 * @see https://github.com/moby/buildkit/blob/v0.25.2/docs/attestations/slsa-definitions.md
 */
export function locateLayers(
  predicate: Readonly<Record<string, unknown>>,
  blobs: readonly (Digest | null)[],
): readonly (SourceLocation | null)[] {
  const build = v.safeParse(BuildSchema, buildOf(predicate));
  if (!build.success) return blobs.map(() => null);
  const { source, layers } = build.output;
  const known = blobs.some((blob) => blob !== null) ? blobs : wholeChain(layers, blobs.length);
  const steps = Object.entries(layers).flatMap(([output, chains]) => {
    const step = output.replace(/:\d+$/, '');
    const location = locateStep(source, step);
    const fitting = chains.filter((chain) => chain.length > 0 && isBeginning(chain, known));
    return location === null ? [] : fitting.map(({ length }) => ({ step, location, length }));
  });
  const pulled = pulledSteps(predicate);
  const base = steps.find(({ step }) => pulled.has(step));
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

function isBeginning(chain: v.InferOutput<typeof ChainSchema>, blobs: readonly (string | null)[]): boolean {
  return chain.length <= blobs.length && chain.every(({ digest }, index) => digest === blobs[index]);
}

/** The digests of as many layers; none where that many were made in two ways. */
function wholeChain(layers: Build['layers'], length: number): readonly string[] {
  const chains = Object.values(layers).flatMap((lists) => lists.filter((chain) => chain.length === length));
  const [chain, ...others] = new Map(
    chains.map((items) => [items.map(({ digest }) => digest).join(), items]),
  ).values();
  return chain === undefined || others.length > 0 ? [] : chain.map(({ digest }) => digest);
}

/** A step may stand for several instructions that come to the same: the first counts. */
function locateStep({ locations, infos }: Build['source'], step: string): SourceLocation | null {
  const places = Object.hasOwn(locations, step) ? (locations[step]?.locations ?? []) : [];
  for (const { sourceIndex = 0, ranges = [] } of places) {
    const file = infos[sourceIndex]?.filename;
    const lines = ranges.flatMap(({ start, end }) => [start.line, end.line]);
    if (file === undefined || lines.length === 0) continue;
    const sorted = lines.toSorted((one, other) => one - other);
    return { file, firstLine: sorted[0] ?? 1, lastLine: sorted.at(-1) ?? 1 };
  }
  return null;
}
