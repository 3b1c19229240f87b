/** Renders the JSON Schemas of all formats from the checks that the code itself reads them with. */
import { type ConversionConfig, type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { InventoryEntrySchema, InventoryHeaderSchema } from '../src/core/analysis/files/inventory.ts';
import { CheckOutputSchema } from '../src/core/attention/check-output.ts';
import { CompareOutputSchema, CompareOutputsSchema } from '../src/core/comparison/compare-output.ts';
import { SectionsSchema } from '../src/core/comparison/comparison.ts';
import { ComparisonsSchema } from '../src/core/comparison/comparisons.ts';
import { AnyComparisonSchema } from '../src/core/comparison/parse-comparison.ts';
import { HistoryEntrySchema, HistoryOutputSchema } from '../src/core/history/history.ts';
import { InspectOutputSchema } from '../src/core/image/inspect-output.ts';
import { JsonObject } from '../src/core/image/raw-document.ts';
import { KitIndexSchema } from '../src/core/kit/kit-index.ts';
import { KitSummarySchema } from '../src/core/kit/kit-summary.ts';
import { ReceiptSchema } from '../src/core/kit/receipt.ts';
import { TreeEntrySchema } from '../src/core/rootfs/tree.ts';
import { PointerSchema } from '../src/core/run/pointer.ts';
import { PointersSchema } from '../src/core/run/pointers.ts';
import { RunResultSchema } from '../src/core/run/run-result.ts';
import { SnapshotOutputSchema, SnapshotOutputsSchema } from '../src/core/run/snapshot-output.ts';
import { AnnotationSchema } from '../src/core/sbom/annotation.ts';
import { RootFileSchema, RootFilesHeaderSchema } from '../src/core/sbom/root-files.ts';
import { SnapshotSchema } from '../src/core/snapshot/snapshot.ts';
import { GarbageSchema } from '../src/core/store/collect-garbage.ts';
import { StatsSchema } from '../src/core/store/measure-store.ts';
import { ItemManifestSchema, SurfaceManifestSchema } from '../src/core/surface/manifest.ts';
import { DigestSchema } from '../src/core/words/schemas.ts';

const FOLDER = 'docs/schemas';

/** Each format by the name of its file, with what it is. */
export const FORMATS: Readonly<Record<string, readonly [title: string, schema: GenericSchema]>> = {
  'item-manifest': ['The manifest of one item', ItemManifestSchema],
  comparison: ['What differs between two snapshots', AnyComparisonSchema],
  comparisons: ['The comparisons of several platforms', ComparisonsSchema],
  'check-output': ['What check --format json prints', CheckOutputSchema],
  'compare-output': ['What compare --format json prints', CompareOutputSchema],
  'compare-outputs': ['What compare --format json prints of several platforms', CompareOutputsSchema],
  garbage: ['What surface gc --format json prints', GarbageSchema],
  'history-entry': ['One snapshot that was taken', HistoryEntrySchema],
  'history-output': ['One snapshot as history --format json lists it', HistoryOutputSchema],
  'inspect-output': ['What inspect --format json prints', InspectOutputSchema],
  'layer-files-entry': ['Any but the first line of a layer.files fragment', InventoryEntrySchema],
  'layer-files-header': ['The first line of a layer.files fragment', InventoryHeaderSchema],
  'kit-index': ['What a kit has: its manifest-index.json', KitIndexSchema],
  'kit-summary': ['What kit plan, export, import and ls print with --json', KitSummarySchema],
  pointer: ['The pointer that a run emits', PointerSchema],
  pointers: ['The pointers of a run for several platforms', PointersSchema],
  receipt: ['What a store has: what kit receipt prints', ReceiptSchema],
  result: ['All that a report of a run is made of', RunResultSchema],
  'rootfs-files-entry': ['Any but the first line of a rootfs.files payload', RootFileSchema],
  'rootfs-files-header': ['The first line of a rootfs.files payload', RootFilesHeaderSchema],
  'sbom-annotation': ['What an annotation in an SPDX document of buildkit-scan says', AnnotationSchema],
  snapshot: ["The record of one platform's image", SnapshotSchema],
  'snapshot-output': ['What snapshot --format json prints', SnapshotOutputSchema],
  'snapshot-outputs': ['What snapshot --format json prints of several platforms', SnapshotOutputsSchema],
  stats: ['What surface stats --format json prints', StatsSchema],
  'surface-manifest': ['The manifest of one image', SurfaceManifestSchema],
  'tree-entry': ['One line of tree --format ndjson', TreeEntrySchema],
};

/** What checks in code alone look for. */
const OVERRIDES = new Map<unknown, JsonSchema>([
  [DigestSchema, { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' }],
  [JsonObject, { type: 'object' }],
  [SectionsSchema, { type: 'object', additionalProperties: { type: ['object', 'null'] } }],
]);

const CONVERSION: ConversionConfig = {
  target: 'draft-2020-12',
  // Dates that do not exist pass the JSON Schema; the code refuses them.
  ignoreActions: ['check'],
  overrideSchema: ({ valibotSchema }) => OVERRIDES.get(valibotSchema),
};

/** The texts of all schema files by their paths in the repository. */
export function renderSchemas(): Map<string, string> {
  return new Map(
    Object.entries(FORMATS).map(([name, [title, schema]]) => {
      const { $schema, ...rules } = toJsonSchema(schema, CONVERSION);
      return [`${FOLDER}/${name}.json`, `${JSON.stringify({ $schema, title, ...rules }, null, 2)}\n`];
    }),
  );
}
