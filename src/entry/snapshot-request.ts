import type { Store } from '../core/store.ts';
import type { BaselineRequest } from '../flows/resolve-baseline.ts';
import type { SnapshotImageRequest } from '../flows/snapshot-image.ts';
import { compareOptions } from './compare-options.ts';
import type { Stores } from './compose.ts';
import type { RunContext } from './settings/run-context.ts';
import type { Settings } from './settings/settings.ts';
import { VERSION } from './version.ts';

/** The settings of the main job, which the action and `varve snapshot` share. */
export type SnapshotSettings = Pick<
  Settings,
  'name' | 'platform' | 'baseline' | 'save' | 'cas-root' | 'tenant' | 'ignore' | 'ignore-defaults' | 'mtime'
>;

/** Puts settings and run into the words of the main job. */
export function snapshotRequest(
  references: readonly string[],
  settings: SnapshotSettings,
  context: RunContext,
  baseline: BaselineRequest,
  now: Date,
): SnapshotImageRequest {
  return {
    references,
    platform: settings.platform,
    name: settings.name,
    tenant: settings.tenant,
    baseline,
    save: settings.save,
    comparing: compareOptions(settings),
    run: { ...context, time: now.toISOString(), version: VERSION },
  };
}

/** The store that the run writes to: the CAS root, which a `dir:` baseline is by itself unless it may not be written. */
export function chooseStore(stores: Stores, settings: SnapshotSettings, fallback: string): Store {
  const { baseline, save, 'cas-root': casRoot } = settings;
  if (casRoot !== undefined) return stores.directory(casRoot);
  return stores.directory(baseline.kind === 'dir' && save ? baseline.path : fallback);
}

/** What the run is compared with. */
export function baselineRequest(
  stores: Stores,
  settings: SnapshotSettings,
  context: RunContext,
): BaselineRequest {
  const { baseline } = settings;
  if (baseline.kind !== 'dir') return baseline;
  return { kind: 'store', store: stores.directory(baseline.path), situation: context.situation };
}
