import { type Argument, type Command, Help } from 'commander';

/** Beyond this a reader loses the line. */
export const WIDEST_HELP = 100;
/** Columns that a description must have next to its term; where there are fewer, it stands below. */
const NARROWEST = 30;
const BELOW = 6;

/** Help that fits the terminal, however narrow. */
export class FittedHelp extends Help {
  override minWidthToWrap = 20;

  override formatItem(term: string, termWidth: number, description: string, helper: Help): string {
    const width = this.helpWidth ?? WIDEST_HELP;
    if (width - termWidth - 4 >= NARROWEST) return super.formatItem(term, termWidth, description, helper);
    return `  ${term}\n${this.#indent(description, width)}`;
  }

  /** All commands have options. */
  override subcommandTerm(command: Command): string {
    return [nameOf(command), ...command.registeredArguments.map(syntaxOf)].join(' ');
  }

  /** A section below the rest: lines that stay whole, to be copied, each with what it means below it. */
  formatSection(title: string, items: readonly (readonly [line: string, meaning: string])[]): string {
    const width = this.helpWidth ?? WIDEST_HELP;
    const lines = items.map(([line, meaning]) => `  ${line}\n${this.#indent(meaning, width)}`);
    return `\n${title}:\n${lines.join('\n')}`;
  }

  #indent(text: string, width: number): string {
    const margin = ' '.repeat(BELOW);
    return this.boxWrap(text, width - BELOW).replaceAll(/^/gm, margin);
  }
}

/** Adds to the end of a command's help what is only laid out once the terminal is known. */
export function addToHelp(command: Command, lay: (help: FittedHelp) => string): void {
  command.addHelpText('after', ({ error }) => {
    const { getErrHelpWidth, getOutHelpWidth } = command.configureOutput();
    const help = new FittedHelp();
    help.helpWidth = (error ? getErrHelpWidth : getOutHelpWidth)?.() ?? WIDEST_HELP;
    return lay(help);
  });
}

const nameOf = (command: Command): string => [command.name(), ...command.aliases().slice(0, 1)].join('|');

function syntaxOf(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}
