import { existsSync } from 'node:fs';
import { COMMANDS } from './commands/catalogue.ts';
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
  if (word === 'help' && words.length > 1) return [...words, '--help'];
  const areTwo = words[0] !== undefined && !words[0].startsWith('-') && isImage(word);
  return areTwo && !isCommand(word) ? ['compare', ...argv] : argv;
}

const isCommand = (word: string): boolean =>
  COMMANDS.some((command) => namesOf(command).some((name) => name.split(' ')[0] === word));

/** A reference, a digest, a file or a folder; any other word is more likely a command that was misspelt. */
const isImage = (word: string): boolean =>
  !word.startsWith('-') && (/[:/@.]|^[0-9a-f]{7,64}$/.test(word) || existsSync(word));
