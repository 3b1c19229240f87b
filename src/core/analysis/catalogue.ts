import type { LayerAnalyzer } from './analyzer.ts';
import { filesAnalyzer } from './files/files-analyzer.ts';

/** All analyzers of layers. A new one is a file beside this one, and a line here. */
export const LAYER_ANALYZERS: readonly LayerAnalyzer[] = [filesAnalyzer];
