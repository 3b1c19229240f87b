/** One way that a server offers to prove who one is. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[\\w!#$%&'*+.^`|~-]+";
const PIECE = new RegExp(
  `(?<name>${TOKEN})\\s*=\\s*(?:"(?<quoted>(?:[^"\\\\]|\\\\.)*)"|(?<plain>${TOKEN}))|(?<scheme>${TOKEN}[/=+]*)(?=[\\s,]|$)`,
  'y',
);
const LONGEST_HEADER = 16 * 1024;

/**
 * Reads the values of `WWW-Authenticate`; what is not well formed ends the reading of its value.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1
 */
export function parseChallenges(values: readonly string[]): readonly Challenge[] {
  return values.flatMap((value) => parseValue(value.slice(0, LONGEST_HEADER)));
}

function parseValue(value: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (let position = 0; ; ) {
    while (/[\s,]/.test(value[position] ?? '')) position += 1;
    PIECE.lastIndex = position;
    const groups = PIECE.exec(value)?.groups;
    if (groups === undefined) return challenges;
    position = PIECE.lastIndex;
    const { name, quoted, plain, scheme } = groups;
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    else if (name !== undefined) {
      challenges
        .at(-1)
        ?.parameters.set(name.toLowerCase(), plain ?? quoted?.replaceAll(/\\(.)/g, '$1') ?? '');
    }
  }
}
