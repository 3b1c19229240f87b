import { attempt, tellFault, toVarveError, VarveError } from '../../base/errors.ts';
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
export async function chooseStore(
  stores: Stores,
  { baseline, 'cas-root': casRoot }: Pick<BaselineSettings, 'baseline' | 'cas-root'>,
  save: boolean,
  context: RunContext,
  fallback: () => string,
): Promise<Store> {
  const workable = (each: BaselinePlace) => each.kind === 'store' && each.place.workable;
  const place = save ? storeOf(baseline.filter(workable)) : null;
  if (casRoot !== undefined || place === null) return stores.directory(casRoot ?? fallback());
  // A baseline that is out of reach does not end a run, and then there is none to work in either.
  const store = await attempt(['outside'], () => stores.open(place));
  const isUsable = !(store instanceof VarveError) && !isOfAuthor(store, context);
  return isUsable ? store : stores.directory(fallback());
}

/** Says which of the stores of a run are in the checkout, where what is known of layers is not believed. */
export function noteStrangers(store: Store, baseline: BaselineRequest): readonly string[] {
  const strangers = new Set(
    [store, ...storesOf(baseline)].filter(({ isStranger }) => isStranger).map(({ location }) => location),
  );
  return [...strangers].map(
    (location) =>
      `\`${location}\` is in the checkout, so every layer is read: keep it elsewhere to avoid that`,
  );
}

const storesOf = (baseline: BaselineRequest): readonly Store[] => {
  if (baseline.kind === 'list') return baseline.requests.flatMap(storesOf);
  return baseline.kind === 'store' ? [baseline.store] : [];
};

/** Whether the author of a pull request may have made up all that a store holds. */
const isOfAuthor = (store: Store, { ofPullRequest }: RunContext): boolean =>
  ofPullRequest && store.isStranger === true;

/**
 * What the run is compared with. A store that serves as baseline alone, and cannot be opened, does not end the run.
 * @throws VarveError for a store that is named in a wrong way.
 */
export async function composeBaseline(
  stores: Stores,
  { baseline, save, 'trust-cache': trusted }: BaselineSettings,
  context: RunContext,
  own: Store,
  openScopes: () => Promise<EntryScopes | null>,
): Promise<BaselineRequest> {
  const job = { stores, own, save, trusted, context, openScopes };
  const requests: BaselineRequest[] = [];
  for (const place of baseline) requests.push(await composePlace(place, job));
  const [first, ...others] = requests;
  if (first === undefined) return { kind: 'none' };
  return others.length === 0 ? first : { kind: 'list', requests };
}

/** What a job has to do with baselines. */
interface BaselineJob {
  readonly stores: Stores;
  /** The store that the run works in. */
  readonly own: Store;
  readonly save: boolean;
  /** Whether the author of a pull request may write entries of the cache. */
  readonly trusted: boolean;
  readonly context: RunContext;
  readonly openScopes: () => Promise<EntryScopes | null>;
}

async function composePlace(baseline: BaselinePlace, job: BaselineJob): Promise<BaselineRequest> {
  switch (baseline.kind) {
    case 'image':
      return baseline;
    case 'cache':
      return composeCache(job);
    case 'own': {
      const { situation, own, horizon, notes } = job.context;
      return { kind: 'store', store: job.own, situation, own, horizon, notes };
    }
    case 'kept':
      return { kind: 'kept', store: job.own, text: baseline.text };
    case 'store': {
      const { stores, context } = job;
      const { situation, own, horizon, notes } = context;
      try {
        const store = await stores.open(baseline.place);
        if (isOfAuthor(store, context)) {
          const problem =
            'it is in the checkout, which the author of the pull request controls; name a folder outside the checkout';
          return { kind: 'unavailable', place: store.location, problem };
        }
        return { kind: 'store', store, situation, own, horizon, notes };
      } catch (fault) {
        const error = toVarveError(fault);
        if (error.kind !== 'outside') throw fault;
        const place = baseline.place.shown ?? error.object ?? 'the baseline store';
        return { kind: 'unavailable', place, problem: tellFault(error) };
      }
    }
  }
}

async function composeCache(job: BaselineJob): Promise<BaselineRequest> {
  const { stores, save, trusted, context, openScopes } = job;
  const { scanId, commit, branch, pullRequest, defaultBranch, cacheScope: scope } = context;
  const { situation, own, horizon, notes } = context;
  const cache = await stores.cache(save);
  if (cache === null) {
    const problem = 'only actions of a GitHub workflow can use it; elsewhere use dir:PATH';
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
