import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The build under test; VARVE_TEST_DIST names another. */
export const DIST = process.env.VARVE_TEST_DIST || join(import.meta.dirname, '../../dist');

export interface VarveOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface VarveOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The folder that holds cli.js; the repository's dist when left out. */
  readonly dist?: string;
  /** What is piped to it; nothing when left out. */
  readonly stdin?: Uint8Array;
  /** Whether what it would wait for between two attempts is over at once. */
  readonly impatient?: boolean;
}

/** The option of Node that lets waits between two attempts be over at once. */
export const WITHOUT_WAITS = `--import=${new URL('without-waits.ts', import.meta.url)}`;

/** Nothing that the environment says but where programs are, and what makes them start sooner. */
export const OUTSIDE = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  HOME: '/dev/null/nobody',
};

/** The folder that tests are started from is a checkout, of which they are not to speak. */
const OUTSIDE_GIT = { GIT_DIR: '/nonexistent' };

/** Runs the built command line, in an environment that says nothing of its own. */
export async function runVarve(args: readonly string[], options: VarveOptions = {}): Promise<VarveOutcome> {
  const script = join(options.dist ?? DIST, 'cli.js');
  return runNode([...(options.impatient ? [WITHOUT_WAITS] : []), script, ...args], options);
}

/** Runs this very Node on a script, and gathers what it says. */
export function runNode(
  args: readonly string[],
  { cwd, env = {}, stdin }: Omit<VarveOptions, 'dist'>,
): Promise<VarveOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      ...(cwd !== undefined && { cwd }),
      env: { ...OUTSIDE, ...(cwd === undefined && OUTSIDE_GIT), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // Who does not read it has ended before.
    child.stdin.on('error', () => {}).end(stdin);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
