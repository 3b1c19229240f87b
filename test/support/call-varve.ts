import { CommanderError } from 'commander';
import { createProgram } from '../../src/entry/cli/program.ts';
import { readHost } from '../../src/entry/host/host.ts';
import { presentError } from '../../src/entry/present-error.ts';
import { TextSink } from './text-sink.ts';

export interface CallOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process, as the face does, in an environment that says nothing of its own. */
export async function callVarve(...args: readonly string[]): Promise<CallOutcome> {
  return callVarveIn({}, ...args);
}

/** As `callVarve`. @param environment what the environment says nevertheless. */
export async function callVarveIn(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CallOutcome> {
  const [stdout, stderr] = [new TextSink(), new TextSink()];
  let status = 0;
  await using resources = new AsyncDisposableStack();
  const program = createProgram({
    output: { stdout, stderr },
    signal: new AbortController().signal,
    host: readHost({ HOME: '/dev/null/nobody', GIT_DIR: '/nonexistent', ...environment }),
    resources,
    finish(result) {
      status = result;
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (fault) {
    if (fault instanceof CommanderError) throw fault;
    status = presentError(fault, stderr);
  }
  return { status, stdout: stdout.text, stderr: stderr.text };
}

/** The help of a command. */
export async function callVarveHelp(...command: readonly string[]): Promise<string> {
  const [stdout, stderr] = [new TextSink(), new TextSink()];
  await using resources = new AsyncDisposableStack();
  const output = { stdout, stderr };
  const program = createProgram(
    { output, host: readHost({}), resources, signal: new AbortController().signal, finish() {} },
    command,
  );
  await program.parseAsync([...command, '--help'], { from: 'user' }).catch((fault: unknown) => {
    if (!(fault instanceof CommanderError)) throw fault;
  });
  return stdout.text;
}
