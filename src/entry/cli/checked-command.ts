import { existsSync } from 'node:fs';
import { Command, type ErrorOptions, type Option, type ParseOptionsResult } from 'commander';
import { VarveError } from '../../base/errors.ts';
import { didYouMean } from '../../base/near-names.ts';
import { FittedHelp } from './fitted-help.ts';

/** A command of commander's whose mistakes are errors like all others: what is wrong, with which word, and what to do. */
export class CheckedCommand extends Command {
  constructor(name?: string) {
    super(name);
    this.showSuggestionAfterError(false);
  }

  override createCommand(name?: string): CheckedCommand {
    return new CheckedCommand(name);
  }

  override createHelp(): FittedHelp {
    return Object.assign(new FittedHelp(), this.configureHelp());
  }

  /** Reads a line; an image on standard input is not an option, though it begins as one: `-:NAME`. */
  override parseOptions(words: string[]): ParseOptionsResult {
    const takesValue = (word = ''): boolean =>
      this.options.some(({ required, long, short }) => required && [long, short].includes(word));
    const read = super.parseOptions(
      words.map((word, index) =>
        isStandardInput(word) && !takesValue(words[index - 1]) ? `${OPERAND}${word}` : word,
      ),
    );
    const restore = (word: string): string => (word.startsWith(OPERAND) ? word.slice(OPERAND.length) : word);
    return { operands: read.operands.map(restore), unknown: read.unknown.map(restore) };
  }

  /** What commander calls for every mistake in a line. */
  override error(text: string, { code = '' }: ErrorOptions = {}): never {
    throw (
      this.#mistakes[code]?.(text) ?? this.#mistake(text.replace(/^error: /, ''), this.#helpHint, this.#path)
    );
  }

  /** By commander's codes; each is given commander's sentence, which has the words that matter in quotes. */
  readonly #mistakes: Readonly<Record<string, (text: string) => VarveError>> = {
    'commander.unknownCommand': (text) => this.#unknownCommand(quotedIn(text)),
    'commander.unknownOption': (text) => {
      const option = quotedIn(text);
      const known = this.createHelp()
        .visibleOptions(this)
        .map(({ long }) => long)
        .filter((long) => long !== undefined);
      const [name = option] = option.split('=');
      if (known.includes(name)) return this.#mistake(`${name} takes no value`, `write ${name} alone`, name);
      const near = name.startsWith('--') ? didYouMean(name, known) : null;
      return this.#mistake(`there is no option ${option}`, joinHints(near, this.#helpHint), option);
    },
    'commander.missingArgument': (text) => {
      const argument = quotedIn(text);
      return this.#mistake(`the ${argument} is missing`, `write ${usageOf(this)}`, argument);
    },
    'commander.optionMissingArgument': (text) => {
      const flags = quotedIn(text);
      const name = nameOf(flags);
      return this.#mistake(`${name} has no value`, `write ${flags.replace(/^-\w, /, '')}`, name);
    },
    'commander.invalidArgument': (text) => {
      const [, flags = '', value = '', choices = ''] = CHOICE.exec(text) ?? [];
      const name = nameOf(flags);
      const near = didYouMean(value, choices.split(', '));
      const all = `it takes ${choices}`;
      return this.#mistake(`${name} does not take "${value}"`, joinHints(near, all), name);
    },
    'commander.conflictingOption': (text) => {
      const [first = '', second = ''] = [...text.matchAll(/'([^']*)'/g)].map(([, flags = '']) =>
        nameOf(flags),
      );
      return this.#mistake(`${first} and ${second} cannot be given together`, 'leave one of them out', first);
    },
    'commander.excessArguments': () => {
      const taken = this.registeredArguments.length;
      const [first = ''] = this.args.slice(taken);
      const most = taken === 0 ? 'no argument' : taken === 1 ? 'one argument' : `${taken} arguments`;
      const problem = `${this.#path} takes ${most}, and ${first} is one too many`;
      return this.#mistake(problem, `write ${usageOf(this)}`, first);
    },
  };

  #unknownCommand(word: string): VarveError {
    if (this.parent === null && mayBeImage(word)) {
      const hint = `varve inspect ${word} shows an image; varve compare ${word} OTHER compares two`;
      return this.#mistake(`${word} is not a command`, hint, word);
    }
    const names = this.commands.flatMap((command) => [command.name(), ...command.aliases()]);
    const near = didYouMean(word, names);
    const lists = `${this.#path} --help lists the commands`;
    const called = `${this.#path} ${word}`.replace(/^varve /, '');
    return this.#mistake(`there is no command ${called}`, joinHints(near, lists), word);
  }

  get #path(): string {
    return pathOf(this);
  }

  get #helpHint(): string {
    return `${this.#path} --help explains it`;
  }

  #mistake(message: string, hint: string, object: string): VarveError {
    return new VarveError('bad-option', message, { hint, object });
  }
}

/**
 * Refuses options and arguments that are empty, as a variable leaves them that is not set.
 * @throws VarveError `bad-option`.
 */
export function refuseEmpty(command: Command): void {
  for (const option of command.options) {
    const key = option.attributeName();
    if (command.getOptionValueSource(key) !== 'cli' || !isBlank(command.getOptionValue(key))) continue;
    const name = nameOf(option.flags);
    throw new VarveError('bad-option', `${name} is empty`, {
      object: name,
      hint: `give it a value, or leave ${name} out`,
    });
  }
  for (const [index, argument] of command.registeredArguments.entries()) {
    if (!isBlank(command.processedArgs[index])) continue;
    throw new VarveError('bad-option', `the ${argument.name()} is empty`, {
      object: argument.name(),
      hint: `write ${usageOf(command)}`,
    });
  }
}

/** `varve layer ls` */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** `varve layer ls <image> <layer>` */
function usageOf(command: Command): string {
  const words = command.registeredArguments.map((each) =>
    each.required ? `<${each.name()}>` : `[${each.name()}]`,
  );
  return [pathOf(command), ...words].join(' ');
}

/** What no word of a line can begin with. */
const OPERAND = '\0';

/** `-`, or one of the images there: `-:NAME`, `-@DIGEST`. */
export const isStandardInput = (word: string): boolean => /^-(?:$|[:@])/.test(word);

/** A reference, or a file or folder; any other word is more likely a command that was misspelled. */
export const mayBeImage = (word: string): boolean =>
  isStandardInput(word) ||
  (!word.startsWith('-') && (/[:/@.]|^[0-9a-f]{4,64}$/.test(word) || existsSync(word)));

const CHOICE = /^error: option '(.+?)' argument '(.*)' is invalid\. Allowed choices are (.*)\.$/s;

const quotedIn = (text: string): string => /'(.*)'/s.exec(text)?.[1] ?? '';

/** `--format`, of the flags `-o, --format <format>`. */
const nameOf = (flags: Option['flags']): string =>
  /--[\w-]+/.exec(flags)?.[0] ?? flags.split(' ')[0] ?? flags;

const joinHints = (...hints: readonly (string | null)[]): string =>
  hints.filter((hint) => hint !== null).join(' ');

const isBlank = (value: unknown): boolean => typeof value === 'string' && value.trim() === '';
