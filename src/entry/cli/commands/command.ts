import type { Host } from '../../host/host.ts';
import { type SettingsOf, settingsOf } from '../../settings/catalogue.ts';
import { readSettings, type SettingSource } from '../../settings/read-settings.ts';
import type { Catalogue, Face } from '../../settings/setting.ts';
import type { Parameters } from '../../settings/setting-sources.ts';
import type { TextStream } from '../terminal/standard-stream.ts';

export type Format = 'text' | 'json' | 'ndjson' | 'markdown';

export type Heading = 'Look' | 'Record' | 'Evidence' | 'Other';

/** What a command declares of itself: enough for help, documentation and parsing, without loading its code. */
export interface CommandDeclaration {
  /** Words that call it. */
  readonly name: Exclude<Face, 'action'>;
  /** Words of other tools that call it, too. */
  readonly aliases?: readonly string[];
  /** Under which heading of help it stands. */
  readonly heading: Heading;
  /** Positional arguments as in usage lines: `<image>`, `[path]`, `<images...>`. */
  readonly arguments: readonly (readonly [syntax: string, description: string])[];
  readonly summary: string;
  /** What a setting is for this command, where it is less than for others. */
  readonly wording?: Readonly<Record<string, string>>;
  readonly formats: readonly Format[];
  /** Options of this command alone, which are not settings. */
  readonly options?: readonly (readonly [syntax: string, description: string])[];
  /** Another program calls it, and hands settings over as variables of its own. */
  readonly parameters?: Parameters;
  /** Its result has room for remarks on the settings; otherwise they go to stderr. */
  readonly reportsNotes?: true;
  readonly examples: readonly (readonly [line: string, explanation: string])[];
}

/** A call of a command, its settings not yet read. */
export interface Call {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  /** What was skipped when the settings were gathered. */
  readonly notes?: readonly string[];
  readonly format: Format;
  /** Only the result is wanted, of a report its headline, and what must be known: no findings, no progress. */
  readonly isQuiet: boolean;
  readonly output: CommandOutput;
  readonly host: Host;
  /** Takes what must be closed before the process ends, early too. */
  readonly resources: AsyncDisposableStack;
  /** Ends the command, whatever it does. */
  readonly signal: AbortSignal;
}

export interface Invocation<S> extends Call {
  readonly settings: S;
}

/** Where a command speaks: results on stdout, everything else on stderr. */
export interface CommandOutput {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
}

/** Does the command's work and gives the exit status. */
export type RunCommand<F extends Face> = (invocation: Invocation<SettingsOf<F>>) => Promise<number>;

export interface Command extends CommandDeclaration {
  /** Reads the settings, loads the command's code and runs it. */
  readonly call: (catalogue: Catalogue, sources: readonly SettingSource[], call: Call) => Promise<number>;
  /** Runs it with settings that were read. */
  readonly run: (invocation: Invocation<SettingsOf<Face>>) => Promise<number>;
}

/** Ties a command's code to exactly the settings that name it as one of their faces. */
export function defineCommand<const F extends Exclude<Face, 'action'>>(
  declaration: CommandDeclaration & { readonly name: F },
  load: () => Promise<{ readonly run: RunCommand<F> }>,
): Command {
  const run = async (invocation: Invocation<SettingsOf<F>>) => (await load()).run(invocation);
  return {
    ...declaration,
    run: run as Command['run'],
    async call(catalogue, sources, call) {
      const settings = readSettings(catalogue, settingsOf(declaration.name, catalogue), sources);
      return run({ ...call, settings: settings as SettingsOf<F> });
    },
  };
}
