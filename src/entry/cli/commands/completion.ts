import { VarveError } from '../../../base/errors.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { createProgram, type ProgramOptions } from '../program.ts';
import { COMMANDS } from './catalogue.ts';
import type { Call, RunCommand } from './command.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

/** Prints what a shell runs at its start; from then on it asks `varve complete -- WORDS…`. */
export const run: RunCommand<'completion'> = async (invocation) => {
  const [shell = ''] = invocation.arguments;
  if (!SHELLS.includes(shell)) {
    throw new VarveError('bad-option', `there is no completion for ${JSON.stringify(shell)}`, {
      object: shell,
      hint: `it is there for ${SHELLS.slice(0, -1).join(', ')} and ${SHELLS.at(-1)}`,
    });
  }
  const completion = await describeProgram(invocation);
  completion.setup('varve', 'varve', shell);
  return EXIT_STATUS.done;
};

/** Prints the words that may stand where the last of these is. */
export async function complete(
  words: readonly string[],
  call: Omit<ProgramOptions, 'finish'>,
): Promise<number> {
  const completion = await describeProgram(call);
  completion.parse([...words]);
  return EXIT_STATUS.done;
}

async function describeProgram({ output, host, signal, resources }: Omit<ProgramOptions, 'finish'> | Call) {
  const { default: describe } = await import('@bomb.sh/tab/commander');
  const commands = COMMANDS.filter(({ name }) => name !== 'completion');
  const program = createProgram({ ...{ output, host, signal, resources, commands }, finish() {} });
  return describe(program, { completionCommandName: 'completion' });
}
