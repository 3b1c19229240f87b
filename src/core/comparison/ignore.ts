import { VarveError } from '../../base/errors.ts';
import { compileGlobs, verifyGlobs } from '../layer/glob.ts';
import type { FileState } from '../rootfs/file-state.ts';
import type { FileDifference } from './comparison.ts';
import type { IgnoreRule } from './ignore-rule.ts';

/** Says of single differences whether they count. */
export interface Ignore {
  /** Null where it counts. */
  file(difference: JudgedDifference, facts?: DifferenceFacts): Hiding | null;
  /** @param pointer a JSON pointer into the config. */
  config(pointer: string): Hiding | null;
  /** Whether a difference counts only because nobody proved that the code of two compiled files is the same. */
  awaitsProof(difference: JudgedDifference): boolean;
}

/** Why a difference does not count: a built-in rule, or a pattern that the user gave. */
export type Hiding = { readonly kind: 'volatile' } | { readonly kind: 'ignored'; readonly pattern: string };

export type JudgedDifference = Omit<FileDifference, 'volatile' | 'layer'>;

/** Facts that a difference does not contain. */
export interface DifferenceFacts {
  /** Whether the path is one of several names of its inode. */
  readonly isLinked?: boolean;
  /** Whether two compiled files proved to hold the same code. */
  readonly isSameCode?: boolean;
}

const VOLATILE: Hiding = { kind: 'volatile' };

/**
 * Makes rules ready for use. A pattern covers what it matches with all that is below. Those of the user hide whatever
 * they match, the built-in ones only what can do nothing by itself.
 * @throws VarveError `bad-option` for a pattern that is not a glob.
 */
export function compileIgnore(rules: readonly IgnoreRule[]): Ignore {
  const builtIn = compileRules(rules.filter(({ given }) => given === undefined));
  const own = rules.filter(({ given }) => given !== undefined);
  const given = compileRules(own);
  // Compiled one by one only once something is hidden, so that it can be said by which.
  const single = own.map((rule) => ({ rule, matches: compileRules([rule]) }));
  const hidingOf = (hides: (one: Matcher) => boolean): Hiding | null => {
    const found = single.find(({ matches }) => hides(matches));
    return found === undefined ? null : { kind: 'ignored', pattern: found.rule.given ?? '' };
  };
  return {
    file: (difference, facts = {}) => {
      if (isHarmless(difference, facts) && builtIn.file(difference, facts)) return VOLATILE;
      return given.file(difference, facts) ? hidingOf((one) => one.file(difference, facts)) : null;
    },
    config: (pointer) => {
      if (builtIn.config(pointer)) return VOLATILE;
      return given.config(pointer) ? hidingOf((one) => one.config(pointer)) : null;
    },
    awaitsProof: (difference) =>
      isHarmless(difference, {}) &&
      !builtIn.file(difference, {}) &&
      builtIn.file(difference, { isSameCode: true }),
  };
}

/**
 * Whether a difference is one of plain files or directories, in content alone where both sides have it: what can be run,
 * carries rights, or leads elsewhere is never what a rebuild leaves by the way.
 */
function isHarmless(
  { changes, base, target }: JudgedDifference,
  { isLinked = false }: DifferenceFacts,
): boolean {
  if (isLinked || changes.some((change) => change !== 'content' && change !== 'mtime')) return false;
  return [base, target].every((state) => state === undefined || isPlain(state));
}

function isPlain({ type, mode, xattrs }: FileState): boolean {
  if (type === 'dir') return true;
  const bits = Number.parseInt(mode, 8);
  return type === 'file' && (bits & RIGHTS) === 0 && xattrs?.['security.capability'] === undefined;
}

/** To be executed, with the rights of the owner or the group. */
const RIGHTS = 0o6111;

/**
 * Refuses what is not a glob before the work begins, since rules are compiled when they are first asked.
 * @throws VarveError `bad-option`
 */
export function requireGlobs(rules: readonly IgnoreRule[]): void {
  const globs = rules.map((rule) => ('config' in rule ? rule.config : rule.paths));
  for (const glob of globs)
    requireSound([glob], `${JSON.stringify(glob.slice(0, 100))} is not a pattern to ignore`);
  requireSound(globs, 'there are too many patterns to ignore');
}

function requireSound(globs: readonly string[], complaint: string): void {
  try {
    verifyGlobs(globs);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new VarveError('bad-option', `${complaint}: ${cause.message}`, {
      hint: 'write a glob such as var/log/** or a config pointer such as /config/Labels/build',
      cause,
    });
  }
}

interface Matcher {
  file(difference: JudgedDifference, facts: DifferenceFacts): boolean;
  config(pointer: string): boolean;
}

function compileRules(rules: readonly IgnoreRule[]): Matcher {
  const paths = rules.flatMap((rule) => ('paths' in rule ? [rule] : []));
  const globs = (wanted: (typeof paths)[number]['only']): string[] =>
    paths.filter(({ only }) => only === wanted).map((rule) => rule.paths);
  const any = matcher(() => globs(undefined));
  const modified = matcher(() => globs('modified'));
  const sameSize = matcher(() => globs('same-size'));
  const sameCode = matcher(() => globs('same-code'));
  return {
    file: (difference, { isSameCode = false }) =>
      any(difference.path) ||
      (isContentAlone(difference) &&
        (modified(difference.path) ||
          (isSameSize(difference) &&
            (sameSize(difference.path) || (isSameCode && sameCode(difference.path)))))),
    config: matcher(() => rules.flatMap((rule) => ('config' in rule ? rule.config : []))),
  };
}

/** Compiled when it is first asked: most comparisons find nothing to ask about. */
function matcher(globs: () => readonly string[]): (text: string) => boolean {
  let compiled: RegExp | undefined;
  return (text) => {
    compiled ??= compileGlobs(globs());
    return compiled.test(text);
  };
}

const isContentAlone = ({ changes }: JudgedDifference): boolean =>
  changes.length === 1 && changes[0] === 'content';

const isSameSize = ({ base, target }: JudgedDifference): boolean => base?.size === target?.size;
