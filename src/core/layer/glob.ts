import { expand } from 'brace-expansion';

/** Globs that the braces of one may stand for. */
const MOST_ALTERNATIVES = 1000;
/** Characters and stars in the globs of one expression, braces expanded: the engine has no room for much larger ones. */
const MOST_CHARACTERS = 200_000;
const MOST_STARS = 5000;
/** The same of one glob: paths have no more characters, and the engine goes deeper with each part. */
const LONGEST_GLOB = 4096;
const MOST_STARS_OF_ONE = 1600;

/**
 * Compiles globs into one expression that says whether any of them matches a path or a folder above it. `*` and `?` stay
 * within a name, `**` between slashes stands for any number of names, `[a-z]` for one character in a set and `[!a-z]`
 * for one outside it, `{a,b}` for one of both; a backslash makes the next character literal. Names that begin with a
 * dot are names like others.
 *
 * Matching takes time in proportion to the length of the path, whatever the path: each part of a glob is matched where
 * it fits first, and nowhere else. No match is missed, since a part between two stars has a fixed number of characters,
 * and a part between two `**` a fixed number of names.
 * @throws SyntaxError for what is not a glob.
 */
export function compileGlobs(globs: readonly string[]): RegExp {
  if (globs.length === 0) return /(?!)/;
  const tryOnce = countedGroups();
  const expanded = globs.flatMap(expandBraces);
  const all = expanded.join('');
  if (all.length > MOST_CHARACTERS) throw new SyntaxError(`more than ${MOST_CHARACTERS} characters`);
  if (countStars(all) > MOST_STARS) throw new SyntaxError(`more than ${MOST_STARS} stars`);
  for (const glob of expanded) {
    if (glob.length > LONGEST_GLOB) throw new SyntaxError(`a glob of more than ${LONGEST_GLOB} characters`);
    if (countStars(glob) > MOST_STARS_OF_ONE)
      throw new SyntaxError(`a glob of more than ${MOST_STARS_OF_ONE} stars`);
  }
  const sources = expanded.map((glob) => globSource(glob, tryOnce));
  return new RegExp(`^(?:${sources.join('|')})(?:/|$)`, 'u');
}

const countStars = (text: string): number => text.replace(/[^*]+/g, '').length;

/** Sees to it that globs can be matched. @throws SyntaxError for what is not a glob, and for too much of it. */
export function verifyGlobs(globs: readonly string[]): void {
  const expression = compileGlobs(globs);
  try {
    // The engine compiles it at its first use, and once more for wide characters.
    for (const text of ['', '\u0100']) expression.test(text);
  } catch {
    throw new SyntaxError('more than can be matched');
  }
}

function expandBraces(glob: string): readonly string[] {
  if (glob.length > MOST_CHARACTERS)
    throw new SyntaxError(`a glob of more than ${MOST_CHARACTERS} characters`);
  if (!glob.includes('{')) return [glob];
  // The expansion takes one backslash of two away.
  const globs = expand(glob.replaceAll('\\\\', '\\\\\\\\'), { max: MOST_ALTERNATIVES + 1 });
  if (globs.length > MOST_ALTERNATIVES) {
    throw new SyntaxError(`braces that stand for more than ${MOST_ALTERNATIVES} globs`);
  }
  return globs;
}

/** Wraps an expression so that nothing but its first match is tried: the atomic group that JavaScript lacks. */
type TryOnce = (source: string) => string;

function countedGroups(): TryOnce {
  let count = 0;
  return (source) => {
    const name = `g${count++}`;
    return `(?=(?<${name}>${source}))\\k<${name}>`;
  };
}

const END_OF_NAME = '(?=/|$)';

function globSource(glob: string, tryOnce: TryOnce): string {
  // Several slashes are one, as where braces stand for nothing; the one at the beginning stays.
  const names = glob.split('/').filter((name, index) => index === 0 || name !== '');
  if (names.join('') === '') throw new SyntaxError('an empty glob');
  const [first = [], ...others] = splitAt(names, (name) => name === '**').map((part) =>
    part.map((name) => nameSource(name, tryOnce)),
  );
  let source = first.join('/') + (first.length > 0 ? END_OF_NAME : '');
  for (const part of others.filter((names) => names.length > 0)) {
    const slash = source === '' ? '' : '/';
    source += tryOnce(`${slash}(?:[^/]*/)*?${part.join('/')}${END_OF_NAME}`);
  }
  return source === '' ? '[^]*' : source;
}

/** One name of a path: what stands between its stars, each matched where it fits first, the last at the end. */
function nameSource(name: string, tryOnce: TryOnce): string {
  const [first = [], ...others] = splitAt(
    [...name.matchAll(TOKEN)],
    ({ groups }) => groups?.stars !== undefined,
  );
  const last = others.pop();
  const write = (tokens: typeof first): string => tokens.map(tokenSource).join('');
  return [
    write(first),
    ...others.map((tokens) => (tokens.length === 0 ? '' : tryOnce(`[^/]*?${write(tokens)}`))),
    ...(last === undefined ? [] : [`[^/]*${write(last)}`]),
  ].join('');
}

const TOKEN =
  /(?<extended>[@?*+!]\()|(?<stars>\*+)|(?<any>\?)|\[(?<not>[!^]?)(?<set>\]?(?:\\.|[^\]\\])*)\]|\\(?<escaped>.)|(?<plain>.)/gsu;

function tokenSource({ groups = {} }: RegExpMatchArray): string {
  const { extended, any, not, set, escaped, plain } = groups;
  if (extended !== undefined) throw new SyntaxError(`an extended glob: ${extended}`);
  if (plain === '[') throw new SyntaxError('a [ without a ]');
  if (plain === '\\') throw new SyntaxError('a backslash at the end');
  if (any !== undefined) return '[^/]';
  if (set !== undefined) return `(?!/)[${not === '' ? '' : '^'}${setSource(set)}]`;
  return RegExp.escape(escaped ?? plain ?? '');
}

function setSource(set: string): string {
  if (set === '' || set.includes('[:')) throw new SyntaxError(`a set that is not known: [${set}]`);
  const write = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;
  return set.replace(/\\?(.)(?:-\\?(.))?/gsu, (range, from: string, to?: string) => {
    if (to === undefined) return write(from);
    if (from > to) throw new SyntaxError(`a range that runs backwards: ${range}`);
    return `${write(from)}-${write(to)}`;
  });
}

function splitAt<T>(items: readonly T[], isSeparator: (item: T) => boolean): T[][] {
  const parts: T[][] = [[]];
  for (const item of items) {
    if (isSeparator(item)) parts.push([]);
    else parts.at(-1)?.push(item);
  }
  return parts;
}
