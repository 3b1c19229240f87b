import { workLine } from '../../src/core/cache/cache-keys.ts';
import { type CacheScope, type EntryScopes, OPEN_SCOPE } from '../../src/core/cache/cache-scope.ts';
import type { EntryCache } from '../../src/core/cache/entry-cache.ts';
import type { Comparison } from '../../src/core/comparison/comparison.ts';
import type { Situation } from '../../src/core/history/choose-baseline.ts';
import type { Report } from '../../src/core/report/report.ts';
import type { Store } from '../../src/core/store/store.ts';
import type { PlatformWish } from '../../src/core/words/platform.ts';
import {
  type PlatformResult,
  type SnapshotImageResult,
  snapshotImage,
} from '../../src/flows/snapshot/snapshot-image.ts';
import { composeQuietTools } from './compose-tools.ts';
import { openDirectoryStore } from './open-directory-store.ts';

export interface CachedRun {
  readonly reference: string;
  readonly commit: string;
  readonly branch: string;
  readonly pullRequest?: number;
  readonly situation: Situation;
  readonly scope?: CacheScope;
  readonly tenant?: string;
  readonly save?: boolean;
  readonly platform?: PlatformWish;
}

export interface CachedRunOutcome extends Omit<PlatformResult, 'comparison'> {
  /** Null on a first run. */
  readonly comparison: Comparison | null;
  readonly report: Report;
  /** What else became of the run, which has the first platform's result. */
  readonly all: SnapshotImageResult;
}

/** Runs the main job again and again, each time on a machine that has nothing but the cache. */
export class CachedRuns {
  readonly #cache: EntryCache;
  readonly #newPath: (name?: string) => string;
  /** The own stores of the runs, in order. */
  readonly stores: Store[] = [];
  /** Whether the author of a pull request is believed. */
  trusted = false;
  /** Who tells whose entries they are. */
  scopes: EntryScopes | null = null;
  #count: number;

  /** @param before how many runs there were already, each a minute long. */
  constructor(cache: EntryCache, newPath: (name?: string) => string, before = 0) {
    this.#cache = cache;
    this.#newPath = newPath;
    this.#count = before;
  }

  /** A push to a branch; its ancestors, nearest first. */
  push(reference: string, branch: string, commit: string, ancestors: readonly string[] = []) {
    return this.run({ reference, branch, commit, situation: { kind: 'branch', ancestors, branch } });
  }

  /** A push to a pull request into `main`. */
  pull(reference: string, pullRequest: number, commit: string, baseCommit: string, ancestors: string[] = []) {
    const situation = {
      kind: 'pull-request',
      ...{ baseCommit, ancestors },
      ...{ baseBranch: 'main', defaultBranch: 'main' },
    } as const;
    const scope = { strangeRefs: [`refs/pull/${pullRequest}/merge`], readers: 'pull-request' } as const;
    return this.run({ reference, branch: 'feature', pullRequest, commit, situation, scope });
  }

  async run(run: CachedRun): Promise<CachedRunOutcome> {
    const { reference, commit, branch, pullRequest = null, situation, tenant = 'default', save = true } = run;
    const count = ++this.#count;
    const store = openDirectoryStore(this.#newPath('own'));
    this.stores.push(store);
    await using tools = composeQuietTools(store);
    const all = await snapshotImage(tools, {
      ...{ tenant, save, platform: run.platform, name: 'shop', references: [reference], comparing: {} },
      built: null,
      baseline: {
        kind: 'cache',
        situation,
        own: { scanId: `github-${count}-1`, commit: null },
        line: {
          ...{ cache: this.#cache, commit, defaultBranch: 'main', run: `${count}-1` },
          line: workLine(branch, pullRequest),
          ...{ scope: run.scope ?? OPEN_SCOPE, scopes: this.scopes, trusted: this.trusted },
          openScratch: async () => openDirectoryStore(this.#newPath('scratch')),
        },
      },
      run: {
        ...{ commit, branch, pullRequest, version: '1.0.0', scanId: `github-${count}-1` },
        time: new Date(Date.UTC(2026, 0, 1) + count * 60_000).toISOString(),
      },
    });
    const [first] = all.platforms;
    return { ...first, all, report: all.report, comparison: first.change?.comparison ?? null };
  }
}
