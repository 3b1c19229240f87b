import * as v from 'valibot';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { fragmentKey } from '../snapshot/build-snapshot.ts';
import {
  DigestSchema,
  type FragmentRecord,
  FragmentRecordSchema,
  SizeSchema,
  type SnapshotLayer,
} from '../snapshot/snapshot.ts';
import { parseStored } from '../stored-json.ts';
import type { LayerRecord } from './surface-store.ts';

const LayerRecordSchema = v.strictObject({
  diffId: DigestSchema,
  uncompressedSize: SizeSchema,
  fragments: v.array(FragmentRecordSchema),
});

/** What one snapshot proves of a layer, as the text that is kept of it under its own hash. */
export function layerRecordText({ diffId, uncompressedSize, fragments }: SnapshotLayer): string {
  return canonicalJson({ diffId, uncompressedSize, fragments } satisfies LayerRecord);
}

/** The record in a stored text; null when it is damaged or belongs elsewhere. */
export function readLayerRecord(
  text: string | Uint8Array,
  digest: Digest,
  diffId: Digest,
): LayerRecord | null {
  if (digestOf(text) !== digest) return null;
  try {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    const record = parseStored(LayerRecordSchema, bytes, digest);
    return record.diffId === diffId ? record : null;
  } catch {
    return null;
  }
}

/** All that several records say of one layer; what they contradict each other in is not known. */
export function mergeLayerRecords(records: readonly LayerRecord[]): LayerRecord | null {
  const [first] = records;
  if (first === undefined || records.some((each) => each.uncompressedSize !== first.uncompressedSize))
    return null;
  const byKey = Map.groupBy(
    records.flatMap((record) => record.fragments),
    fragmentKey,
  );
  return { ...first, fragments: [...byKey.values()].flatMap(agreedFragment) };
}

function agreedFragment(results: readonly FragmentRecord[]): FragmentRecord[] {
  const [first] = results;
  return first !== undefined && results.every((each) => each.digest === first.digest) ? [first] : [];
}
