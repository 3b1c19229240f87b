/**
 * A script that a thread or process runs. In `dist` it is next to this module; in the sources, in the folder above.
 */
export function scriptOf(name: string): URL {
  return new URL(import.meta.url.endsWith('.ts') ? `../${name}.ts` : `./${name}.js`, import.meta.url);
}
