import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toVarveError, VarveError } from '../../base/errors.ts';
import type { CacheEntry, EntryCache, SaveOutcome } from '../../core/cache/entry-cache.ts';
import type { PackFile } from '../../core/pack/pack.ts';
import { writeFault } from '../filesystem/file-fault.ts';
import { FileTree } from '../filesystem/file-tree.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../filesystem/temporary-folder.ts';
import {
  ARCHIVE_FOLDER,
  type CacheAnswer,
  type CacheCall,
  CacheProcess,
  type CacheProcessSettings,
  restoredName,
} from './cache-call.ts';
import { CacheBudget } from './call-watch.ts';
import { findHit, findReason } from './read-log.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ActionsCacheSettings extends CacheProcessSettings {
  /** Whether something will be saved after what was restored. */
  readonly saves: boolean;
  /** What is gone at the end of the run is put there. */
  readonly temporaryFolder: string;
  /** Ends whatever is under way. */
  readonly signal?: AbortSignal;
}

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
 *
 * The process of the call to come is started ahead, while there is other work. Dispose of it to end that, and to
 * remove what a call that was broken off has left.
 */
export class ActionsCache implements EntryCache, AsyncDisposable {
  readonly location = 'cache';
  readonly #settings: ActionsCacheSettings;
  readonly #folders = new AsyncDisposableStack();
  readonly #budget = new CacheBudget();
  /** Null where no call is expected. */
  #waiting: CacheProcess | null;
  /** Once out of reach, it is not tried again: the run has other work. */
  #fault: VarveError | null = null;

  constructor(settings: ActionsCacheSettings) {
    this.#settings = settings;
    this.#waiting = new CacheProcess(settings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#waiting?.[Symbol.dispose]();
    await this.#folders.disposeAsync();
  }

  async restore(prefixes: readonly string[]): Promise<CacheEntry | null> {
    const [first] = prefixes;
    if (first === undefined) return null;
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await this.#makeFolder());
    const { answer, log } = await this.#call({ action: 'restore', keys: [first, ...prefixes] }, folder);
    if (answer.key === null) {
      const reason = findReason(log);
      if (reason === null) return null;
      const fault = notRestored(findHit(log), reason);
      if (fault.code === 'unreachable') this.#fault = fault;
      throw fault;
    }
    const tree = new FileTree(folder.path);
    const read = async (name: string, maxBytes: number) => tree.read(restoredName(name), maxBytes);
    const kept = stack.move();
    return { key: answer.key, pack: { read }, [Symbol.asyncDispose]: () => kept.disposeAsync() };
  }

  async save(key: string, files: AsyncIterable<PackFile>): Promise<SaveOutcome> {
    if (this.#fault !== null) throw this.#fault;
    await using folder = await this.#makeFolder();
    await writeFiles(join(folder.path, ARCHIVE_FOLDER), files);
    const { answer, log } = await this.#call({ action: 'save', key }, folder);
    if (answer.key !== null) return 'saved';
    const reason = findReason(log) ?? 'the cache did not say why';
    if (/\balready[ _]exists\b|\(409\)/i.test(reason)) return 'taken';
    if (/\bcache write denied:|\bdoes not permit writes\b/.test(reason)) return 'read-only';
    throw new VarveError('store-unwritable', reason);
  }

  async #call(
    call: CacheCall,
    { path }: TemporaryFolder,
  ): Promise<{ readonly answer: CacheAnswer; readonly log: string }> {
    if (this.#fault !== null) throw this.#fault;
    const process = this.#waiting ?? new CacheProcess(this.#settings);
    this.#waiting = null;
    try {
      return await process.serve(call, {
        folder: path,
        budget: this.#budget,
        signal: this.#settings.signal,
      });
    } catch (fault) {
      const error = toVarveError(fault);
      if (error.code === 'unreachable') this.#fault = error;
      throw error;
    } finally {
      const goesOn = call.action === 'restore' && this.#fault === null;
      if (goesOn && this.#settings.saves) this.#waiting ??= new CacheProcess(this.#settings);
    }
  }

  async #makeFolder(): Promise<TemporaryFolder> {
    return this.#folders.use(await makeTemporaryFolder(this.#settings.temporaryFolder, 'varve-cache-'));
  }
}

async function writeFiles(folder: string, files: AsyncIterable<PackFile>): Promise<void> {
  try {
    await mkdir(folder);
    for await (const { name, bytes } of files) await writeFile(join(folder, name), bytes);
  } catch (fault) {
    throw writeFault(fault, folder);
  }
}

function notRestored(key: string | null, reason: string): VarveError {
  if (key === null) return new VarveError('unreachable', reason);
  return new VarveError('malformed', `${key} cannot be unpacked: ${reason}`, { object: key });
}
