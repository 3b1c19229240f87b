import { readSettings, type SettingSource } from '../../settings/read-settings.ts';
import type { SettingName, Settings } from '../../settings/settings.ts';

export type Format = 'text' | 'json' | 'ndjson' | 'markdown';

/** What a command declares of itself: enough for help, documentation and parsing, without loading its code. */
export interface CommandDeclaration {
  /** Words that call it: `snapshot`, `layer ls`. */
  readonly name: string;
  /** Positional arguments as in usage lines: `<image>`, `[path]`, `<images...>`. */
  readonly arguments: readonly (readonly [syntax: string, description: string])[];
  readonly summary: string;
  readonly settings: readonly SettingName[];
  /** What a setting is for this command, where it is less than for others. */
  readonly wording?: Partial<Record<SettingName, string>>;
  readonly formats: readonly Format[];
  /** Options of this command alone, which are no settings. */
  readonly options?: readonly (readonly [syntax: string, description: string])[];
  readonly examples: readonly (readonly [line: string, explanation: string])[];
}

/** A call of a command, its settings not yet read. */
export interface Call {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly format: Format;
  readonly output: CommandOutput;
  /** Takes what must be closed before the process ends, early too. */
  readonly resources: AsyncDisposableStack;
}

export interface Invocation<N extends SettingName> extends Call {
  readonly settings: Pick<Settings, N>;
}

/** A stream that may be a terminal. */
export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Where a command speaks: results on stdout, everything else on stderr. */
export interface CommandOutput {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Does the command's work and gives the exit status. */
export type RunCommand<N extends SettingName> = (invocation: Invocation<N>) => Promise<number>;

export interface Command extends CommandDeclaration {
  /** Reads the settings, loads the command's code and runs it. */
  readonly call: (sources: readonly SettingSource[], call: Call) => Promise<number>;
}

/** Ties a command's code to exactly the settings that it declares. */
export function defineCommand<const N extends SettingName>(
  declaration: CommandDeclaration & { readonly settings: readonly N[] },
  load: () => Promise<{ readonly run: RunCommand<N> }>,
): Command {
  return {
    ...declaration,
    async call(sources, call) {
      const settings = readSettings(declaration.settings, sources);
      const { run } = await load();
      return run({ ...call, settings });
    },
  };
}
