import type { Digest } from '../../base/digest.ts';
import type { FindingLog } from '../layer/finding-log.ts';
import type { Platform } from '../words/platform.ts';
import type { Analyzer } from './analyzer.ts';
import { type AnalyzerKey, type AnalyzerOptions, analyzerKey, keyText } from './analyzer-key.ts';
import type { PayloadWriter } from './payload-writer.ts';

/** Makes one kind of fragment of each image, out of the fragments of its layers and of single files. */
export interface ImageAnalyzer<Code extends string = string> extends Analyzer<Code> {
  /** Made by `imageAnalyzerKey`. */
  readonly key: AnalyzerKey;
  /** The analyzers of layers whose fragments it reads. */
  readonly needs: readonly AnalyzerKey[];
  analyze(image: ImageView, result: ImageResult<Code>): Promise<void>;
  /** Finds out a stored fragment of its kind that is not of an image, as analyzers of layers do. */
  examine?(head: Uint8Array, image: ImageFacts, object: string): void;
}

/** What an image analyzer reads. */
export interface ImageView {
  /** The image's name in errors. */
  readonly object: string;
  readonly platform: Platform;
  readonly config: Readonly<Record<string, unknown>>;
  readonly layers: number;
  /**
   * The verified payload of each layer's fragment of a kind that the analyzer needs, the lowest layer first, one in
   * memory at a time.
   * @throws VarveError for damage in the store.
   */
  fragments(kind: string): AsyncIterable<Buffer>;
  /**
   * The contents of files of the merged root filesystem by the paths that were asked for, symlinks followed inside the
   * root; what is absent or not a file is left out. Each layer that holds one of them is read once and verified, so ask
   * for all at once. For analyzers that need `layer.files`.
   * @throws VarveError `limit-exceeded` over 64 MiB in all; what reading a layer throws.
   */
  readFiles(paths: readonly string[]): Promise<ReadonlyMap<string, Buffer>>;
}

/** Where an image analyzer puts what it found. */
export interface ImageResult<Code extends string = string> {
  readonly payload: PayloadWriter;
  readonly findings: FindingLog<Code>;
}

/** What an image is known by: its config says which layers it has. */
export interface ImageFacts {
  readonly config: Digest;
}

/**
 * The key of an image analyzer. Its options include the keys of the analyzers whose fragments it reads: the result is
 * another one where theirs are.
 * @param analyzer its id and version: `packages@1`.
 */
export function imageAnalyzerKey(
  kind: string,
  analyzer: string,
  needs: readonly AnalyzerKey[],
  options: AnalyzerOptions = {},
): AnalyzerKey {
  return analyzerKey(kind, analyzer, { ...options, needs: needs.map(keyText).sort() });
}
