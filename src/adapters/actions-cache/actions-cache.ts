import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import type { CacheEntry, EntryCache } from '../../core/cache/entry-cache.ts';
import type { PackFile } from '../../core/pack/pack.ts';
import { FileTree } from '../filesystem/file-tree.ts';
import { ARCHIVE_FOLDER, type CacheCall, callCache, restoredName } from './cache-call.ts';
import { findHit, findReason } from './read-log.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ActionsCacheSettings {
  /** The script that serves one call of the cache's library, in a process of its own. */
  readonly script: URL;
  readonly environment: Environment;
}

/** Milliseconds: entries are small, and a run can do without. */
const LONGEST_CALL = 60_000;

/** Tells whether a workflow's runner has told this process how to reach the cache. */
export function reachesActionsCache(environment: Environment): boolean {
  const {
    ACTIONS_RUNTIME_TOKEN: token,
    ACTIONS_RESULTS_URL: results,
    ACTIONS_CACHE_URL: cache,
  } = environment;
  return Boolean(token) && Boolean(results || cache);
}

/**
 * The cache that GitHub keeps for a repository's workflows.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching
 */
export class ActionsCache implements EntryCache {
  readonly location = 'cache';
  readonly #settings: ActionsCacheSettings;

  constructor(settings: ActionsCacheSettings) {
    this.#settings = settings;
  }

  async restore(prefixes: readonly string[]): Promise<CacheEntry | null> {
    const [first] = prefixes;
    if (first === undefined) return null;
    const folder = await this.#makeFolder();
    const entry = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
    try {
      const call = { action: 'restore', keys: [first, ...prefixes] } as const;
      const { answer, log } = await this.#call(call, folder);
      if (answer.key !== null) {
        const tree = new FileTree(folder);
        const read = async (name: string, maxBytes: number) => tree.read(restoredName(name), maxBytes);
        return { ...entry, key: answer.key, pack: { read } };
      }
      const reason = findReason(log);
      if (reason !== null) throw notRestored(findHit(log), reason);
    } catch (fault) {
      await entry[Symbol.asyncDispose]();
      throw fault;
    }
    await entry[Symbol.asyncDispose]();
    return null;
  }

  async save(key: string, files: AsyncIterable<PackFile>): Promise<void> {
    const folder = await this.#makeFolder();
    try {
      await mkdir(join(folder, ARCHIVE_FOLDER));
      for await (const { name, bytes } of files) await writeFile(join(folder, ARCHIVE_FOLDER, name), bytes);
      const { answer, log } = await this.#call({ action: 'save', key }, folder);
      if (answer.key === null) {
        throw new VarveError('store-unwritable', findReason(log) ?? 'the cache did not say why');
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  #call(call: CacheCall, folder: string): ReturnType<typeof callCache> {
    return callCache(call, { ...this.#settings, folder, longest: LONGEST_CALL });
  }

  async #makeFolder(): Promise<string> {
    const parent = this.#settings.environment.RUNNER_TEMP || tmpdir();
    return realpath(await mkdtemp(join(parent, 'varve-cache-')));
  }
}

function notRestored(key: string | null, reason: string): VarveError {
  if (key === null) return new VarveError('unreachable', reason);
  return new VarveError('malformed', `${key} cannot be unpacked: ${reason}`, { object: key });
}
