import { Argument, type Command, Option } from 'commander';
import { gatherSettings } from '../compose/gather-settings.ts';
import { listExitStatuses } from '../exit-status.ts';
import type { Host } from '../host/host.ts';
import { SETTINGS } from '../settings/catalogue.ts';
import { LIMIT_SETTINGS } from '../settings/limits.ts';
import type { SettingSource } from '../settings/read-settings.ts';
import { type Catalogue, type Setting, takesAliases } from '../settings/setting.ts';
import {
  fromEnvironment,
  fromParameters,
  noteStrayParameters,
  SETTINGS_FILE,
  variableOf,
} from '../settings/setting-sources.ts';
import { VERSION } from '../version.ts';
import { CheckedCommand, refuseEmpty } from './checked-command.ts';
import type {
  CommandDeclaration,
  CommandOutput,
  Format,
  Heading,
  Command as VarveCommand,
} from './commands/command.ts';
import { writeNotes } from './commands/notes.ts';
import { COMMANDS } from './declarations/catalogue.ts';
import { addToHelp, WIDEST_HELP } from './fitted-help.ts';
import { terminalWidth } from './terminal/describe-terminal.ts';
import type { TextStream } from './terminal/standard-stream.ts';

interface Group {
  readonly summary: string;
  readonly heading: Heading;
  readonly aliases: readonly string[];
}

const GROUPS: Readonly<Record<string, Group>> = {
  layer: { summary: 'Look into single layers', heading: 'Look', aliases: ['layers'] },
  surface: {
    summary: 'Put, print, list, verify and delete the items of a store',
    heading: 'Evidence',
    aliases: ['store'],
  },
  kit: { summary: 'Carry snapshots across an air gap', heading: 'Evidence', aliases: ['kits'] },
  artifact: { summary: 'Package, push and pull files as OCI artifacts', heading: 'Evidence', aliases: [] },
};

export interface ProgramOptions {
  readonly output: CommandOutput;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly resources: AsyncDisposableStack;
  /** Receives the exit status of the command that ran. */
  readonly finish: (status: number) => void;
  /** All that there are when left out. */
  readonly commands?: readonly VarveCommand[];
  readonly settings?: Catalogue;
}

/**
 * The command line.
 * @param argv when it is given, only the command that it names is declared: all of them take a while.
 */
