import { join } from 'node:path';
import type { ChunkingContext, CodeSplittingOptions } from 'rolldown';

/** What starts in most runs, so that how long its loading takes is felt. */
const STARTS: Readonly<Record<string, readonly string[]>> = {
  cli: ['src/entry/cli/run-cli.ts'],
  // The second is loaded on demand, and nearly always is.
  snapshot: ['src/entry/cli/commands/snapshot.ts', 'src/entry/stores/open-directory.ts'],
  layers: ['src/entry/layer-worker.ts'],
  inflate: ['src/entry/inflate-worker.ts'],
};

/**
 * Puts what these starts load into a few chunks, each named after the starts that need it. A file costs Node half a
 * millisecond; without this there is a chunk for every set of commands that share something, sixty at each start.
 * @param root the project's folder.
 */
export function chunkByStart(root: string): CodeSplittingOptions {
  const starts = Object.entries(STARTS).map(
    ([name, entries]) =>
      new Start(
        name,
        entries.map((entry) => join(root, entry)),
      ),
  );
  const name = (module: string, modules: ChunkingContext): string | null => {
    const loading = starts.filter((start) => start.loads(module, modules));
    return loading.length === 0 ? null : `of-${loading.map((start) => start.name).join('-')}`;
  };
  return { includeDependenciesRecursively: false, groups: [{ name, debugName: 'of starts' }] };
}

class Start {
  readonly name: string;
  readonly #entries: readonly string[];
  #loaded: ReadonlySet<string> | null = null;

  constructor(name: string, entries: readonly string[]) {
    this.name = name;
    this.#entries = entries;
  }

  /** Tells whether a module is imported, by another or not; what is imported later, on demand, is not. */
  loads(module: string, modules: ChunkingContext): boolean {
    this.#loaded ??= this.#findLoaded(modules);
    return this.#loaded.has(module);
  }

  #findLoaded(modules: ChunkingContext): ReadonlySet<string> {
    const loaded = new Set(this.#entries);
    for (const module of loaded)
      for (const imported of modules.getModuleInfo(module)?.importedIds ?? []) loaded.add(imported);
    return loaded;
  }
}
