import { serveInflating } from '../../src/base/compression/serve-inflating.ts';

serveInflating();
