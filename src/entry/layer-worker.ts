import { serveLayerWork } from '../adapters/layer-readers/serve-layer-work.ts';
import { LAYER_ANALYZERS } from '../core/analysis/catalogue.ts';

serveLayerWork(LAYER_ANALYZERS);
