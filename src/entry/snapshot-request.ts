import { tellFault, toVarveError } from '../base/errors.ts';
import { workLine } from '../core/cache/cache-keys.ts';
import type { Store } from '../core/store/store.ts';
import type { BaselineRequest } from '../flows/baseline/open-baseline.ts';
import type { SnapshotImageRequest } from '../flows/snapshot/snapshot-image.ts';
import { compareOptions } from './compare-options.ts';
import type { Stores } from './compose/tools.ts';
import type { RunContext } from './host/run-context.ts';
import { workingStoreOf } from './settings/baseline-setting.ts';
import type { Settings } from './settings/settings.ts';
import type { SoughtImage } from './sought-image.ts';
import { VERSION } from './version.ts';

/** The settings of the main job, which the action and `varve snapshot` share. */
export type SnapshotSettings = Pick<
  Settings,
  'name' | 'platform' | 'baseline' | 'save' | 'cas-root' | 'tenant' | 'ignore' | 'ignore-defaults' | 'mtime'
>;

/** Puts settings and run into the words of the main job. */
export function snapshotRequest(
  { references, built }: SoughtImage,
  settings: SnapshotSettings,
  context: RunContext,
  baseline: BaselineRequest,
  now: Date,
): SnapshotImageRequest {
  return {
    references,
    built,
    platform: settings.platform,
    name: settings.name,
    tenant: settings.tenant,
    baseline,
    save: settings.save,
    comparing: compareOptions(settings),
    run: { ...context, time: now.toISOString(), version: VERSION },
  };
}

/** The store that the run writes to: the CAS root, or the one that the baseline is, unless it may not be written. */
export function chooseStore(stores: Stores, settings: SnapshotSettings, fallback: string): Promise<Store> {
  const { baseline, save, 'cas-root': casRoot } = settings;
  const place = save ? workingStoreOf(baseline) : null;
  if (casRoot !== undefined || place === null) return stores.directory(casRoot ?? fallback);
  return stores.open(place);
}

/**
 * What the run is compared with. A store that serves as baseline alone, and cannot be opened, is no obstacle.
 * @throws VarveError when the store that cannot be opened is also the one that the run writes to.
 */
export async function baselineRequest(
  stores: Stores,
  settings: SnapshotSettings,
  context: RunContext,
): Promise<BaselineRequest> {
  const { baseline } = settings;
  if (baseline.kind === 'none' || baseline.kind === 'image') return baseline;
  if (baseline.kind === 'cache') return cacheRequest(stores, settings, context);
  const { situation, horizon, notes } = context;
  try {
    const store = await stores.open(baseline);
    return { kind: 'store', store, situation, horizon, notes };
  } catch (fault) {
    const error = toVarveError(fault);
    if (error.kind !== 'outside') throw fault;
    // The URL of a database may hold a password, which its faults leave out.
    const place = baseline.kind === 'oci' ? `oci://${baseline.host}/${baseline.repository}` : error.object;
    return { kind: 'unavailable', place: place ?? baseline.kind, problem: tellFault(error) };
  }
}

function cacheRequest(stores: Stores, settings: SnapshotSettings, context: RunContext): BaselineRequest {
  const { scanId, commit, branch, pullRequest, defaultBranch, situation, horizon, notes } = context;
  const cache = stores.cache(settings);
  if (cache === null) {
    const problem = 'it is there for the actions of a GitHub workflow alone; elsewhere use dir:PATH';
    return { kind: 'unavailable', place: 'cache', problem };
  }
  const line = {
    cache,
    defaultBranch,
    line: workLine(branch, pullRequest),
    commit,
    run: scanId.replace(/^github-/, ''),
    openScratch: () => stores.scratch(),
  };
  return { kind: 'cache', line, situation, horizon, notes };
}
