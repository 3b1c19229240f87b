import { VarveError } from '../../base/errors.ts';
import type { LayerAnalyzer } from './analyzer.ts';
import { type AnalyzerCall, keyText } from './analyzer-key.ts';
import type { ImageAnalyzer } from './image-analyzer.ts';

/** The analyzers that a run has. */
export interface Analyzers {
  /** Run over every layer. */
  readonly layers: readonly LayerAnalyzer[];
  /** Run over every image, once the others ran over its layers. */
  readonly images: readonly ImageAnalyzer[];
}

/** The analyzer that a call names. @throws VarveError `internal` when there is none. */
export function findAnalyzer(
  analyzers: readonly LayerAnalyzer[],
  { key, options }: AnalyzerCall,
): LayerAnalyzer {
  const found = analyzers.find((each) => each.key.kind === key.kind && each.key.analyzer === key.analyzer);
  const analyzer = found?.key.options === key.options ? found : found?.withOptions?.(options);
  if (analyzer !== undefined && keyText(analyzer.key) === keyText(key)) return analyzer;
  throw new VarveError('internal', `no analyzer is called ${keyText(key)}`);
}
