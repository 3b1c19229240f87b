import { tellFault, toVarveError } from '../../base/errors.ts';
import { workLine } from '../../core/cache/cache-keys.ts';
import type { Store } from '../../core/store/store.ts';
import type { BaselineRequest } from '../../flows/baseline/open-baseline.ts';
import type { Stores } from '../compose/stores.ts';
import type { RunContext } from '../host/run-context.ts';
import type { Settings } from '../settings/catalogue.ts';

type BaselineSettings = Pick<Settings, 'baseline' | 'save' | 'cas-root'>;

/** The store that the run writes to: the CAS root, or the one that the baseline is, unless it may not be written. */
export async function chooseStore(
  stores: Stores,
  { baseline, save, 'cas-root': casRoot }: BaselineSettings,
  context: RunContext,
  fallback: () => string,
): Promise<Store> {
  const place = save && baseline.kind === 'store' && baseline.place.workable ? baseline.place : null;
  if (casRoot !== undefined || place === null) return stores.directory(casRoot ?? fallback());
  const store = await stores.open(place);
  return isOfAuthor(store, context) ? stores.directory(fallback()) : store;
}

/** Says which of the stores of a run are in the checkout, where what is known of layers is not believed. */
export function noteStrangers(store: Store, baseline: BaselineRequest): readonly string[] {
  const stores = baseline.kind === 'store' ? [store, baseline.store] : [store];
  const strangers = new Set(stores.filter(({ isStranger }) => isStranger).map(({ location }) => location));
  return [...strangers].map(
    (location) =>
      `\`${location}\` is in the checkout, so every layer is read: keep it elsewhere to spare that`,
  );
}

/** Whether the author of a pull request may have made up all that a store holds. */
const isOfAuthor = (store: Store, { ofPullRequest }: RunContext): boolean =>
  ofPullRequest && store.isStranger === true;

/**
 * What the run is compared with. A store that serves as baseline alone, and cannot be opened, does not end the run.
 * @throws VarveError for a store that is named in a wrong way.
 */
export async function composeBaseline(
  stores: Stores,
  { baseline, save }: BaselineSettings,
  context: RunContext,
): Promise<BaselineRequest> {
  switch (baseline.kind) {
    case 'none':
    case 'image':
      return baseline;
    case 'cache':
      return composeCache(stores, save, context);
    case 'store': {
      const { situation, horizon, notes } = context;
      try {
        const store = await stores.open(baseline.place);
        if (isOfAuthor(store, context)) {
          const problem =
            'it lies in the checkout, which the author of the pull request fills; name a folder outside of it';
          return { kind: 'unavailable', place: store.location, problem };
        }
        return { kind: 'store', store, situation, horizon, notes };
      } catch (fault) {
        const error = toVarveError(fault);
        if (error.kind !== 'outside') throw fault;
        const place = baseline.place.shown ?? error.object ?? 'the baseline store';
        return { kind: 'unavailable', place, problem: tellFault(error) };
      }
    }
  }
}

function composeCache(stores: Stores, save: boolean, context: RunContext): BaselineRequest {
  const { scanId, commit, branch, pullRequest, defaultBranch, situation, horizon, notes } = context;
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
    run: scanId.replace(/^github-/, ''),
    openScratch: () => stores.scratch(),
  };
  return { kind: 'cache', line, situation, horizon, notes };
}
