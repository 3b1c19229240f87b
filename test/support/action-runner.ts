import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIST, OUTSIDE, runNode, type VarveOutcome } from './run-varve.ts';

export interface ActionOutcome extends VarveOutcome {
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

export interface ActionRun {
  readonly inputs: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: unknown;
  readonly dist?: string;
  /** The file of the action; without it, the main one. */
  readonly main?: string;
}

type Environment = Record<string, string | undefined>;

/**
 * Runs the built action as the runner of GitHub Actions does: inputs as INPUT_… variables, and files for what it says.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function runAction({ dist = DIST, main = 'action.js', ...run }: ActionRun): Promise<ActionOutcome> {
  return inRunner(run, (env) => runNode([join(dist, main)], { cwd: run.workspace, env }));
}

/** Has a step act in the environment that the runner makes for it, and gathers what it says. */
export async function inRunner(
  { inputs, workspace, env, event }: Omit<ActionRun, 'dist' | 'main'>,
  act: (environment: Environment) => Promise<VarveOutcome>,
): Promise<ActionOutcome> {
  await using removal = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'varve-runner-'));
  removal.defer(() => rm(folder, { recursive: true }));
  const file = (name: string): string => join(folder, name);
  for (const name of ['output', 'state', 'env', 'path', 'summary']) await writeFile(file(name), '');
  await writeFile(file('event.json'), JSON.stringify(event ?? {}));
  const given = Object.entries(inputs).map(([name, value]) => [
    `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
    value,
  ]);
  const outcome = await act({
    ...OUTSIDE,
    ...Object.fromEntries(given),
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: file('output'),
    GITHUB_STATE: file('state'),
    GITHUB_ENV: file('env'),
    GITHUB_PATH: file('path'),
    GITHUB_STEP_SUMMARY: file('summary'),
    GITHUB_EVENT_PATH: file('event.json'),
    GITHUB_WORKSPACE: workspace,
    GITHUB_RUN_ID: '42',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_REPOSITORY: 'octocat/shop',
    RUNNER_TEMP: folder,
    ...env,
  });
  return {
    ...outcome,
    outputs: parseOutputs(await readFile(file('output'), 'utf8')),
    summary: await readFile(file('summary'), 'utf8'),
  };
}

/** Reads `name=value` in one line, and `name<<delimiter`, lines, `delimiter`. */
function parseOutputs(text: string): Record<string, string> {
  const found = text.matchAll(/^([^\n<=]+)(?:=(.*)|<<(ghadelimiter_[^\n]+)\n([\s\S]*?)\n\3)$/gm);
  return Object.fromEntries([...found].map(([, name, line, , lines]) => [name, line ?? lines]));
}
