import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunOptions {
  readonly cwd?: string;
  /** Laid over the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** File that the program reads as its stdin; empty without it. */
  readonly stdin?: string;
  /** File that takes its stdout; without it, stdout is returned. */
  readonly stdout?: string;
}

/** What a program that ended had to say. */
export interface Outcome {
  /** Null when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever that is. */
export async function attempt(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const stdin = openSync(options.stdin ?? '/dev/null', 'r');
  const stdout = options.stdout === undefined ? 'pipe' : openSync(options.stdout, 'w');
  try {
    const child = spawn(program, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      stdio: [stdin, stdout, 'pipe'],
    });
    const [out, err, [status]] = await Promise.all([
      child.stdout === null ? '' : text(child.stdout),
      child.stderr === null ? '' : text(child.stderr),
      once(child, 'exit'),
    ]);
    return { status, stdout: out, stderr: err };
  } finally {
    closeSync(stdin);
    if (stdout !== 'pipe') closeSync(stdout);
  }
}

/** Runs a program that must succeed and gives its stdout. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const outcome = await attempt(program, args, options);
  if (outcome.status === 0) return outcome.stdout;
  const said = `${outcome.stdout}\n${outcome.stderr}`.trim().slice(-4000);
  throw new Error(`${program} ${args.join(' ')} ended with ${outcome.status ?? 'a signal'}\n${said}`);
}

/** A program that runs next to the tests until it is stopped. */
export interface Background {
  /** Asks it to end, by its own process id alone, and waits until it has. */
  stop(): Promise<void>;
}

/**
 * Starts a program and waits until `ready` says so.
 * @param log file that takes all its output; quoted in the error when it does not get ready.
 */
export async function startBackground(
  program: string,
  args: readonly string[],
  log: string,
  ready: () => Promise<boolean>,
  options: Pick<RunOptions, 'cwd' | 'env'> = {},
): Promise<Background> {
  const output = openSync(log, 'a');
  const child = spawn(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  for (let waited = 0; waited < 300 && isRunning(child); waited += 1) {
    if (await ready()) return { stop: () => stop(child, ended) };
    await sleep(100);
  }
  await stop(child, ended);
  throw new Error(`${program} did not start\n${readFileSync(log, 'utf8').slice(-4000)}`);
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (!isRunning(child)) return;
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await ended;
  clearTimeout(late);
}
