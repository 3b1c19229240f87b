import { canonicalBytes, canonicalJson } from '../../src/base/canonical-json.ts';
import { type Digest, digestOf } from '../../src/base/digest.ts';
import type { LayerAnalyzer } from '../../src/core/analysis/analyzer.ts';
import type { AnalyzerKey } from '../../src/core/analysis/analyzer-key.ts';
import { filesAnalyzer } from '../../src/core/analysis/files/files-analyzer.ts';
import type { HistoryEntry } from '../../src/core/history/history.ts';
import type { Pointer } from '../../src/core/run/pointer.ts';
import { snapshotBytes, snapshotDigest } from '../../src/core/snapshot/build-snapshot.ts';
import type { Snapshot, SnapshotLayer } from '../../src/core/snapshot/snapshot.ts';
import type { SurfaceItem } from '../../src/core/surface/item.ts';
import { COMPARISON_KIND, CONFIG_KIND, SNAPSHOT_KIND } from '../../src/core/surface/keys.ts';
import type { SurfaceManifest } from '../../src/core/surface/manifest.ts';
import { type Origin, packItem } from '../../src/core/surface/pack-item.ts';
import { expiryAfter } from '../../src/core/surface/retention.ts';
import {
  buildSurfaceManifest,
  listItem,
  surfaceManifestDigest,
} from '../../src/core/surface/surface-manifest.ts';
import { surfaceManifestUri } from '../../src/core/surface/uris.ts';

export const TIME = '2026-03-01T12:00:00.000Z';
export const INVENTORY_ANALYZER = { kind: 'layer.files', analyzer: 'inventory@1', options: digestOf('{}') };

/** An analyzer that gives inventories under some key. */
export const inventoryAnalyzer = (key: AnalyzerKey = INVENTORY_ANALYZER): LayerAnalyzer => ({
  ...filesAnalyzer,
  key,
});

export function makeOrigin(overrides: Partial<Origin> = {}): Origin {
  return {
    tenant: 'acme',
    time: TIME,
    source: { scannerBuild: 'varve@0.0.0', imageDigest: digestOf('image'), scanId: 'scan-1' },
    ...overrides,
  };
}

/** The first line of the inventory of the layer that is named by a text, which has nothing in it. */
export function inventoryHeader(text: string): string {
  return canonicalJson({
    schema: 'varve.layer-files@1',
    diffId: digestOf(`layer ${text}`),
    entries: 0,
    uncompressedSize: 1000,
    orderDigest: digestOf(''),
    findings: [],
    implicitParents: [],
  });
}

/** That inventory. */
export function makeFragment(text: string, origin: Origin = makeOrigin()): SurfaceItem {
  const payload = Buffer.from(`${inventoryHeader(text)}\n`);
  return packItem(origin, 'layer.files', payload, {
    format: 'ndjson',
    expiresAt: expiryAfter(30, origin.time),
  });
}

/** A layer that a verified read has seen; its blob and diffID follow from the text. */
export function makeSnapshotLayer(
  index: number,
  text: string,
  overrides: Partial<SnapshotLayer> = {},
): SnapshotLayer {
  return {
    index,
    diffId: digestOf(`layer ${text}`),
    digest: digestOf(`blob ${text}`),
    size: 100,
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    uncompressedSize: 1000,
    step: `RUN ${text}`,
    createdBy: `RUN ${text} # buildkit`,
    fragments: [{ ...INVENTORY_ANALYZER, digest: makeFragment(text).key.digest }],
    ...overrides,
  };
}

/** A snapshot of layers named by texts. */
export function makeSnapshot(
  texts: readonly string[],
  overrides: Partial<Omit<Snapshot, 'schema'>> = {},
): Snapshot {
  return {
    schema: 'varve.snapshot@1',
    platform: { os: 'linux', architecture: 'amd64' },
    manifest: {
      digest: digestOf(`manifest ${texts.join()}`),
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      size: 400,
    },
    config: { digest: digestOf(configBytes(texts)), size: configBytes(texts).length },
    layers: texts.map((text, index) => makeSnapshotLayer(index, text)),
    ...overrides,
  };
}

