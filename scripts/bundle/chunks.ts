import { join } from 'node:path';
import type { ChunkingContext, CodeSplittingOptions } from 'rolldown';

/** What starts in most runs, so that how long its loading takes is felt. */
const STARTS = {
  cli: ['src/entry/cli/run-cli.ts'],
  // The others are loaded on demand, and nearly always are.
  snapshot: [
    'src/entry/cli/commands/snapshot.ts',
    'src/entry/stores/open-directory.ts',
    'src/core/report/text/render-text.ts',
  ],
  layers: ['src/entry/layer-worker.ts'],
  inflate: ['src/entry/inflate-worker.ts'],
} as const;

type StartName = keyof typeof STARTS;

/**
 * Puts what these starts load into a few chunks. A file costs Node half a millisecond; without this there is a chunk for
 * every set of commands that share something, sixty at each start.
 * @param root the project's folder.
 */
export function chunkByStart(root: string): CodeSplittingOptions {
  const starts = Object.entries(STARTS).map(
    ([name, entries]) =>
      new Start(
        name as StartName,
        entries.map((entry) => join(root, entry)),
      ),
  );
  const name = (module: string, modules: ChunkingContext): string | null =>
    nameChunk(starts.filter((start) => start.loads(module, modules)).map((start) => start.name));
  return { includeDependenciesRecursively: false, groups: [{ name, debugName: 'of starts' }] };
}

/** The chunk of what these starts need. Threads load a little more than they need, so that every start loads fewer files. */
function nameChunk(starts: readonly StartName[]): string | null {
  if (starts.length < 2) return starts.length === 0 ? null : `of-${starts[0]}`;
  if (starts.includes('cli')) return 'of-all';
  return starts.includes('inflate') ? 'of-reading' : 'of-recording';
}

class Start {
  readonly name: StartName;
  readonly #entries: readonly string[];
  #loaded: ReadonlySet<string> | null = null;

  constructor(name: StartName, entries: readonly string[]) {
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
