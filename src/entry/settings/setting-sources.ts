import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { VarveError } from '../../base/errors.ts';
import { didYouMean } from '../../base/near-names.ts';
import { readFileOrPipe } from '../../base/read-file.ts';
import { SETTINGS } from './catalogue.ts';
import type { SettingSource } from './read-settings.ts';
import type { Catalogue } from './setting.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const presentText = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : text;

/** Inputs of a GitHub Action, as the runner hands them over: an empty one counts as not given. */
export function fromInputs(environment: Environment): SettingSource {
  return {
    origin: 'input',
    label: (name) => `input ${name}`,
    get: (name) => presentText(environment[`INPUT_${name.toUpperCase()}`]),
  };
}

/** `VARVE_CAS_ROOT` and the like; for what generators of StellaOps take too, their variable as well. */
export function fromEnvironment(environment: Environment): SettingSource {
  const find = (name: string) =>
    [variableOf(name), generatorVariableOf(name)]
      .filter((variable) => variable !== null)
      .find((variable) => presentText(environment[variable]) !== undefined);
  return {
    origin: 'variable',
    label: (name) => find(name) ?? variableOf(name),
    get: (name) => environment[find(name) ?? ''],
  };
}

/** `STELLAOPS_SURFACE_LAYER_FRAGMENTS`; null for what those generators do not have. */
const generatorVariableOf = (name: string): string | null =>
  name.startsWith('surface-') ? `STELLAOPS_${name.toUpperCase().replaceAll('-', '_')}` : null;

/** Variables of another program that carry settings: `BUILDKIT_SCAN_cas-root`, in either case, with `-` or `_`. */
export interface Parameters {
  readonly prefix: string;
  /** What stands behind the prefix in the other variables of that program. */
  readonly others: readonly string[];
}

const parameterOf = (variable: string, { prefix }: Parameters): string | null =>
  variable.startsWith(prefix) ? variable.slice(prefix.length).toLowerCase().replaceAll('_', '-') : null;

/** Settings that another program hands over as variables. */
export function fromParameters(environment: Environment, parameters: Parameters): SettingSource {
  const variables = Object.keys(environment).filter((each) => presentText(environment[each]) !== undefined);
  const find = (name: string) => variables.find((each) => parameterOf(each, parameters) === name);
  return {
    origin: 'variable',
    label: (name) => find(name) ?? `${parameters.prefix}${name}`,
    get: (name) => environment[find(name) ?? ''],
  };
}

/** Says which parameters have no meaning for a face. @param known names and aliases of its settings. */
export function noteStrayParameters(
  environment: Environment,
  parameters: Parameters,
  known: readonly string[],
): readonly string[] {
  const others = parameters.others.map((each) => parameterOf(`${parameters.prefix}${each}`, parameters));
  return Object.keys(environment).flatMap((variable) => {
    const name = parameterOf(variable, parameters);
    if (name === null || known.includes(name) || others.includes(name)) return [];
    const near = didYouMean(name, known);
    return [`the parameter ${variable} has no meaning${near === null ? '' : `: ${near}`}`];
  });
}

/** The variable that sets a setting. */
export const variableOf = (name: string): string => `VARVE_${name.toUpperCase().replaceAll('-', '_')}`;

/** Variables that look like settings, and are not. */
export function noteStrayVariables(
  environment: Environment,
  catalogue: Catalogue = SETTINGS,
): readonly string[] {
  const known = new Set([...Object.keys(catalogue).map(variableOf), ...OTHER_VARIABLES]);
  const strays = Object.keys(environment).filter((name) => name.startsWith('VARVE_') && !known.has(name));
  return strays.map((stray) => {
    const near = didYouMean(stray, known);
    return `the variable ${stray} is not a setting${near === null ? '' : `: ${near}`}`;
  });
}

/** Variables of Varve that stand for no setting. */
const OTHER_VARIABLES = ['VARVE_INFLATE'];

/** The defaults in a workflow. */
export function fromWorkflowDefaults(catalogue: Catalogue = SETTINGS): SettingSource {
  return {
    origin: null,
    label: (name) => `the default of ${name}`,
    get: (name) => {
      const text = catalogue[name]?.inWorkflow;
      // GitHub hands an expression over as an input.
      return text?.startsWith('${{') ? undefined : text;
    },
  };
}

export const SETTINGS_FILE = 'varve.yml';

/** Names that people give the file, and that are not looked for. */
const MISNAMED = ['varve.yaml', '.varve.yml', '.varve.yaml'];

/** Says of a file that is called almost like the settings file that it is not read. */
export function noteMisnamedFile(): readonly string[] {
  return MISNAMED.filter((name) => existsSync(name)).map(
    (name) => `${name} is not read: the settings file is called ${SETTINGS_FILE}`,
  );
}

/** Bytes of a settings file: reading YAML that is made to be slow takes time that grows with the square of its length. */
const LARGEST_FILE = 16 * 1024;