/** All that one run stores of an image, in the order in which it is stored. */
export interface MadeRun {
  readonly items: readonly SurfaceItem[];
  readonly snapshot: Snapshot;
  readonly snapshotDigest: Digest;
  readonly surfaceManifest: SurfaceManifest;
  readonly entry: HistoryEntry;
}

/** What a run that snapshots an image of some layers stores. */
export function makeRun(
  texts: readonly string[],
  origin: Origin = makeOrigin(),
  name = 'app',
  overrides: Parameters<typeof makeSnapshot>[1] = {},
): MadeRun {
  const snapshot = makeSnapshot(texts, overrides);
  const items = [
    ...texts.map((text) => makeFragment(text, origin)),
    packItem(origin, CONFIG_KIND, configBytes(texts)),
    packItem(origin, SNAPSHOT_KIND, snapshotBytes(snapshot)),
  ];
  const surfaceManifest = buildSurfaceManifest({
    tenant: origin.tenant,
    imageDigest: snapshot.manifest?.digest ?? snapshot.config.digest,
    source: { component: 'varve', version: '0.0.0' },
    artifacts: items.map(listItem),
  });
  const entry = makeEntry({
    tenant: origin.tenant,
    name,
    time: origin.time,
    snapshotDigest: snapshotDigest(snapshot),
    surfaceManifestDigest: surfaceManifestDigest(surfaceManifest),
    scanId: origin.source.scanId,
  });
  return { items, snapshot, snapshotDigest: snapshotDigest(snapshot), surfaceManifest, entry };
}

export function makeEntry(overrides: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    schema: 'varve.history@1',
    tenant: 'acme',
    name: 'app',
    platform: { os: 'linux', architecture: 'amd64' },
    time: TIME,
    snapshotDigest: digestOf('snapshot'),
    surfaceManifestDigest: digestOf('surface manifest'),
    reference: 'oci:app',
    commit: null,
    branch: null,
    pullRequest: null,
    scanId: 'scan-1',
    ...overrides,
  };
}

/** The pointer of a run that was compared with the snapshot of the commit before. */
export function makePointer(run: MadeRun = makeRun(['a', 'b'])): Pointer {
  const { surfaceManifest, entry } = run;
  const comparison = packItem(makeOrigin(), COMPARISON_KIND, Buffer.from('{}'));
  return {
    schema: 'varve.pointer@1',
    manifestUri: surfaceManifestUri(entry.tenant, entry.surfaceManifestDigest),
    manifestDigest: entry.surfaceManifestDigest,
    manifest: { artifacts: surfaceManifest.artifacts },
    snapshotDigest: run.snapshotDigest,
    image: { reference: 'oci:app:latest', name: 'app', platform: run.snapshot.platform },
    comparison: { uri: listItem(comparison).uri, digest: comparison.key.digest },
    baseline: {
      found: 'ancestor',
      place: 'dir:.varve',
      snapshotDigest: digestOf('baseline'),
      commit: 'c'.repeat(40),
      branch: 'main',
      time: TIME,
      distance: 1,
    },
    layers: { total: 2, reused: 1, read: 1, bytesRead: 100 },
    findings: [
      { layer: null, code: 'media-type' },
      { layer: 1, code: 'duplicate', path: 'etc/passwd' },
    ],
    attachments: [
      {
        kind: 'attestation',
        digest: digestOf('attestation'),
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        size: 566,
        artifactType: null,
        subject: digestOf('manifest'),
        predicateTypes: ['https://slsa.dev/provenance/v1'],
      },
    ],
    locations: [{ layer: 1, file: 'Dockerfile', firstLine: 9, lastLine: 11 }],
    run: {
      scanId: 'scan-1',
      generatedAt: TIME,
      scannerBuild: 'varve@0.0.0',
      tenant: entry.tenant,
      commit: 'd'.repeat(40),
      branch: 'feature',
      pullRequest: 7,
    },
  };
}

function configBytes(texts: readonly string[]): Buffer {
  const rootfs = { type: 'layers', diff_ids: texts.map((text) => digestOf(`layer ${text}`)) };
  return canonicalBytes({ architecture: 'amd64', os: 'linux', author: texts.join(), rootfs });
}
