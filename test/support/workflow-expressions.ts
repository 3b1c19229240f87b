/** What an expression of a workflow can name: `github`, `steps`, `matrix` and the like. */
export type Contexts = Readonly<Record<string, unknown>>;

const TOKEN = /\s*('(?:[^']|'')*'|[A-Za-z_][\w.-]*(?:\(\))?|==|!=|&&|\|\||[()])/y;
const MARKED = /\$\{\{(.*?)\}\}/g;

/**
 * Replaces the expressions in a text.
 * @throws Error for an expression that is not one of the few that are understood.
 */
export function fillIn(text: string, contexts: Contexts): string {
  return text.replace(MARKED, (_, expression: string) => String(evaluate(expression, contexts)));
}

/** Whether the condition of a job or step holds, with or without its `${{ }}`. */
export function holds(condition: string, contexts: Contexts): boolean {
  const [, marked] = /^\s*\$\{\{(.*)\}\}\s*$/.exec(condition) ?? [];
  return Boolean(evaluate(marked ?? condition, contexts));
}

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions */
function evaluate(expression: string, contexts: Contexts): unknown {
  const tokens = readTokens(expression);
  const take = (...expected: readonly string[]): string | undefined =>
    expected.includes(tokens[0] ?? '') ? tokens.shift() : undefined;

  function either(): unknown {
    let value = both();
    while (take('||')) {
      const other = both();
      value ||= other;
    }
    return value;
  }
  function both(): unknown {
    let value = comparison();
    while (take('&&')) {
      const other = comparison();
      value &&= other;
    }
    return value;
  }
  function comparison(): unknown {
    const value = single();
    const sign = take('==', '!=');
    return sign === undefined ? value : (value === single()) === (sign === '==');
  }
  function single(): unknown {
    const token = tokens.shift() ?? '';
    if (token === '(') {
      const value = either();
      if (!take(')')) throw new Error(`a bracket is open: ${expression}`);
      return value;
    }
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (token === 'always()') return true;
    return lookUp(token, contexts);
  }

  const value = either();
  if (tokens.length > 0) throw new Error(`unknown expression: ${expression}`);
  return value;
}

function readTokens(expression: string): string[] {
  const tokens = [...expression.matchAll(new RegExp(TOKEN, 'gy'))];
  const length = tokens.reduce((sum, [token]) => sum + token.length, 0);
  if (expression.slice(length).trim() !== '') throw new Error(`unknown expression: ${expression}`);
  return tokens.map(([, token = '']) => token);
}

/** A missing output or field of an event is empty, as on GitHub; a context or step that nobody knows is an error. */
function lookUp(path: string, contexts: Contexts): unknown {
  const [root = '', ...names] = path.split('.');
  let found: unknown = contexts[root];
  for (const [depth, name] of names.entries()) {
    if (typeof found !== 'object' || found === null) break;
    const isNamedHere = depth === 0 && root !== 'inputs';
    if (isNamedHere && !Object.hasOwn(found, name)) throw new Error(`unknown: ${path}`);
    found = (found as Record<string, unknown>)[name];
  }
  if (!Object.hasOwn(contexts, root)) throw new Error(`unknown: ${path}`);
  return found ?? '';
}
