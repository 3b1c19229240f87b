/** Differences that do not count, and why. */
export type IgnoreRule = {
  /** The pattern as the user wrote it; left out for built-in rules. */
  readonly given?: string;
  readonly why?: string;
} & (
  | {
      /** A glob of paths, written as the comparison writes paths. */
      readonly paths: string;
      /**
       * Holds only for changed content; `same-size`: only where that is no longer nor shorter; `same-code`: only where it
       * proves to be the same but for the header of a compiled file.
       */
      readonly only?: 'modified' | 'same-size' | 'same-code';
    }
  | {
      /** A glob of JSON pointers into the image's config. */
      readonly config: string;
    }
);

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
  const given = pattern;
  return isConfig ? { given, config: pattern } : { given, paths: pattern.replace(/^(?:\.?\/)+/, '') };
}
