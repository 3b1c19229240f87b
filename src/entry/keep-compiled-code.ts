type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Lets Node keep what it compiles of the program, so that later starts on this machine are quicker. It does so in a
 * folder of the user's own, for what is kept there is run. `NODE_DISABLE_COMPILE_CACHE=1` turns it off.
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
export function keepCompiledCode({ XDG_CACHE_HOME, HOME }: Environment): void {
  // Got here, since an older Node, which is to be told so, cannot get them on the way in.
  const { existsSync } = process.getBuiltinModule('node:fs');
  const { enableCompileCache } = process.getBuiltinModule('node:module');
  const { isAbsolute } = process.getBuiltinModule('node:path');
  // A relative folder would be one of the working directory, which may be a stranger's.
  const isHome = (path = '') => isAbsolute(path) && existsSync(path);
  if (XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME)) enableCompileCache(`${XDG_CACHE_HOME}/varve/compiled`);
  else if (isHome(HOME)) enableCompileCache(`${HOME}/.cache/varve/compiled`);
}
