/** Differences that do not count, and why. */
export type IgnoreRule =
  | {
      /** A glob of paths, written as the comparison writes paths. */
      readonly paths: string;
      /** Holds only for changed content; `same-size`: only where that is no longer nor shorter. */
      readonly only?: 'modified' | 'same-size';
      readonly why?: string;
    }
  | {
      /** A glob of JSON pointers into the image's config. */
      readonly config: string;
      readonly why?: string;
    };

/** Fields of a config; a pattern that begins with a slash and none of these is a glob of paths. */
const CONFIG_FIELDS: ReadonlySet<string> = new Set([
  'config',
  'container',
  'container_config',
  'author',
  'os',
  'os.version',
  'os.features',
  'architecture',
  'variant',
]);

/**
 * Reads a pattern as users write it: a config pointer such as `/config/Labels/build`, or a glob of paths such as
 * `var/log/**`, with or without a slash in front. What is in the image's folder `/config` is written `config/**`.
 */
export function parseIgnore(pattern: string): IgnoreRule {
  const [, field = ''] = pattern.split('/');
  const isConfig = pattern.startsWith('/') && CONFIG_FIELDS.has(field);
  return isConfig ? { config: pattern } : { paths: pattern.replace(/^(?:\.?\/)+/, '') };
}
