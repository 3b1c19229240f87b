import * as v from 'valibot';
import { type FragmentRecord, FragmentRecordSchema } from '../analysis/fragment.ts';
import { DigestSchema, PlatformSchema, SizeSchema } from '../words/schemas.ts';

export const SNAPSHOT_SCHEMA = 'varve.snapshot@1';
const SNAPSHOT_WITH_FRAGMENTS_SCHEMA = 'varve.snapshot@2';

const SnapshotLayerSchema = v.strictObject({
  index: SizeSchema,
  diffId: DigestSchema,
  digest: v.nullable(DigestSchema),
  size: v.nullable(SizeSchema),
  mediaType: v.nullable(v.string()),
  uncompressedSize: SizeSchema,
  step: v.string(),
  createdBy: v.string(),
  fragments: v.array(FragmentRecordSchema),
});

const imageFields = {
  platform: PlatformSchema,
  manifest: v.nullable(v.strictObject({ digest: DigestSchema, mediaType: v.string(), size: SizeSchema })),
  config: v.strictObject({ digest: DigestSchema, size: SizeSchema }),
  layers: v.array(SnapshotLayerSchema),
};

const FirstSchema = v.strictObject({ schema: v.literal(SNAPSHOT_SCHEMA), ...imageFields });

const SecondSchema = v.strictObject({
  schema: v.literal(SNAPSHOT_WITH_FRAGMENTS_SCHEMA),
  ...imageFields,
  fragments: v.array(FragmentRecordSchema),
});

/**
 * The point-in-time record of one platform's image. It depends on manifest, config and layer bytes, and on the
 * analyzers, alone. Version 2 has fragments of the image as a whole, and at least one: without any, version 1 says it.
 */
export type Snapshot = v.InferOutput<typeof FirstSchema> | v.InferOutput<typeof SecondSchema>;
export type SnapshotLayer = v.InferOutput<typeof SnapshotLayerSchema>;

export const SnapshotSchema: v.GenericSchema<unknown, Snapshot> = v.variant('schema', [
  FirstSchema,
  SecondSchema,
]);

/** A snapshot of some facts, in the version that says them. @param fragments of the image as a whole, sorted. */
export function assembleSnapshot(
  { platform, manifest, config, layers }: Pick<Snapshot, 'platform' | 'manifest' | 'config' | 'layers'>,
  fragments: readonly FragmentRecord[],
): Snapshot {
  const facts = { platform, manifest, config, layers };
  if (fragments.length === 0) return { schema: SNAPSHOT_SCHEMA, ...facts };
  return { schema: SNAPSHOT_WITH_FRAGMENTS_SCHEMA, ...facts, fragments: [...fragments] };
}

/** The fragments of the image as a whole, those of its layers left out. */
export function imageFragments(snapshot: Snapshot): readonly FragmentRecord[] {
  return 'fragments' in snapshot ? snapshot.fragments : [];
}
