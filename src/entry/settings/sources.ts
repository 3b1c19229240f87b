import { readFile } from 'node:fs/promises';
import { VarveError } from '../../base/errors.ts';
import type { SettingSource } from './read-settings.ts';
import { SETTINGS, type SettingName } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const presentText = (text: string | undefined): string | undefined =>
  text === undefined || text.trim() === '' ? undefined : text;

/** Inputs of a GitHub Action, as the runner hands them over: an empty one counts as not given. */
export function fromInputs(environment: Environment): SettingSource {
  return {
    label: (name) => `input ${name}`,
    get: (name) => presentText(environment[`INPUT_${name.toUpperCase()}`]),
  };
}

/** `VARVE_CAS_ROOT` and the like. */
export function fromEnvironment(environment: Environment): SettingSource {
  const variable = (name: SettingName): string => `VARVE_${name.toUpperCase().replaceAll('-', '_')}`;
  return { label: variable, get: (name) => presentText(environment[variable(name)]) };
}

export const SETTINGS_FILE = 'varve.yml';

/**
 * The settings file: one key a setting; a list stands for lines. Without a path it is `varve.yml`, which may be absent.
 * @throws VarveError `bad-option` for a file that was named and is not there, YAML that is broken, unknown keys and
 * values that are neither scalar nor list.
 */
export async function fromFile(named?: string): Promise<SettingSource> {
  const path = named ?? SETTINGS_FILE;
  const values = await readSettingsFile(path, named !== undefined);
  return { label: (name) => `${name} in ${path}`, get: (name) => values.get(name) };
}

async function readSettingsFile(path: string, mustBeThere: boolean): Promise<Map<string, string>> {
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
    Object.entries(document).map(([key, value]) => [checkKey(path, key), toText(path, key, value)]),
  );
}

function checkKey(path: string, key: string): string {
  if (Object.hasOwn(SETTINGS, key)) return key;
  throw new VarveError('bad-option', `${path} has an unknown setting ${JSON.stringify(key)}`, {
    object: path,
    hint: `settings are ${Object.keys(SETTINGS).join(', ')}`,
  });
}

function toText(path: string, key: string, value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => toText(path, key, item)).join('\n');
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
  throw new VarveError('bad-option', `${key} in ${path} must be a text, a number, a boolean or a list`, {
    object: path,
  });
}
