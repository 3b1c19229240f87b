import { randomUUID } from 'node:crypto';
import { scannerBuildOf } from '../../core/run/run-facts.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import { openScratch } from '../stores/open-scratch.ts';
import { VERSION } from '../version.ts';
import type { Reader } from './open-reading.ts';
import { composeTools, type SourceSettings, type Tools } from './tools.ts';

/** The caller that has images read as if nothing was known of them. */
export type Replayer = Omit<Reader, 'settings'> & {
  readonly settings: Omit<SourceSettings, 'tenant' | 'reread'>;
};

/** What replaying a run takes: tools that read into an empty store, and how items are marked there. */
export function openReplay(
  { settings, host, signal, resources, startProgress }: Replayer,
  tenant: string,
): { readonly tools: Tools; readonly origin: Origin } {
  const source = { scannerBuild: scannerBuildOf(VERSION), imageDigest: null, scanId: randomUUID() };
  const reading: SourceSettings = {
    ca: settings.ca,
    'plain-http': settings['plain-http'],
    'max-layer-bytes': settings['max-layer-bytes'],
    'max-layer-entries': settings['max-layer-entries'],
    'max-sparse-bytes': settings['max-sparse-bytes'],
    'max-header-bytes': settings['max-header-bytes'],
    'max-json-bytes': settings['max-json-bytes'],
    tenant,
    reread: true,
  };
  return {
    tools: resources.use(composeTools(openScratch(), reading, host, { startProgress, signal })),
    origin: { tenant, source, time: new Date().toISOString() },
  };
}
