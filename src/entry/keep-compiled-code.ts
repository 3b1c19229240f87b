type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Lets Node keep what it compiles of the program, so that later starts on this machine are quicker. It does so in a
 * folder of the user's own, for what is kept there is run. `NODE_DISABLE_COMPILE_CACHE=1` turns it off.
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
export function keepCompiledCode(environment: Environment): void {
  const { XDG_CACHE_HOME, HOME, NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = environment;
  // Node has been told already.
  if (NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return;
  // Imported here, since an older Node, whose user must get an error that says so, does not have them.
  const { mkdirSync } = process.getBuiltinModule('node:fs');
  const { enableCompileCache } = process.getBuiltinModule('node:module');
  const { isAbsolute } = process.getBuiltinModule('node:path');
  const caches = XDG_CACHE_HOME || (HOME && `${HOME}/.cache`);
  // A relative folder would be one of the working directory, which may be a stranger's.
  if (!caches || !isAbsolute(caches)) return;
  try {
    // Node's own way does not end where a folder cannot hold another, as under /proc.
    for (const folder of [caches, `${caches}/varve`]) makeFolder(folder);
    enableCompileCache(`${caches}/varve/compiled`);
  } catch {
    // Then each start compiles again.
  }

  function makeFolder(path: string): void {
    try {
      mkdirSync(path);
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
    }
  }
}
