import picomatch from 'picomatch';
import { VarveError } from '../../base/errors.ts';
import type { FileDifference } from './comparison.ts';
import type { IgnoreRule } from './ignore-rule.ts';

/** Says of single differences whether they count. */
export interface Ignore {
  file(difference: Omit<FileDifference, 'volatile'>): boolean;
  /** @param pointer a JSON pointer into the config. */
  config(pointer: string): boolean;
}

/**
 * Makes rules ready for use. A pattern covers what it matches with all that is below.
 * @throws VarveError `bad-option` for a pattern that is not a glob.
 */
export function compileIgnore(rules: readonly IgnoreRule[]): Ignore {
  const paths = rules.flatMap((rule) => ('paths' in rule ? [rule] : []));
  const globs = (wanted: (typeof paths)[number]['only']): string[] =>
    paths.filter(({ only }) => only === wanted).map((rule) => rule.paths);
  const any = matcher(() => globs(undefined));
  const modified = matcher(() => globs('modified'));
  const sameSize = matcher(() => globs('same-size'));
  return {
    file: (difference) =>
      any(difference.path) ||
      (isContentAlone(difference) &&
        (modified(difference.path) || (isSameSize(difference) && sameSize(difference.path)))),
    config: matcher(() => rules.flatMap((rule) => ('config' in rule ? rule.config : []))),
  };
}

/**
 * Refuses what is not a glob before the work begins, since rules are compiled when they are first asked.
 * @throws VarveError `bad-option`
 */
export function requireGlobs(rules: readonly IgnoreRule[]): void {
  for (const rule of rules) compileGlobs(['config' in rule ? rule.config : rule.paths]);
}

/** Compiled when it is first asked: most comparisons find nothing to ask about. */
function matcher(globs: () => readonly string[]): (text: string) => boolean {
  let compiled: RegExp | undefined;
  return (text) => {
    compiled ??= compileGlobs(globs());
    return compiled.test(text);
  };
}

const isContentAlone = ({ changes }: Omit<FileDifference, 'volatile'>): boolean =>
  changes.length === 1 && changes[0] === 'content';

const isSameSize = ({ base, target }: Omit<FileDifference, 'volatile'>): boolean =>
  base?.size === target?.size;

/** One expression for all globs: thousands of differences are held against it. */
function compileGlobs(globs: readonly string[]): RegExp {
  if (globs.length === 0) return /(?!)/;
  const sources = globs.map((glob) => globSource(glob.replace(/\/+$/, '')));
  // Names may hold newlines: the dot takes them too.
  return new RegExp(sources.map((source) => `(?:${source})`).join('|'), 's');
}

function globSource(glob: string): string {
  const options = { dot: true, nonegate: true, strictBrackets: true };
  try {
    return [glob, `${glob}/**`].map((pattern) => picomatch.makeRe(pattern, options).source).join('|');
  } catch (cause) {
    throw new VarveError('bad-option', `not a pattern to ignore: ${JSON.stringify(glob.slice(0, 100))}`, {
      object: glob.slice(0, 100),
      hint: 'write a glob such as var/log/** or a config pointer such as /config/Labels/build',
      cause,
    });
  }
}
