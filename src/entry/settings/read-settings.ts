import { toVarveError, VarveError } from '../../base/errors.ts';
import { SETTINGS, type SettingName, type SettingsOf, settingsOf, type ValuesOf } from './catalogue.ts';
import { parseLabeled } from './parse.ts';
import { type Catalogue, type Face, ORIGINS, type SettingOrigin } from './setting.ts';

/** A place that settings come from; gives the text of one, or undefined when it does not set it. */
export interface SettingSource {
  /** Null for what Varve itself says. */
  readonly origin: SettingOrigin | null;
  /** How a user names one setting there: `--cas-root`, `input cas-root`. */
  readonly label: (name: string) => string;
  readonly get: (name: string) => string | undefined;
}

/** What is wrong with settings that are good each by itself; those that are not are left out. */
type Complain<S> = (settings: Partial<S>) => VarveError | null;

/**
 * Reads the named settings of a catalogue, each from the first source that has it.
 * @throws VarveError `bad-option` that names every mistake at once.
 */
export function readSettings<C extends Catalogue, N extends string & keyof C>(
  catalogue: C,
  names: readonly N[],
  sources: readonly SettingSource[],
  complain: Complain<Pick<ValuesOf<C>, N>> = () => null,
): Pick<ValuesOf<C>, N> {
  const mistakes: VarveError[] = [];
  const values: [string, unknown][] = [];
  for (const name of names) {
    try {
      values.push([name, readOne(catalogue, name, sources)]);
    } catch (fault) {
      mistakes.push(toVarveError(fault));
    }
  }
  const read = Object.fromEntries(values) as Pick<ValuesOf<C>, N>;
  const complaint = complain(read);
  if (complaint !== null) mistakes.push(complaint);
  const [only, ...others] = mistakes;
  if (only !== undefined && others.length === 0) throw only;
  if (only !== undefined) throw new VarveError('bad-option', mistakes.map(describeMistake).join('\n'));
  return Object.freeze(read);
}

/** The same of all the settings that a face takes. */
export function readSettingsOf<F extends Face>(
  face: F,
  sources: readonly SettingSource[],
  complain?: Complain<SettingsOf<F>>,
): SettingsOf<F> {
  const names: readonly (keyof SettingsOf<F>)[] = settingsOf(face);
  return readSettings(
    SETTINGS,
    names as readonly SettingName[],
    sources,
    complain as Complain<unknown>,
  ) as SettingsOf<F>;
}

function readOne(catalogue: Catalogue, name: string, sources: readonly SettingSource[]): unknown {
  const setting = catalogue[name];
  if (setting === undefined) throw new VarveError('internal', `there is no setting ${name}`);
  const names = setting.alias === undefined ? [name] : [name, setting.alias];
  const given = sources.flatMap((source) =>
    names.map((called) => ({ source, called, text: source.get(called) })),
  );
  const found = given.find(({ text }) => text !== undefined);
  if (found?.text === undefined) return setting.fallback;
  const { source, called, text } = found;
  const { origin } = source;
  const label = source.label(called);
  if (origin !== null && !setting.from.includes(origin)) {
    throw new VarveError('bad-option', `${label}: ${name} is not taken from ${ORIGINS[origin]}`, {
      object: label,
      hint: `give it as ${listOrigins(setting.from)}`,
    });
  }
  return parseLabeled(label, text, setting.parse);
}

function listOrigins(origins: readonly SettingOrigin[]): string {
  const names = origins.map((each) => ORIGINS[each]);
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function describeMistake({ message, hint }: VarveError): string {
  return `${message}${hint === undefined ? '' : ` (${hint})`}`;
}
