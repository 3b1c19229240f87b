import { digestOf } from '../../src/base/digest.ts';
import type { AttentionItem } from '../../src/core/attention/attention.ts';
import { attentionSection } from '../../src/core/comparison/attention-gained.ts';
import {
  COMPARISON_SCHEMA,
  type ComparedLayer,
  type Comparison,
  type ComparisonSide,
  type ConfigDifference,
  type FileDifference,
  type FileDifferences,
  type FileState,
  type LayerDifference,
  type LayerStatus,
  type RebuildCause,
} from '../../src/core/comparison/comparison.ts';
import type { DescribedAttachment } from '../../src/core/image/attestation.ts';
import type { BaselineFacts, ReportedImage } from '../../src/core/report/report.ts';
import { SNAPSHOT_SCHEMA, type Snapshot } from '../../src/core/snapshot/snapshot.ts';

/** One row of a comparison, in few words. */
export interface Row {
  readonly status: LayerStatus;
  readonly cause?: RebuildCause;
  readonly step: string;
  readonly stepBefore?: string;
  /** Uncompressed bytes in the target; in the base for removed layers. */
  readonly size: number;
  readonly sizeBefore?: number;
}

const PLATFORM = { os: 'linux', architecture: 'amd64' };

const layer = (index: number, step: string, size: number, salt: string): ComparedLayer => ({
  index,
  digest: digestOf(`blob ${salt} ${step}`),
  diffId: digestOf(`tar ${salt} ${step}`),
  size: Math.round(size * 0.4),
  uncompressedSize: size,
  mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
  step,
});

function layerDifferences(rows: readonly Row[]): LayerDifference[] {
  let base = 0;
  let target = 0;
  return rows.map((row) => {
    const { status, cause, step, size } = row;
    const before =
      status === 'added' ? undefined : layer(base++, row.stepBefore ?? step, row.sizeBefore ?? size, 'base');
    const salt = status === 'rebuilt' || status === 'added' ? 'target' : 'base';
    const after = status === 'removed' ? undefined : layer(target++, step, size, salt);
    return {
      status,
      ...(cause !== undefined && { cause }),
      ...(before !== undefined && { base: before }),
      ...(after !== undefined && { target: after }),
    };
  });
}

const sum = (layers: readonly ComparedLayer[], key: 'size' | 'uncompressedSize'): number =>
  layers.reduce((total, one) => total + (one[key] ?? 0), 0);

function side(name: string, layers: readonly ComparedLayer[]): ComparisonSide {
  return {
    snapshotDigest: digestOf(`${name} snapshot`),
    manifestDigest: digestOf(`${name} manifest`),
    configDigest: digestOf(`${name} config`),
    platform: PLATFORM,
    layerCount: layers.length,
    compressedSize: sum(layers, 'size'),
    uncompressedSize: sum(layers, 'uncompressedSize'),
  };
}

/** A comparison whose figures agree with its rows. */
export function makeComparison(
  rows: readonly Row[],
  entries: readonly FileDifference[] = [],
  config: readonly ConfigDifference[] | null = [],
): Comparison {
  const layers = layerDifferences(rows);
  const bases = layers.flatMap(({ base }) => base ?? []);
  const targets = layers.flatMap(({ target }) => target ?? []);
  const [base, target] = [side('base', bases), side('target', targets)];
  const count = (status: LayerStatus): number => layers.filter((one) => one.status === status).length;
  const shipped = layers.filter(({ status }) => status === 'rebuilt' || status === 'added');
  const kept = count('unchanged') + count('recompressed') + count('moved');
  const files = countFiles(entries);
  return {
    schema: COMPARISON_SCHEMA,
    base,
    target,
    changed:
      files.added + files.modified + files.removed > 0 ||
      (config ?? [{ volatile: undefined }]).some((difference) => difference.volatile !== true),
    summary: {
      unchanged: count('unchanged'),
      recompressed: count('recompressed'),
      moved: count('moved'),
      rebuilt: count('rebuilt'),
      added: count('added'),
      removed: count('removed'),
      reuseRatio: targets.length === 0 ? 1 : kept / targets.length,
      firstRebuilt: shipped[0]?.target?.index ?? null,
      cascade: {
        layers: shipped.length,
        uncompressedSize: sum(
          shipped.flatMap((one) => one.target ?? []),
          'uncompressedSize',
        ),
      },
    },
    size: {
      uncompressedDelta: target.uncompressedSize - base.uncompressedSize,
      compressedDelta: (target.compressedSize ?? 0) - (base.compressedSize ?? 0),
      pullBytes: sum(
        shipped.flatMap((one) => one.target ?? []),
        'size',
      ),
    },
    layers,
    files,
    config,
    sections: {},
  };
}

