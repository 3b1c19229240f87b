import { randomUUID } from 'node:crypto';
import { VarveError } from '../../base/errors.ts';
import { type Situation, servingIn } from '../../core/history/choose-baseline.ts';
import { scannerBuildOf } from '../../core/run/run-facts.ts';
import { withServingEntries } from '../../core/store/serving-store.ts';
import type { Store } from '../../core/store/store.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import { isKept } from '../../flows/compare/open-side.ts';
import type { StartProgress } from '../../flows/image/read-layers.ts';
import { mayBeSnapshot } from '../../flows/look/find-by-prefix.ts';
import type { Host } from '../host/host.ts';
import { describeRun, isInPullRequest } from '../host/run-context.ts';
import { userStore } from '../host/user-store.ts';
import { type BaselineSetting, storeOf } from '../settings/baseline.ts';
import type { Settings } from '../settings/catalogue.ts';
import { VERSION } from '../version.ts';
import { Stores } from './stores.ts';
import { composeTools, type SourceSettings, type Tools } from './tools.ts';

/** The caller that looks at images: a command, or a call of the library. */
export interface Reader {
  readonly settings: SourceSettings & Pick<Settings, 'cas-root'>;
  readonly host: Host;
  readonly signal: AbortSignal;
  /** Takes what must be closed. */
  readonly resources: AsyncDisposableStack;
  readonly startProgress: StartProgress;
}

/** What looking at images takes. */
export interface Reading {
  readonly tools: Tools;
  /** How items are marked that are added to the store. */
  readonly origin: Origin;
  /**
   * The store that history and snapshots are looked up in.
   * @param texts what is compared: a store is opened only where one of them is looked up.
   */
  readonly openKept: (texts: readonly string[], baseline: BaselineSetting) => Promise<Store>;
}

export async function openReading(reader: Reader): Promise<Reading> {
  const { settings, host, signal, resources, startProgress } = reader;
  const stores = resources.use(new Stores(host, settings, signal));
  const store = await stores.directory(settings['cas-root'] ?? userStore(host));
  const source = { scannerBuild: scannerBuildOf(VERSION), imageDigest: null, scanId: randomUUID() };
  return {
    tools: resources.use(composeTools(store, settings, host, { startProgress, signal })),
    origin: { tenant: settings.tenant, source, time: new Date().toISOString() },
    openKept: async (texts, baseline) => {
      if (!texts.some((text) => isKept(text) || mayBeSnapshot(text))) return store;
      const place = storeOf(baseline);
      const kept = place === null ? store : await stores.open(place, 'look-up');
      if (!isInPullRequest(host)) return kept;
      if (kept.isStranger) throw ofAuthor(kept);
      return withServingEntries(kept, servingIn(baseOf(host), null));
    },
  };
}

/** What a pull request is to be merged into, as far as its job knows. */
function baseOf({ environment }: Host): Situation {
  const { revision, defaultBranch } = describeRun(environment);
  const { baseCommit = null, baseBranch = null } = revision.kind === 'pull-request' ? revision : {};
  return { kind: 'pull-request', baseCommit, ancestors: [], baseBranch, defaultBranch };
}

function ofAuthor({ location }: Store): VarveError {
  return new VarveError(
    'denied',
    `${location} is in the checkout, which the author of the pull request controls`,
    {
      object: location,
      hint: 'look up snapshots in a store outside the checkout',
    },
  );
}
