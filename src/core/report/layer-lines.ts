import type { ComparedLayer, Comparison, LayerDifference, LayerStatus } from '../comparison/comparison.ts';
import { countedLayers } from '../comparison/counted-layers.ts';
import { countIgnoredFiles } from '../comparison/ignored.ts';
import type { SourceLocation } from '../image/source-location.ts';
import type { SnapshotLayer } from '../snapshot/snapshot.ts';
import { CAUSES, type ToldCause } from './causes.ts';
import { bytesOf, type Measure } from './measure.ts';
import { withoutCredentials } from './withhold.ts';

/** One layer of the table. */
export interface LayerLine {
  readonly kind: 'layer';
  /** Index in the target image; of a removed layer, in the base. */
  readonly index: number;
  /** Null when there is nothing to compare with. */
  readonly status: LayerStatus | null;
  readonly cause: ToldCause | null;
  readonly step: string;
  /** Where the step stands in the build's source; null when that is not known. */
  readonly location: SourceLocation | null;
  /** The step before it was edited, when it was. */
  readonly stepBefore: string | null;
  /** Index in the base of a moved layer. */
  readonly movedFrom: number | null;
  /** Bytes in the measure of the report; of a removed layer, those it had. */
  readonly size: number;
  /** Bytes that it adds to the image; null where its files are the same. */
  readonly delta: number | null;
}

/** Neighbors that became the same, told as one. */
export interface LayerRun {
  readonly kind: 'run';
  /** Why they were rebuilt; null where they are unchanged; `upstream` where they came with another base image. */
  readonly cause: ToldCause | 'upstream' | null;
  readonly first: number;
  readonly last: number;
  readonly size: number;
  /** Bytes that they add to the image; null where they add none. */
  readonly delta: number | null;
}

/** Where each layer of the target was made, by its index. */
export type LayerLocations = readonly (SourceLocation | null)[];

/** The layers of a first snapshot. */
export function snapshotLines(
  layers: readonly SnapshotLayer[],
  measure: Measure,
  locations: LayerLocations = [],
): LayerLine[] {
  return layers.map((layer) => {
    const { index, step } = layer;
    return {
      kind: 'layer',
      index,
      status: null,
      cause: null,
      step: withoutCredentials(step),
      location: locations[index] ?? null,
      stepBefore: null,
      movedFrom: null,
      size: bytesOf(layer, measure),
      delta: null,
    };
  });
}

/** The layers of a comparison, in its order. */
export function comparedLines(
  comparison: Comparison,
  measure: Measure,
  locations: LayerLocations = [],
): LayerLine[] {
  const tell = causeTeller(comparison);
  return comparison.layers.flatMap(
    (difference) => toLine(difference, tell(difference), measure, locations) ?? [],
  );
}

function causeTeller(comparison: Comparison): (difference: LayerDifference) => ToldCause | null {
  const counted = countedLayers(comparison);
  const hidden = countIgnoredFiles(comparison) > 0 ? 'uncounted' : 'volatile';
  const changed = new Set(comparison.files?.entries.map(({ layer }) => layer));
  return ({ cause, target }) => {
    if (cause !== 'content' || counted === null || target === undefined) return cause ?? null;
    if (counted.has(target.index)) return cause;
    return changed.has(target.index) ? hidden : 'unseen';
  };
}

function toLine(
  { status, base, target }: LayerDifference,
  cause: ToldCause | null,
  measure: Measure,
  locations: LayerLocations,
): LayerLine | null {
  const shown = target ?? base;
  if (shown === undefined) return null;
  const edited = base !== undefined && target !== undefined && base.step !== target.step;
  const isSame = cause !== null && CAUSES[cause].harmless !== null;
  const differs = (status === 'rebuilt' && !isSame) || status === 'added' || status === 'removed';
  const bytes = (layer: ComparedLayer | undefined): number => (layer ? bytesOf(layer, measure) : 0);
  return {
    kind: 'layer',
    index: shown.index,
    status,
    cause,
    step: withoutCredentials(shown.step),
    location: target === undefined ? null : (locations[target.index] ?? null),
    stepBefore: edited ? withoutCredentials(base.step) : null,
    movedFrom: status === 'moved' ? (base?.index ?? null) : null,
    size: bytes(shown),
    delta: differs ? bytes(target) - bytes(base) : null,
  };
}

/** As many neighbors share a row: fewer with other bytes are worth their names. */
const LEAST_UNCHANGED = 2;
const LEAST_REBUILT = 3;

/**
 * Tells each run of two or more unchanged layers as one.
 * @param isShort whether to do so too with three or more that were rebuilt with the same files.
 */
export function foldUnchanged(lines: readonly LayerLine[], isShort = false): (LayerLine | LayerRun)[] {
  const runs: [LayerLine, ...LayerLine[]][] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last !== undefined && last[0].status === line.status && last[0].cause === line.cause) last.push(line);
    else runs.push([line]);
  }
  return runs.flatMap((run): (LayerLine | LayerRun)[] => {
    const [{ status, cause, index: first }] = run;
    const isRebuilt = isShort && status === 'rebuilt' && cause !== null && CAUSES[cause].harmless !== null;
    const least =
      status === 'unchanged' ? LEAST_UNCHANGED : isRebuilt ? LEAST_REBUILT : Number.POSITIVE_INFINITY;
    if (run.length < least) return run;
    const size = run.reduce((sum, line) => sum + line.size, 0);
    return [{ kind: 'run', cause, first, last: first + run.length - 1, size, delta: null }];
  });
}
