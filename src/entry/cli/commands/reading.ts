import { randomUUID } from 'node:crypto';
import type { Origin } from '../../../core/surface/pack-item.ts';
import { Stores } from '../../compose/stores.ts';
import { composeTools, type SourceSettings, type Tools } from '../../compose/tools.ts';
import type { Settings } from '../../settings/catalogue.ts';
import { SCANNER_BUILD } from '../../version.ts';
import type { Invocation } from './command.ts';
import { userStore } from './open-store.ts';
import { progressOn } from './output.ts';

/** The settings of commands that look at images. */
export type ReadingSettings = SourceSettings & Pick<Settings, 'cas-root'>;

/** What a command that looks at images works with. */
export interface ReadingTools {
  readonly tools: Tools;
  readonly stores: Stores;
  /** How items are marked that the command adds to the store. */
  readonly origin: Origin;
}

export async function openReading(invocation: Invocation<ReadingSettings>): Promise<ReadingTools> {
  const { settings, host, resources, signal } = invocation;
  const stores = resources.use(new Stores(host, settings, signal));
  const store = await stores.directory(settings['cas-root'] ?? userStore(host));
  const startProgress = progressOn(invocation);
  const tools = resources.use(composeTools(store, settings, host, { startProgress, signal }));
  const source = { scannerBuild: SCANNER_BUILD, imageDigest: null, scanId: randomUUID() };
  return {
    tools,
    stores,
    origin: { tenant: settings.tenant, source, time: new Date().toISOString() },
  };
}
