import { CommanderError } from 'commander';
import { EarlyExit } from '../early-exit.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { readHost } from '../host/host.ts';
import type { CommandOutput } from './commands/command.ts';
import { expandLine } from './line.ts';
import { createProgram } from './program.ts';
import { openStandardStream } from './terminal/standard-stream.ts';

/** Runs one command line and gives its exit status; results go to stdout, everything else to stderr. */
export async function runCli(argv: readonly string[]): Promise<number> {
  const output: CommandOutput = {
    stdout: openStandardStream('stdout'),
    stderr: openStandardStream('stderr'),
  };
  let status: number = EXIT_STATUS.done;
  await using resources = new AsyncDisposableStack();
  const exit = new EarlyExit(resources);
  exit.watchSignals();
  output.stdout.on('error', (fault: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`varve tree … | head`) is not a fault.
    if (fault.code === 'EPIPE') return exit.leave(EXIT_STATUS.done);
    output.stderr.write(`varve: unreachable: cannot write the result: ${fault.message}\n`);
    return exit.leave(EXIT_STATUS.outside);
  });
  // Nobody reads the messages: the exit status still says how it went.
  output.stderr.on('error', () => {});
  const finish = (result: number) => {
    status = result;
  };
  const line = expandLine(argv);
  const options = { output, host: readHost(process.env), resources, signal: exit.signal, finish };
  try {
    // A shell asks what may come next.
    if (line[0] === 'complete' && line[1] === '--') {
      const { complete } = await import('./commands/completion.ts');
      output.stdout.write(complete(line.slice(2), createProgram(options)));
      return EXIT_STATUS.done;
    }
    await createProgram(options, line).parseAsync(line, { from: 'user' });
    await exit.hearSignals();
    return exit.begun ? EXIT_STATUS.interrupted : status;
  } catch (fault) {
    if (exit.begun) return EXIT_STATUS.interrupted;
    if (fault instanceof CommanderError) return fault.exitCode === 0 ? EXIT_STATUS.done : EXIT_STATUS.usage;
    const { presentError } = await import('../present-error.ts');
    const isVerbose = line.includes('-v') || line.includes('--verbose');
    return presentError(fault, output.stderr, isVerbose);
  }
}
