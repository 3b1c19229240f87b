import * as v from 'valibot';
import type { Finding } from '../words/finding.ts';
import { DigestSchema, KindSchema } from '../words/schemas.ts';
import type { Analyzer } from './analyzer.ts';
import { type AnalyzerKey, keyText } from './analyzer-key.ts';
import type { Payload } from './payload-writer.ts';

/** One analyzer's result for one layer or image, ready to store. */
export interface Fragment extends AnalyzerKey, Payload {
  readonly format: 'json' | 'ndjson';
  readonly keepDays: number | null;
  /** What the analyzer found odd. */
  readonly findings: readonly Finding[];
}

/** The kind and analyzer version of a fragment, of a layer or of an image. */
export const FragmentRecordSchema = v.strictObject({
  kind: KindSchema,
  /** `id@version` of the analyzer. */
  analyzer: v.pipe(v.string(), v.regex(/^[^@\s]{1,64}@[^@\s]{1,64}$/, 'expected an analyzer as id@version')),
  options: DigestSchema,
  digest: DigestSchema,
});

export type FragmentRecord = v.InferOutput<typeof FragmentRecordSchema>;

/** Puts together what an analyzer made. */
export function makeFragment(
  { key, format, keepDays }: Analyzer,
  payload: Payload,
  findings: readonly Finding[],
): Fragment {
  return { ...key, ...payload, format, keepDays, findings };
}

/** What a snapshot lists of a fragment. */
export function recordOf({ kind, analyzer, options, digest }: FragmentRecord): FragmentRecord {
  return { kind, analyzer, options, digest };
}

/** The order of the fragments of a layer or image: by kind, then analyzer, then options. */
export function compareFragments(a: AnalyzerKey, b: AnalyzerKey): number {
  const [left, right] = [keyText(a), keyText(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
