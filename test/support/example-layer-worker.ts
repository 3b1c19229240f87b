import { serveLayerWork } from '../../src/adapters/layer-readers/serve-layer-work.ts';
import { WITH_EXAMPLES } from './example-analyzers.ts';

serveLayerWork(WITH_EXAMPLES.layers);