/**
 * The settings file: one key a setting; a list stands for lines. Without a path it is `varve.yml`, which may be absent.
 * @throws VarveError `bad-option` for a file that was named and is not there, one of the checkout that is a link, pipe or
 * device, YAML that is broken, unknown keys and values that are neither scalar nor list.
 */
export async function fromFile(named?: string, catalogue: Catalogue = SETTINGS): Promise<SettingSource> {
  const path = named ?? SETTINGS_FILE;
  const text = named === undefined ? readCheckedOut(path) : await readNamed(path);
  const values = await parseSettings(text ?? '', path, catalogue);
  return {
    origin: named === undefined ? 'checkout' : 'file',
    label: (name) => `${name} in ${path}`,
    get: (name) => values.get(name),
  };
}

async function readNamed(path: string): Promise<string> {
  try {
    return (await readFileOrPipe(path, LARGEST_FILE, () => tooLarge(path))).toString('utf8');
  } catch (cause) {
    if (cause instanceof VarveError) throw cause;
    if (codeOf(cause) === 'EISDIR') throw isFolder(path);
    throw isAbsent(cause)
      ? new VarveError('bad-option', `there is no settings file ${path}`, {
          object: path,
          hint: 'name a file that is there, or leave --config out',
        })
      : unreadable(path, cause);
  }
}

/**
 * A settings file that nobody named: whatever a stranger put there, it is not waited for and leads nowhere else.
 * @returns null where there is none. @throws VarveError `bad-option`, `unreachable`.
 */
export function readCheckedOut(path: string): string | null {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (cause) {
    if (isAbsent(cause)) return null;
    if (codeOf(cause) === 'ELOOP' || codeOf(cause) === 'ENXIO') throw notAFile(path);
    throw unreadable(path, cause);
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw notAFile(path);
    if (status.size > LARGEST_FILE) throw tooLarge(path);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

const codeOf = (fault: unknown) => (fault instanceof Error && 'code' in fault ? fault.code : undefined);
const isAbsent = (fault: unknown): boolean => codeOf(fault) === 'ENOENT';

const unreadable = (path: string, cause: unknown) =>
  new VarveError('unreachable', `cannot read ${path}`, {
    object: path,
    hint: 'the user that runs Varve needs the right to read it, or name another settings file with --config',
    cause,
  });

const isFolder = (path: string) =>
  new VarveError('bad-option', `${path} is a folder, not a settings file`, {
    object: path,
    hint: `name the file itself, such as ${path}/${SETTINGS_FILE}`,
  });

const notAFile = (path: string) =>
  new VarveError('bad-option', `${path} is not a regular file`, {
    object: path,
    hint: 'to use a link or a pipe, name it with --config',
  });

const tooLarge = (path: string) =>
  new VarveError('bad-option', `${path} has more than ${LARGEST_FILE} bytes`, {
    object: path,
    hint: `it is not a settings file, or has too much in it: ${HOW_TO_WRITE}`,
  });

const HOW_TO_WRITE = 'write one setting on each line, such as name: shop/web';

/** The settings of a file as texts. @param path names it in errors. @throws VarveError `bad-option`. */
export async function parseSettings(
  text: string,
  path: string,
  catalogue: Catalogue = SETTINGS,
): Promise<ReadonlyMap<string, string>> {
  if (text === '') return new Map();
  if (text.length > LARGEST_FILE) throw tooLarge(path);
  const { parseDocument } = await import('yaml');
  let document: unknown;
  try {
    const parsed = parseDocument(text);
    // What the parser only warns of, it would write to the log with the text itself.
    const [fault] = [...parsed.errors, ...parsed.warnings];
    if (fault !== undefined) throw fault;
    document = parsed.toJS({ maxAliasCount: 0 });
  } catch (cause) {
    // What follows the first line of its message shows the text itself.
    const [first = ''] = String((cause as Error).message).split('\n');
    const [, reason = first, place = reason] = /^(.*) at (line \d+, column \d+):?$/.exec(first) ?? [];
    throw new VarveError('bad-option', `${path} is not YAML: ${place}`, {
      object: path,
      cause: new Error(reason),
      hint: HOW_TO_WRITE,
    });
  }
  if (document === null) return new Map();
  if (typeof document !== 'object' || Array.isArray(document)) {
    throw new VarveError('bad-option', `${path} contains no settings`, { object: path, hint: HOW_TO_WRITE });
  }
  return new Map(
    Object.entries(document).map(([key, value]) => [
      checkKey(path, key, catalogue),
      toText(path, key, value),
    ]),
  );
}

function checkKey(path: string, key: string, catalogue: Catalogue): string {
  if (Object.hasOwn(catalogue, key)) return key;
  throw new VarveError('bad-option', `${path} has an unknown setting ${JSON.stringify(key)}`, {
    object: path,
    hint: didYouMean(key, Object.keys(catalogue)) ?? `settings are ${Object.keys(catalogue).join(', ')}`,
  });
}

function toText(path: string, key: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => toText(path, key, item)).join('\n');
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw new VarveError('bad-option', `${key} in ${path} must be text, a number, a boolean or a list`, {
    object: path,
    hint: `write ${key}: and its value on one line, or a list with one value on each line`,
  });
}
