import { serveLayerWork } from '../adapters/layer-readers/serve-layer-work.ts';
import { ANALYZERS } from '../core/analysis/catalogue.ts';

serveLayerWork(ANALYZERS.layers);
