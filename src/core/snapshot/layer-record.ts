import * as v from 'valibot';
import { canonicalJson } from '../../base/canonical-json.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { keyText } from '../analysis/analyzer-key.ts';
import { type FragmentRecord, FragmentRecordSchema } from '../analysis/fragment.ts';
import { damageOf } from '../surface/damage.ts';
import type { Damage, OnDamage } from '../surface/surface-store.ts';
import { DigestSchema, SizeSchema } from '../words/schemas.ts';
import { malformed, parseStored } from '../words/stored-json.ts';
import type { LayerRecord } from './layer-records.ts';
import { imageFragments, type Snapshot } from './snapshot.ts';

const LayerRecordSchema = v.strictObject({
  diffId: DigestSchema,
  uncompressedSize: SizeSchema,
  fragments: v.array(FragmentRecordSchema),
});

/** What one snapshot proves of each of its layers, and of the image where it has fragments of its own. */
export function recordsOf(snapshot: Snapshot): LayerRecord[] {
  const layers = snapshot.layers.map(({ diffId, uncompressedSize, fragments }) => ({
    diffId,
    uncompressedSize,
    fragments,
  }));
  const fragments = imageFragments(snapshot);
  if (fragments.length === 0) return layers;
  const { digest, size } = snapshot.config;
  return [...layers, { diffId: digest, uncompressedSize: size, fragments }];
}

/** A record as the text that is kept of it under its own hash. */
export function recordText({ diffId, uncompressedSize, fragments }: LayerRecord): string {
  return canonicalJson({ diffId, uncompressedSize, fragments } satisfies LayerRecord);
}

/** A stored text that should be a record of a layer. */
export interface StoredRecord {
  /** How it is named when it is damaged. */
  readonly object: string;
  readonly text: string | Uint8Array;
  /** The hash that it is kept under; null where its name is not a hash. */
  readonly digest: Digest | null;
}

/** All that stored records say of a layer; what is damaged, and what they contradict each other in, is not known. */
export function readLayerRecords(
  diffId: Digest,
  stored: readonly StoredRecord[],
  onDamage?: OnDamage,
): LayerRecord | null {
  const records: LayerRecord[] = [];
  for (const each of stored) {
    try {
      records.push(readLayerRecord(each, diffId));
    } catch (fault) {
      onDamage?.(damageOf(each.object, fault));
    }
  }
  return mergeLayerRecords(diffId, records, onDamage);
}

function readLayerRecord({ object, text, digest }: StoredRecord, diffId: Digest): LayerRecord {
  if (digestOf(text) !== digest) throw malformed(object, 'does not hash to its name');
  const record = parseStored(LayerRecordSchema, typeof text === 'string' ? Buffer.from(text) : text, object);
  if (record.diffId !== diffId) throw malformed(object, `is of layer ${record.diffId}`);
  return record;
}

/** The same of records that are sound. */
export function mergeLayerRecords(
  diffId: Digest,
  records: readonly LayerRecord[],
  onDamage?: OnDamage,
): LayerRecord | null {
  const [first] = records;
  if (first === undefined) return null;
  const contradiction: Damage = {
    object: `the records of layer ${diffId}`,
    problem: 'contradict each other',
  };
  if (records.some((each) => each.uncompressedSize !== first.uncompressedSize)) {
    onDamage?.(contradiction);
    return null;
  }
  const byKey = Map.groupBy(
    records.flatMap((record) => record.fragments),
    keyText,
  );
  const agreed = [...byKey.values()].flatMap(agreedFragment);
  if (agreed.length < byKey.size) onDamage?.(contradiction);
  return { ...first, fragments: agreed };
}

function agreedFragment(results: readonly FragmentRecord[]): FragmentRecord[] {
  const [first] = results;
  return first !== undefined && results.every((each) => each.digest === first.digest) ? [first] : [];
}
