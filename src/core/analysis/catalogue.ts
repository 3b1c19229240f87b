import type { Analyzers } from './analyzers.ts';
import { filesAnalyzer } from './files/files-analyzer.ts';

/** All analyzers of this build. A new one is a folder in this room, and a word here. */
export const ANALYZERS: Analyzers = { layers: [filesAnalyzer], images: [] };
