import type { Command, Option } from 'commander';
import { VarveError } from '../../../base/errors.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';

/**
 * What each shell runs at its start. From then on it asks `varve complete -- WORDS…` what may stand in the place of the
 * last word, and offers files as well. No word of a line is ever evaluated.
 */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# Completion of varve for bash
_varve_complete() {
  local current="\${COMP_WORDS[COMP_CWORD]}" word
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("$word")
  done < <(varve complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "\${#COMPREPLY[@]}" -eq 0 ]; then
    while IFS= read -r word; do
      COMPREPLY+=("$word")
    done < <(compgen -f -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _varve_complete varve
`,
  zsh: `#compdef varve
# Completion of varve for zsh
_varve() {
  local -a found
  local line
  while IFS= read -r line; do
    found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(varve complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then _describe varve found; else _files; fi
}
if [ "\${funcstack[1]}" = _varve ]; then _varve "$@"; else compdef _varve varve; fi
`,
  fish: `# Completion of varve for fish
function __varve_complete
    set -l words (commandline -opc)
    varve complete -- $words[2..] (commandline -ct) 2>/dev/null
end
complete --command varve --arguments '(__varve_complete)'
`,
};

/** Prints the script of a shell. */
export const run: RunCommand<'completion'> = async ({ arguments: [shell = ''], output: { stdout } }) => {
  const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
  if (script === undefined) {
    throw new VarveError('bad-option', `there is no completion for ${JSON.stringify(shell)}`, {
      object: shell,
      hint: 'use bash, zsh or fish',
    });
  }
  stdout.write(script);
  return EXIT_STATUS.done;
};

/**
 * What may stand in the place of the last word: a word and what it means on each line, parted by a tab.
 * @param words all words of the line but the first.
 */
export function complete(words: readonly string[], program: Command): string {
  const before = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  const command = findCommand(before, program);
  const awaited = optionsOf(command).find(({ long, short, required }) => {
    const previous = before.at(-1);
    return required && previous !== undefined && (previous === long || previous === short);
  });
  const offers = awaited === undefined ? offersOf(command, last) : choicesOf(awaited);
  return offers
    .filter(([word]) => word.startsWith(last))
    .map(([word, meaning]) => `${word}\t${meaning}\n`)
    .join('');
}

type Offer = readonly [word: string, meaning: string];

/** The command that the words lead to, as far as they are commands. */
function findCommand(words: readonly string[], program: Command): Command {
  const [word, ...others] = words;
  const found = program.commands.find(
    (command) => word !== undefined && [command.name(), ...command.aliases()].includes(word),
  );
  return found === undefined ? program : findCommand(others, found);
}

const optionsOf = (command: Command): readonly Option[] => command.createHelp().visibleOptions(command);

function offersOf(command: Command, last: string): readonly Offer[] {
  if (last.startsWith('-')) {
    return optionsOf(command).flatMap(({ long, description }) =>
      long ? [[long, description] as const] : [],
    );
  }
  return command
    .createHelp()
    .visibleCommands(command)
    .map((each) => [each.name(), each.description()]);
}

const choicesOf = ({ argChoices = [], description }: Option): readonly Offer[] =>
  argChoices.map((choice) => [choice, description]);
