import { randomUUID } from 'node:crypto';
import type { Origin } from '../../../core/surface/pack-item.ts';
import { composeTools, type SourceSettings, Stores, type Tools } from '../../compose/tools.ts';
import type { Settings } from '../../settings/settings.ts';
import { SCANNER_BUILD } from '../../version.ts';
import type { Invocation } from './command.ts';
import { defaultStorePath } from './default-store.ts';
import { progressOn } from './progress-on.ts';

/** The settings of commands that look at images. */
export type ReadingSettings = SourceSettings & Pick<Settings, 'platform' | 'cas-root' | 'tenant'>;

/** What a command that looks at images works with. */
export interface ReadingTools {
  readonly tools: Tools;
  readonly stores: Stores;
  /** How items are marked that the command adds to the store. */
  readonly origin: Origin;
}

export async function openReading(invocation: Invocation<keyof ReadingSettings>): Promise<ReadingTools> {
  const { settings, output, resources } = invocation;
  const stores = resources.use(new Stores(output.environment, settings));
  const store = await stores.directory(settings['cas-root'] ?? defaultStorePath(output.environment));
  const tools = resources.use(composeTools(store, settings, output.environment, progressOn(output)));
  const source = { scannerBuild: SCANNER_BUILD, imageDigest: null, scanId: randomUUID() };
  return {
    tools,
    stores,
    origin: { tenant: settings.tenant, source, time: new Date().toISOString() },
  };
}
