import { VarveError } from '../../base/errors.ts';

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
       * Holds only for changed content; `same-size`: only if its size did not change; `same-code`: only if it is proven to
       * differ in the header of a compiled file alone.
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

/** Every difference is checked against all patterns. */
const MOST_PATTERNS = 1000;

/**
 * Reads the patterns of a user.
 * @throws VarveError `bad-option` for more patterns than a comparison has time for.
 */
export function parseIgnores(patterns: readonly string[]): IgnoreRule[] {
  if (patterns.length > MOST_PATTERNS) {
    throw new VarveError('bad-option', `there are more than ${MOST_PATTERNS} patterns to ignore`, {
      hint: 'use patterns for whole folders, such as var/log/**',
    });
  }
  return patterns.map(parseIgnore);
}