function countFiles(entries: readonly FileDifference[]): FileDifferences {
  const count = (status: FileDifference['status']): number =>
    entries.filter((entry) => entry.status === status && entry.volatile !== true).length;
  const volatile = entries.filter((entry) => entry.volatile === true).length;
  return { added: count('added'), modified: count('modified'), removed: count('removed'), volatile, entries };
}

/** The same comparison, with what the change brings that somebody should look at. */
export const withAttention = (comparison: Comparison, ...items: readonly AttentionItem[]): Comparison => ({
  ...comparison,
  sections: { ...comparison.sections, ...attentionSection(items) },
});

/** The snapshot that a comparison's target is of. */
export function makeSnapshot(layers: readonly { readonly step: string; readonly size: number }[]): Snapshot {
  return {
    schema: SNAPSHOT_SCHEMA,
    platform: PLATFORM,
    manifest: {
      digest: digestOf('target manifest'),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      size: 1234,
    },
    config: { digest: digestOf('target config'), size: 4321 },
    layers: layers.map(({ step, size }, index) => {
      const { digest, diffId, size: stored, mediaType } = layer(index, step, size, 'target');
      return {
        index,
        diffId,
        digest,
        size: stored,
        mediaType,
        uncompressedSize: size,
        step,
        createdBy: step,
        fragments: [],
      };
    }),
  };
}

/** What a run would hand to the report; only what matters is given. */
export function makeImage(comparison: Comparison | null, facts: Partial<ReportedImage> = {}): ReportedImage {
  const targets = (comparison?.layers ?? []).flatMap(({ target }) => target ?? []);
  return {
    name: 'shop/web',
    reference: 'oci:build/image:latest',
    snapshot: makeSnapshot(targets.map(({ step, uncompressedSize: size }) => ({ step, size }))),
    snapshotDigest: digestOf('target snapshot'),
    change: comparison === null ? null : { baseline: BASELINE, comparison },
    keptIn: null,
    pullRequest: null,
    reading: null,
    findings: [],
    attachments: [],
    locations: [],
    notes: [],
    ...facts,
  };
}

export const BASELINE: BaselineFacts = {
  found: 'ancestor',
  place: 'dir:.varve',
  snapshotDigest: digestOf('base snapshot'),
  commit: '1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d',
  branch: 'main',
  time: '2026-01-28T12:00:00.000Z',
  distance: 2,
  countedFrom: 'base',
  sameCommit: false,
  age: 3 * 86_400,
};

/** A state of a path; a plain file unless told otherwise. */
export function makeState(state: Partial<FileState> = {}): FileState {
  return { type: 'file', mode: '0644', uid: 0, gid: 0, size: 0, mtime: 1_700_000_000, ...state };
}

export function addedFile(path: string, layerIndex: number, state: Partial<FileState> = {}): FileDifference {
  return { path, status: 'added', changes: [], target: makeState(state), layer: layerIndex };
}

export function removedFile(
  path: string,
  layerIndex: number | null,
  state: Partial<FileState> = {},
): FileDifference {
  return { path, status: 'removed', changes: [], base: makeState(state), layer: layerIndex };
}

export function modifiedFile(
  path: string,
  layerIndex: number,
  changes: FileDifference['changes'],
  before: Partial<FileState>,
  after: Partial<FileState>,
): FileDifference {
  return {
    path,
    status: 'modified',
    changes,
    base: makeState(before),
    target: makeState(after),
    layer: layerIndex,
  };
}

/** Something that stands next to the image. */
export function makeAttachment(
  kind: DescribedAttachment['kind'],
  predicateTypes: readonly string[],
  artifactType: string | null = null,
): DescribedAttachment {
  return {
    kind,
    digest: digestOf(kind),
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    size: 566,
    artifactType,
    subject: digestOf('target manifest'),
    predicateTypes,
  };
}
