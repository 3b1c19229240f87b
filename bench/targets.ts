import type { BenchImageFacts } from './image/facts.ts';
import { type Outcomes, peakOf, wallOf } from './measure.ts';

export type Unit = '×' | 'ms' | 's' | 'MB';

/** A promise about measured cases: one figure, a bound that must hold and one to strive for. */
export interface Target {
  readonly id: string;
  readonly what: string;
  readonly unit: Unit;
  readonly bound: 'at most' | 'at least';
  readonly target: number;
  readonly stretch: number;
  /** Ids of the cases that the figure is made of. */
  readonly cases: readonly string[];
  readonly figure: (outcomes: Outcomes) => number | undefined;
}

type Bounds = readonly [target: number, stretch: number];

/** Wall time of one case in that of another. */
function quotient(
  bound: Target['bound'],
  id: string,
  what: string,
  [over, under]: readonly [string, string],
  [target, stretch]: Bounds,
): Target {
  const figure = (outcomes: Outcomes) => {
    const [above, below] = [wallOf(outcomes.get(over)), wallOf(outcomes.get(under))];
    return above === undefined || below === undefined ? undefined : above / below;
  };
  return { id, what, unit: '×', bound, target, stretch, cases: [over, under], figure };
}

function ratio(id: string, what: string, own: string, floor: string, bounds: Bounds): Target {
  return quotient('at most', id, what, [own, floor], bounds);
}

function lead(id: string, what: string, peer: string, own: string, bounds: Bounds): Target {
  return quotient('at least', id, what, [peer, own], bounds);
}

function peak(id: string, what: string, subject: string, [target, stretch]: Bounds): Target {
  const figure = (outcomes: Outcomes) => peakOf(outcomes.get(subject));
  return { id, what, unit: 'MB', bound: 'at most', target, stretch, cases: [subject], figure };
}

function seconds(id: string, what: string, subject: string, [target, stretch]: Bounds): Target {
  const figure = (outcomes: Outcomes) => {
    const wall = wallOf(outcomes.get(subject));
    return wall === undefined ? undefined : wall / 1000;
  };
  return { id, what, unit: 's', bound: 'at most', target, stretch, cases: [subject], figure };
}

function milliseconds(id: string, what: string, subject: string, bounds: Bounds, above?: string): Target {
  const figure = (outcomes: Outcomes) => {
    const wall = wallOf(outcomes.get(subject));
    const start = above === undefined ? 0 : wallOf(outcomes.get(above));
    return wall === undefined || start === undefined ? undefined : wall - start;
  };
  const cases = above === undefined ? [subject] : [subject, above];
  return { id, what, unit: 'ms', bound: 'at most', target: bounds[0], stretch: bounds[1], cases, figure };
}

