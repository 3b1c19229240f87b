import { readFile } from 'node:fs/promises';
import { VarveError } from '../../base/errors.ts';
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

/** `VARVE_CAS_ROOT` and the like. */
export function fromEnvironment(environment: Environment): SettingSource {
  return {
    origin: 'variable',
    label: variableOf,
    get: (name) => presentText(environment[variableOf(name)]),
  };
}

/** The variable that sets a setting. */
export const variableOf = (name: string): string => `VARVE_${name.toUpperCase().replaceAll('-', '_')}`;

/** What holds in a workflow where nothing else is said. */
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

/**
 * The settings file: one key a setting; a list stands for lines. Without a path it is `varve.yml`, which may be absent.
 * @throws VarveError `bad-option` for a file that was named and is not there, YAML that is broken, unknown keys and
 * values that are neither scalar nor list.
 */
export async function fromFile(named?: string, catalogue: Catalogue = SETTINGS): Promise<SettingSource> {
  const path = named ?? SETTINGS_FILE;
  const values = await readSettingsFile(path, named !== undefined, catalogue);
  return {
    origin: named === undefined ? 'checkout' : 'file',
    label: (name) => `${name} in ${path}`,
    get: (name) => values.get(name),
  };
}

async function readSettingsFile(
  path: string,
  mustBeThere: boolean,
  catalogue: Catalogue,
): Promise<Map<string, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const absent = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    if (absent && !mustBeThere) return new Map();
    throw absent
      ? new VarveError('bad-option', `there is no settings file ${path}`, {
          object: path,
          hint: 'check --config',
        })
      : new VarveError('unreachable', `cannot read ${path}`, { object: path, cause });
  }
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(text, { maxAliasCount: 0 });
  } catch (cause) {
    throw new VarveError('bad-option', `${path} is not YAML: ${(cause as Error).message}`, {
      object: path,
      cause,
    });
  }
  if (document === null) return new Map();
  if (typeof document !== 'object' || Array.isArray(document)) {
    throw new VarveError('bad-option', `${path} must hold settings, one key each`, { object: path });
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
    hint: `settings are ${Object.keys(catalogue).join(', ')}`,
  });
}

function toText(path: string, key: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => toText(path, key, item)).join('\n');
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw new VarveError('bad-option', `${key} in ${path} must be a text, a number, a boolean or a list`, {
    object: path,
  });
}
