import { toVarveError, VarveError } from '../../base/errors.ts';
import { SETTINGS, type SettingName, type Settings } from './settings.ts';

/** A place that settings come from; gives the text of one, or undefined when it does not set it. */
export interface SettingSource {
  /** How a user names one setting there: `--cas-root`, `input cas-root`. */
  readonly label: (name: SettingName) => string;
  readonly get: (name: SettingName) => string | undefined;
}

/**
 * Reads the named settings, each from the first source that has it.
 * @param complain what else is wrong with settings that are good each by itself; those that are not are left out.
 * @throws VarveError `bad-option` that tells every mistake at once.
 */
export function readSettings<N extends SettingName>(
  names: readonly N[],
  sources: readonly SettingSource[],
  complain: (settings: Partial<Pick<Settings, N>>) => VarveError | null = () => null,
): Pick<Settings, N> {
  const mistakes: string[] = [];
  const values = names.map((name) => {
    const source = sources.find(({ get }) => get(name) !== undefined);
    const text = source?.get(name);
    if (source === undefined || text === undefined) return [name, SETTINGS[name].fallback];
    try {
      return [name, SETTINGS[name].parse(text)];
    } catch (fault) {
      mistakes.push(`${source.label(name)}: ${describeMistake(toVarveError(fault))}`);
      return [name, undefined];
    }
  });
  const complaint = complain(Object.fromEntries(values));
  if (complaint !== null && mistakes.length === 0) throw complaint;
  if (complaint !== null) mistakes.push(describeMistake(complaint));
  if (mistakes.length > 0) {
    throw new VarveError('bad-option', mistakes.join('\n'), { hint: 'see --help or the table of inputs' });
  }
  return Object.freeze(Object.fromEntries(values));
}

function describeMistake({ message, hint }: VarveError): string {
  return `${message}${hint === undefined ? '' : ` (${hint})`}`;
}
