import { isStandardInput, mayBeImage } from './checked-command.ts';
import { COMMANDS } from './declarations/catalogue.ts';
import { namesOf } from './program.ts';

/** Switches that people write before the command as well as after it. */
const SWITCHES: ReadonlySet<string> = new Set(['-q', '--quiet', '-v', '--verbose', '--no-color', '--json']);

/**
 * The line of a command that a line as people write it stands for: switches go behind the command, `help` with several
 * words asks that command for help, and two images alone are compared.
 */
export function expandLine(argv: readonly string[]): readonly string[] {
  const first = argv.findIndex((word) => !SWITCHES.has(word));
  if (first > 0) return [...expandLine(argv.slice(first)), ...argv.slice(0, first)];
  const [word = '', ...words] = argv;
  if (word === 'help' && words[0] !== undefined) return isCommand(words[0]) ? helpOn(words) : words;
  const [other = ''] = words;
  const areTwo = words.length > 0 && (!other.startsWith('-') || isStandardInput(other)) && mayBeImage(word);
  return areTwo && !isCommand(word) ? ['compare', ...argv] : argv;
}

/** Commander's own `help` takes one word. */
const helpOn = (words: readonly string[]): readonly string[] =>
  words.length === 1 ? ['help', ...words] : [...words, '--help'];

const isCommand = (word: string): boolean =>
  COMMANDS.some((command) => namesOf(command).some((name) => name.split(' ')[0] === word));
