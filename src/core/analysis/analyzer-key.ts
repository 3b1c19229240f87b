import { canonicalBytes } from '../../base/canonical-json.ts';
import { type Digest, digestOf } from '../../base/digest.ts';

/** What tells the results of analyzers for one layer or image apart: a result that bears it need not be made again. */
export interface AnalyzerKey {
  /** The kind of the fragments. */
  readonly kind: string;
  /** `id@version`. The version is raised whenever the same layer or image would give another fragment. */
  readonly analyzer: string;
  /** Digest of the canonical JSON of the options. */
  readonly options: Digest;
}

/** What changes the results of an analyzer, as canonical JSON can hold it. */
export type AnalyzerOptions = Readonly<Record<string, unknown>>;

/** An analyzer and its options as plain data, which travels to worker threads. */
export interface AnalyzerCall {
  readonly key: AnalyzerKey;
  readonly options: AnalyzerOptions;
}

/** @param analyzer its id and version: `files@1`. */
export function analyzerKey(kind: string, analyzer: string, options: AnalyzerOptions = {}): AnalyzerKey {
  return { kind, analyzer, options: digestOf(canonicalBytes(options)) };
}

/** An analyzer without its code. */
export function callOf({ key, options }: AnalyzerCall): AnalyzerCall {
  return { key, options };
}

/** A key as text: equal for equal keys, and in the order in which a layer's fragments are listed. */
export function keyText({ kind, analyzer, options }: AnalyzerKey): string {
  return `${kind} ${analyzer} ${options}`;
}
