/**
 * A script that threads or processes of their own run. Built, it lies beside this module; in the sources, a floor above.
 */
export function scriptOf(name: string): URL {
  return new URL(import.meta.url.endsWith('.ts') ? `../${name}.ts` : `./${name}.js`, import.meta.url);
}
