import type { MessagePort } from 'node:worker_threads';
import type { CompressionFormat } from './format.ts';

/** What a worker is asked to decode: chunks that come through the port, and go back through it. */
export interface InflateWork {
  readonly format: CompressionFormat;
  readonly object: string;
  readonly port: MessagePort;
}