/** Every promise of the bench; those that grow with the input take its size from `facts`. */
export function listTargets(facts: BenchImageFacts): Target[] {
  const changedMb = facts.changedBytes / 1e6;
  const cold = 'varve/cold-gzip';
  return [
    ratio(
      'cold-gzip',
      'cold, gzip layers ÷ `gzip -dc \\| sha256sum`',
      cold,
      'floor/gzip-sha256',
      [0.42, 0.32],
    ),
    ratio(
      'cold-gzip-fast',
      'cold, gzip layers ÷ `igzip -dc \\| openssl dgst`',
      cold,
      'floor/igzip-openssl',
      [1.1, 0.8],
    ),
    ratio(
      'cold-zstd',
      'cold, zstd layers ÷ `zstd -dc \\| openssl dgst`',
      'varve/cold-zstd',
      'floor/zstd-openssl',
      [1.35, 1],
    ),
    ratio(
      'cold-archive',
      'cold, docker-archive ÷ `openssl dgst` of the file',
      'varve/cold-docker-archive',
      'floor/openssl-archive',
      [1.3, 0.95],
    ),
    ratio(
      'cold-public',
      'cold, gzip layers, public `node:zlib` ÷ `gzip -dc \\| sha256sum`',
      'varve/cold-gzip-public',
      'floor/gzip-sha256',
      [0.6, 0.47],
    ),
    lead(
      'snyk-archive',
      'snyk-docker-plugin ÷ Varve, docker-archive',
      'peer/snyk-docker-archive',
      'varve/cold-docker-archive',
      [3, 5],
    ),
    lead(
      'snyk-oci',
      'snyk-docker-plugin ÷ Varve, OCI archive',
      'peer/snyk-oci-archive',
      'varve/cold-oci-archive',
      [3, 5],
    ),
    lead('umoci', '`umoci unpack` ÷ Varve', 'peer/umoci-unpack', cold, [10, 13]),
    lead('podman', '`podman pull` ÷ Varve', 'peer/podman-pull', cold, [10, 13]),
    lead(
      'diffoscope',
      'diffoscope of the changed layer ÷ `varve compare` of the whole images',
      'peer/diffoscope',
      'varve/compare-images',
      [5, 8],
    ),
    ratio(
      'unchanged',
      'nothing changed, whole process ÷ `node -e 0`',
      'varve/unchanged',
      'floor/node',
      [5, 3],
    ),
    milliseconds(
      'one-layer',
      `one layer of ${changedMb.toFixed(1)} MB changed, whole process`,
      'varve/one-layer-changed',
      [90 + 4 * changedMb, 60 + 3 * changedMb],
    ),
    ratio(
      'registry-cold',
      'registry, cold ÷ `skopeo copy docker:// docker-archive:`',
      'varve/registry-cold',
      'peer/skopeo-registry',
      [1, 0.4],
    ),
    ratio(
      'registry-unchanged',
      'registry, nothing changed ÷ `node -e 0`',
      'varve/registry-unchanged',
      'floor/node',
      [5, 3],
    ),
    ratio(
      'engine-unchanged',
      'engine, nothing changed ÷ `node -e 0`',
      'varve/engine-unchanged',
      'floor/node',
      [5, 3],
    ),
    milliseconds(
      'engine-one-layer',
      `engine, one layer of ${changedMb.toFixed(1)} MB changed, from its storage, above bare Node`,
      'varve/engine-one-layer',
      [300, 100],
      'floor/node',
    ),
    ratio(
      'export-one-layer',
      'engine, one layer changed, by an export ÷ `docker save`',
      'varve/export-one-layer',
      'peer/docker-save',
      [1.15, 1.05],
    ),
    peak(
      'memory-registry',
      'peak memory, whole bench image from a registry',
      'varve/registry-cold',
      [340, 280],
    ),
    peak('memory-image', 'peak memory, whole bench image', cold, [280, 200]),
    peak('memory-huge', 'peak memory, one layer of 6.4 GB', 'limit/huge', [120, 80]),
    seconds('million-time', '1,000,000 files in one layer, time', 'limit/million-files', [25, 10]),
    peak('million-memory', '1,000,000 files in one layer, peak memory', 'limit/million-files', [900, 400]),
    seconds('empty-time', '3,000,000 empty files in one layer, time', 'limit/empty-files', [90, 30]),
    peak(
      'empty-memory',
      '3,000,000 empty files in one layer, peak memory',
      'limit/empty-files',
      [2000, 1000],
    ),
    milliseconds('version', '`--version` above bare Node', 'varve/version', [60, 25], 'floor/node'),
    milliseconds('help', '`--help` above bare Node', 'varve/help', [60, 25], 'floor/node'),
  ];
}

export type Verdict = 'ok' | 'ok, stretch' | 'MISS';

/** Holds a figure against its target. */
export function judge({ bound, target, stretch }: Target, figure: number): Verdict {
  const holds = (limit: number) => (bound === 'at most' ? figure <= limit : figure >= limit);
  if (!holds(target)) return 'MISS';
  return holds(stretch) ? 'ok, stretch' : 'ok';
}
