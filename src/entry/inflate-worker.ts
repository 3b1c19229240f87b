import { serveInflating } from '../base/compression/serve-inflating.ts';

serveInflating();
