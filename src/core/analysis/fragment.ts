import * as v from 'valibot';
import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Digest, digestOf } from '../../base/digest.ts';
import { KindSchema } from '../words/names.ts';
import { DigestSchema } from '../words/schemas.ts';
import type { LayerAnalyzer } from './analyzer.ts';

/** One analyzer's result for one layer, ready to store. */
export interface LayerFragment {
  readonly kind: string;
  /** `id@version` of the analyzer that made it. */
  readonly analyzer: string;
  /** Digest of the canonical JSON of the analyzer's options. */
  readonly options: Digest;
  /** Digest and length in bytes of the canonical, uncompressed payload. */
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly format: 'json' | 'ndjson';
  /** The payload, compressed with zstd. */
  readonly compressed: Uint8Array;
}

/** Which analyzer result of which version a layer's fragment is. */
export const FragmentRecordSchema = v.strictObject({
  kind: KindSchema,
  /** `id@version` of the analyzer. */
  analyzer: v.pipe(v.string(), v.regex(/^[^@\s]{1,64}@[^@\s]{1,64}$/, 'expected an analyzer as id@version')),
  options: DigestSchema,
  digest: DigestSchema,
});

export type FragmentRecord = v.InferOutput<typeof FragmentRecordSchema>;

/** What marks the fragments of an analyzer: a fragment of a layer that bears it need not be made again. */
export function describeAnalyzer(
  analyzer: LayerAnalyzer,
): Pick<LayerFragment, 'kind' | 'analyzer' | 'options'> {
  const { id, version, kind, options } = analyzer;
  return { kind, analyzer: `${id}@${version}`, options: digestOf(canonicalBytes(options)) };
}

/** The order of a layer's fragments: by kind, then analyzer, then options. */
export function compareFragments(a: FragmentRecord, b: FragmentRecord): number {
  const [left, right] = [fragmentKey(a), fragmentKey(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** What tells the results for one layer apart: which analyzer of which version, with which options. */
export function fragmentKey({ kind, analyzer, options }: Omit<FragmentRecord, 'digest'>): string {
  return `${kind} ${analyzer} ${options}`;
}