export function createProgram(options: ProgramOptions, argv: readonly string[] = []): Command {
  const { output, host, commands = COMMANDS } = options;
  const helpWidth = (stream: TextStream) => Math.min(WIDEST_HELP, terminalWidth(stream, host.environment));
  const program = new CheckedCommand('varve')
    .description('Shows what a build changed in a container image, and keeps the evidence.')
    .version(`varve ${VERSION}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .addHelpCommand(
      new CheckedCommand('help').argument('[command]').description('Explain a command').helpGroup('Other:'),
    )
    .configureOutput({
      writeOut: (text) => output.stdout.write(text),
      writeErr: (text) => output.stderr.write(text),
      getOutHelpWidth: () => helpWidth(output.stdout),
      getErrHelpWidth: () => helpWidth(output.stderr),
    })
    .usage('[options] [command]\n       varve <base> <target>    the same as varve compare')
    .exitOverride();
  const groups = new Map<string, Command>();
  for (const spec of soughtCommands(commands, argv)) {
    const [first = '', second] = spec.name.split(' ');
    const parent = second === undefined ? program : findGroup(program, groups, first);
    addCommand(parent, second ?? first, spec, options);
  }
  const statuses = listExitStatuses().map(([status, meaning]) => `${status} ${meaning}`);
  const exitStatus = `\nExit status: ${statuses.join(', ')}.`;
  addToHelp(program, (help) => help.boxWrap(exitStatus, help.helpWidth ?? WIDEST_HELP));
  return program;
}

/** The command that a line begins with; or all, where help or an unknown word may ask for any. */
function soughtCommands(commands: readonly VarveCommand[], argv: readonly string[]): readonly VarveCommand[] {
  const line = `${argv.join(' ')} `;
  const named = commands.filter((command) => namesOf(command).some((name) => line.startsWith(`${name} `)));
  return named.length > 0 ? named : commands;
}

/** All that a command may be called by: `surface list`, `surface ls`, `store list`, … */
export function namesOf({ name, aliases = [] }: CommandDeclaration): readonly string[] {
  const [first = '', second] = name.split(' ');
  if (second === undefined) return [first, ...aliases];
  const groups = [first, ...(GROUPS[first]?.aliases ?? [])];
  return groups.flatMap((group) => [second, ...aliases].map((word) => `${group} ${word}`));
}

function findGroup(program: Command, groups: Map<string, Command>, name: string): Command {
  const known = groups.get(name);
  if (known !== undefined) return known;
  const { summary = '', heading = 'Other', aliases = [] } = GROUPS[name] ?? {};
  const group = program.command(name).description(summary).aliases(aliases).helpGroup(`${heading}:`);
  groups.set(name, group);
  return group;
}

function addCommand(
  parent: Command,
  name: string,
  spec: VarveCommand,
  { output, host, resources, signal, finish, settings = SETTINGS }: ProgramOptions,
): void {
  const command = declareCommand(parent.command(name), spec, settings);
  command.action(async () => {
    refuseEmpty(command);
    const options = command.opts();
    const { environment } = host;
    const { parameters } = spec;
    const handed = parameters === undefined ? [] : [fromParameters(environment, parameters)];
    const given = [fromOptions(command), ...handed, fromEnvironment(environment)];
    const { sources, notes } = await gatherSettings({
      ...{ host, given, named: options.config, catalogue: settings, signal },
    });
    const strays =
      parameters === undefined
        ? []
        : noteStrayParameters(environment, parameters, namesTaken(spec, settings));
    const call = {
      ...{ options, notes: [...notes, ...strays], output, resources, signal },
      arguments: command.processedArgs.flat().filter((argument) => argument !== undefined),
      format: formatOf(options, spec),
      isQuiet: options.quiet === true,
      host: options.color === false ? withoutColor(host) : host,
    };
    if (spec.reportsNotes !== true) writeNotes(call.notes, call);
    finish(await spec.call(settings, sources, call));
  });
}

/** What the settings of a command are called, by generators of StellaOps too. */
const namesTaken = ({ name: face }: CommandDeclaration, catalogue: Catalogue): readonly string[] =>
  Object.entries(catalogue).flatMap(([name, { faces, alias }]) =>
    faces.includes(face) ? (alias === undefined ? [name] : [name, alias]) : [],
  );

function formatOf({ format, f, json }: Record<string, unknown>, { formats }: CommandDeclaration): Format {
  const wished = json === true ? 'json' : (f ?? format);
  return formats.find((each) => each === wished) ?? formats[0] ?? 'text';
}

/** The environment decides about color, so the wish of the command line goes there too. */
function withoutColor(host: Host): Host {
  return { ...host, environment: { ...host.environment, FORCE_COLOR: '0' } };
}

function declareCommand(command: Command, declaration: CommandDeclaration, catalogue: Catalogue): Command {
  command
    .description(declaration.summary)
    .aliases([...(declaration.aliases ?? [])])
    .helpGroup(`${declaration.heading}:`);
  for (const [syntax, description] of declaration.arguments) {
    command.addArgument(new Argument(syntax, description));
  }
  addOutputOptions(command, declaration.formats);
  for (const [syntax, description] of declaration.options ?? [])
    command.addOption(ownOption(syntax, description));
  const settings = Object.entries(catalogue).filter(([, { faces }]) => faces.includes(declaration.name));
  for (const [name, setting] of settings.filter(isOption)) {
    const option = toOption(name, setting, declaration.wording?.[name]);
    command.addOption(option.helpGroup(name in LIMIT_SETTINGS ? 'Limits:' : 'Options:'));
    if (setting.alias === undefined || !takesAliases(declaration.name)) continue;
    const same = `the same as --${name}`;
    command.addOption(
      new Option(`--${setting.alias} <${setting.value.toLowerCase()}>`, same).helpGroup('Options:'),
    );
  }
  command.option('--config <file>', `settings file (default: ${SETTINGS_FILE}, if it exists)`);
  const variables = settings.filter((each) => !isOption(each)).map(describeVariable);
  if (variables.length > 0) addToHelp(command, (help) => help.formatSection('Variables', variables));
  addToHelp(command, (help) => help.formatSection('Examples', declaration.examples));
  return command;
}

/** An option of a command alone. Three dots say that it may be given several times, each time with one value. */
function ownOption(syntax: string, description: string): Option {
  if (!syntax.endsWith('...>')) return new Option(syntax, description);
  const option = new Option(syntax.replace('...>', '>'), description);
  return option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
}

/** The options that every command has for its output. */
function addOutputOptions(command: Command, formats: readonly Format[]): void {
  const [format] = formats;
  const choices = [...formats];
  command.addOption(
    new Option('-o, --format <format>', 'how to print the result').choices(choices).default(format),
  );
  command.addOption(new Option('-f <format>').choices(choices).hideHelp());
  if (formats.includes('json')) {
    command.addOption(new Option('--json', 'the same as --format json').conflicts(['format', 'f']));
  }
  const say = (flags: string, description: string) =>
    command.addOption(new Option(flags, description).helpGroup('Output:'));
  say('-q, --quiet', 'print the result alone, of a report its first line; warnings still go to stderr');
  say('-v, --verbose', 'print lists in full, and every cause of an error');
  say('--no-color', 'print without color');
}

/** A secret has only a variable, since a list of processes shows options. */
const isOption = ([, { from }]: NamedSetting): boolean => from.includes('option');

const describeVariable = ([name, { description }]: NamedSetting) => [variableOf(name), description] as const;

type NamedSetting = readonly [name: string, setting: Setting<unknown>];

/**
 * A setting as an option: booleans as switches away from what holds by itself, lists as repeatable.
 * @param wording replaces the description of the setting.
 */
function toOption(name: string, setting: Setting<unknown>, wording?: string): Option {
  if (typeof setting.fallback === 'boolean') {
    const switched = setting.flip ?? setting.description;
    return new Option(setting.fallback ? `--no-${name}` : `--${name}`, switched);
  }
  const shown = setting.shown ?? setting.fallback;
  const fallback = shown === undefined || Array.isArray(shown) ? '' : ` Default: ${shown}.`;
  const option = new Option(
    `--${name} <${setting.value.toLowerCase()}>`,
    wording ?? `${setting.description}${fallback}`,
  );
  if (!Array.isArray(setting.fallback)) return option;
  return option.argParser((line: string, before: string | undefined) =>
    before === undefined ? line : `${before}\n${line}`,
  );
}

function fromOptions(command: Command): SettingSource {
  return {
    origin: 'option',
    label: (name) => `--${name}`,
    get: (name) => {
      const key = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
      return command.getOptionValueSource(key) === 'cli' ? String(command.getOptionValue(key)) : undefined;
    },
  };
}
