import completion from '@bomb.sh/tab';
import type { Command } from 'commander';
import { VarveError } from '../../../base/errors.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

/** Prints what a shell runs at its start; from then on it asks `varve complete -- WORDS…`. */
export const run: RunCommand<'completion'> = async ({ arguments: [shell = ''] }) => {
  if (!SHELLS.includes(shell)) {
    throw new VarveError('bad-option', `there is no completion for ${JSON.stringify(shell)}`, {
      object: shell,
      hint: `use ${SHELLS.slice(0, -1).join(', ')} or ${SHELLS.at(-1)}`,
    });
  }
  completion.setup('varve', 'varve', shell);
  return EXIT_STATUS.done;
};

/** Prints the words that may stand where the last of these is, for the shell that asks. */
export function complete(words: readonly string[], program: Command): void {
  for (const [name, command] of walk(program, [])) describeCommand(name, command);
  completion.parse([...words]);
}

function* walk(command: Command, parents: readonly string[]): Generator<[name: string, command: Command]> {
  for (const child of command.createHelp().visibleCommands(command)) {
    for (const word of [child.name(), ...child.aliases()]) {
      const path = [...parents, word];
      yield [path.join(' '), child];
      yield* walk(child, path);
    }
  }
}

function describeCommand(name: string, command: Command): void {
  const described = completion.command(name, command.description());
  for (const { long, short, description, argChoices = [], required } of command
    .createHelp()
    .visibleOptions(command)) {
    if (long === undefined) continue;
    const offer = (give: (value: string, description: string) => void) => {
      for (const choice of argChoices) give(choice, '');
    };
    const word = long.slice('--'.length);
    if (required) described.option(word, description, offer, short?.slice(1));
    else described.option(word, description, short?.slice(1));
  }
}
