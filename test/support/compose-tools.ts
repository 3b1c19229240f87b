import type { Store } from '../../src/core/store/store.ts';
import { composeTools, type ToolOptions, type Tools } from '../../src/entry/compose/tools.ts';
import { readHost } from '../../src/entry/host/host.ts';
import { readSettingsOf } from '../../src/entry/settings/read-settings.ts';

const quiet = () => ({ advance() {}, finishLayer() {}, clear() {} });

/** The tools of a command that nothing was said to, for reading images into a store. */
export function composeQuietTools(store: Store, options: Partial<ToolOptions> = {}): Tools {
  return composeTools(store, readSettingsOf('tree', []), readHost({}), { startProgress: quiet, ...options });
}
