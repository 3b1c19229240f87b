import { tellFault, toVarveError } from '../../base/errors.ts';
import { runInKey, workLine } from '../../core/cache/cache-keys.ts';
import type { EntryScopes } from '../../core/cache/cache-scope.ts';
import type { Store } from '../../core/store/store.ts';
import type { BaselineRequest } from '../../flows/baseline/open-baseline.ts';
import type { Stores } from '../compose/stores.ts';
import type { RunContext } from '../host/run-context.ts';
import { type BaselinePlace, storeOf } from '../settings/baseline.ts';
import type { Settings } from '../settings/catalogue.ts';

type BaselineSettings = Pick<Settings, 'baseline' | 'save' | 'cas-root' | 'trust-cache'>;

/** The store that the run writes to: the CAS root, or the one that the baseline is, unless it may not be written. */
export function chooseStore(
  stores: Stores,
  { baseline, save, 'cas-root': casRoot }: BaselineSettings,
  fallback: () => string,
): Promise<Store> {
  const workable = (each: BaselinePlace) => each.kind === 'store' && each.place.workable;
  const place = save ? storeOf(baseline.filter(workable)) : null;
  if (casRoot !== undefined || place === null) return stores.directory(casRoot ?? fallback());
  return stores.open(place);
}

/**
 * What the run is compared with. A store that serves as baseline alone, and cannot be opened, does not end the run.
 * @throws VarveError for a store that is named in a wrong way.
 */
export async function composeBaseline(
  stores: Stores,
  settings: BaselineSettings,
  context: RunContext,
  openScopes: () => Promise<EntryScopes | null>,
): Promise<BaselineRequest> {
  const requests: BaselineRequest[] = [];
  for (const place of settings.baseline) {
    requests.push(await composePlace(stores, place, settings, context, openScopes));
  }
  const [first, ...others] = requests;
  if (first === undefined) return { kind: 'none' };
  return others.length === 0 ? first : { kind: 'list', requests };
}

async function composePlace(
  stores: Stores,
  baseline: BaselinePlace,
  settings: BaselineSettings,
  context: RunContext,
  openScopes: () => Promise<EntryScopes | null>,
): Promise<BaselineRequest> {
  switch (baseline.kind) {
    case 'image':
      return baseline;
    case 'cache':
      return composeCache(stores, settings, context, openScopes);
    case 'store': {
      const { situation, own, horizon, notes } = context;
      try {
        return { kind: 'store', store: await stores.open(baseline.place), situation, own, horizon, notes };
      } catch (fault) {
        const error = toVarveError(fault);
        if (error.kind !== 'outside') throw fault;
        const place = baseline.place.shown ?? error.object ?? 'the baseline store';
        return { kind: 'unavailable', place, problem: tellFault(error) };
      }
    }
  }
}

async function composeCache(
  stores: Stores,
  { save, 'trust-cache': trusted }: BaselineSettings,
  context: RunContext,
  openScopes: () => Promise<EntryScopes | null>,
): Promise<BaselineRequest> {
  const { scanId, commit, branch, pullRequest, defaultBranch, cacheScope: scope } = context;
  const { situation, own, horizon, notes } = context;
  const cache = stores.cache(save);
  if (cache === null) {
    const problem = 'it is there for the actions of a GitHub workflow alone; elsewhere use dir:PATH';
    return { kind: 'unavailable', place: 'cache', problem };
  }
  const line = {
    cache,
    defaultBranch,
    line: workLine(branch, pullRequest),
    commit,
    run: runInKey(scanId),
    scope,
    scopes: scope.strangeRefs.length > 0 && !trusted ? await openScopes() : null,
    trusted,
    openScratch: () => stores.scratch(),
  };
  return { kind: 'cache', line, situation, own, horizon, notes };
}
