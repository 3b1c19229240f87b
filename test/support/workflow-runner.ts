import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { type ActionOutcome, inRunner, runAction } from './action-runner.ts';
import { type Contexts, fillIn, holds } from './workflow-expressions.ts';

type Texts = Readonly<Record<string, string>>;

/** What an action is called with. */
export interface ActionCall {
  readonly inputs: Texts;
  /** The step's own variables, over those of its job and workflow. */
  readonly env: Texts;
  readonly workspace: string;
}

/** Stands in for an action that is not Varve's, and gives its outputs. */
export type StandIn = (call: ActionCall) => Promise<Texts>;

export interface Runner {
  /** By what `uses` says before the `@`. */
  readonly standIns: Readonly<Record<string, StandIn>>;
  /** Workflows that others call, by their paths. */
  readonly workflows?: Texts;
  /** Variables of every step: what it was started by, where the engine is, and so on. */
  readonly env: Texts;
  readonly event: unknown;
  /** Gives the token of a job that has these rights; nothing else has rights until the next job. */
  readonly grant: (permissions: Texts) => string;
  readonly newPath: (name?: string) => string;
}

/** What came of a step of Varve. */
export interface StepOutcome extends ActionOutcome {
  readonly job: string;
}

/** What came of a run. */
export interface RunOutcome {
  /** The outcome of each job by its name: a matrix succeeded if all of its jobs did. */
  readonly jobs: Readonly<Record<string, Conclusion>>;
  /** The steps of Varve, in order. */
  readonly varve: readonly StepOutcome[];
  /** Standard output of the steps that are commands. */
  readonly log: string;
}

type Conclusion = 'success' | 'failure' | 'skipped';

const WORKFLOW = ['concurrency', 'env', 'jobs', 'name', 'on', 'permissions'] as const;
const STEP = ['env', 'id', 'if', 'run', 'uses', 'with'] as const;
const JOB = ['env', 'if', 'needs', 'permissions', 'runs-on', 'steps', 'strategy', 'uses', 'with'] as const;

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Texts;
}

interface Job {
  readonly permissions?: Texts;
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
  readonly env?: Texts;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly env?: Texts;
  readonly jobs: Readonly<Record<string, Job>>;
}

const VARVE = { 'varve-dev/varve': 'action.js', 'varve-dev/varve/comment': 'comment-action.js' };

/**
 * Runs a workflow on this machine: its jobs, and the jobs of a matrix, one after the other, each in a new workspace;
 * its commands with bash, Varve as it is built, and other actions by their stand-ins.
 * @throws Error for an action or an expression that it does not know.
 */
export async function runWorkflow(yaml: string, runner: Runner, inputs: Texts = {}): Promise<RunOutcome> {
  const workflow: Workflow = parse(yaml);
  refuseOthers(workflow, WORKFLOW, 'the workflow');
  const jobs: Record<string, Conclusion> = {};
  const outcomes: RunOutcome[] = [];
  const { GITHUB_ACTOR: actor, GITHUB_EVENT_NAME: event_name, GITHUB_REF: ref, GITHUB_SHA: sha } = runner.env;
  for (const [name, job] of Object.entries(workflow.jobs)) {
    const needs = [job.needs ?? []].flat().map((needed) => jobs[needed]);
    if (needs.includes(undefined)) throw new Error(`the job ${name} needs one that does not stand before it`);
    refuseOthers(job, JOB, `the job ${name}`);
    const token = runner.grant(job.permissions ?? {});
    const github = { actor, event: runner.event, event_name, ref, sha, token };
    const contexts = { github, inputs };
    jobs[name] = 'skipped';
    const succeeded = needs.every((conclusion) => conclusion === 'success');
    if (!isToRun(job.if, succeeded, contexts)) continue;
    jobs[name] = 'success';
    for (const matrix of combine(job.strategy?.matrix ?? {})) {
      const leg = { ...contexts, matrix, runner: {} };
      const outcome =
        job.uses === undefined
          ? await runJob(name, job, { ...runner, env: { ...runner.env, ...workflow.env } }, leg, token)
          : await runWorkflow(called(job.uses, runner), runner, fillInAll(job.with, leg));
      outcomes.push(outcome);
      if (Object.values(outcome.jobs).includes('failure')) jobs[name] = 'failure';
    }
  }
  return {
    jobs,
    varve: outcomes.flatMap(({ varve }) => varve),
    log: outcomes.map(({ log }) => log).join(''),
  };
}

/** Without `always()`, a condition holds only where nothing before it failed. */
function isToRun(condition: string | undefined, succeeded: boolean, contexts: Contexts): boolean {
  if (condition === undefined) return succeeded;
  return (succeeded || condition.includes('always()')) && holds(condition, contexts);
}

function refuseOthers(given: object, known: readonly string[], name: string): void {
  const other = Object.keys(given).find((key) => !known.includes(key));
  if (other !== undefined) throw new Error(`${name} has an unknown key: ${other}`);
}

function called(path: string, { workflows = {} }: Runner): string {
  const found = workflows[path];
  if (found === undefined) throw new Error(`there is no workflow ${path}`);
  return found;
}

/** Each combination of a matrix; where it only has `include`, that is the list of them. */
function combine(matrix: Readonly<Record<string, readonly unknown[]>>): Record<string, unknown>[] {
  const { include, ...lists } = matrix;
  if (include !== undefined && Object.keys(lists).length > 0) throw new Error('include adds to a matrix');
  if (include !== undefined) return include as Record<string, unknown>[];
  return Object.entries(lists).reduce<Record<string, unknown>[]>(
    (made, [name, values]) => made.flatMap((each) => values.map((value) => ({ ...each, [name]: value }))),
    [{}],
  );
}

async function runJob(
  name: string,
  job: Job,
  runner: Runner,
  contexts: Contexts,
  token: string,
): Promise<RunOutcome> {
  const [workspace, temporary] = [runner.newPath('workspace'), runner.newPath('temporary')];
  for (const folder of [workspace, temporary]) mkdirSync(folder);
  const steps: Record<string, { outputs: Texts }> = {};
  const varve: StepOutcome[] = [];
  let [hasFailed, log] = [false, ''];
  const within = {
    ...contexts,
    runner: { temp: temporary, tool_cache: runner.env.RUNNER_TOOL_CACHE },
    steps,
  };
  const base = { ...runner.env, RUNNER_TEMP: temporary, GITHUB_JOB: name };

  for (const step of job.steps ?? []) {
    refuseOthers(step, STEP, `a step of ${name}`);
    if (step.id !== undefined) steps[step.id] = { outputs: {} };
    if (!isToRun(step.if, !hasFailed, within)) continue;
    const env = { ...base, ...fillInAll({ ...job.env, ...step.env }, within) };
    const call = { inputs: fillInAll(step.with, within), env, workspace };
    const [action = ''] = step.uses?.split('@') ?? [];
    const main = VARVE[action as keyof typeof VARVE];
    let outputs: Texts;
    if (step.run !== undefined) {
      const outcome = await runCommand(fillIn(step.run, within), call, runner.event);
      log += `${outcome.stdout}${outcome.stderr}`;
      hasFailed ||= outcome.status !== 0;
      outputs = outcome.outputs;
    } else if (main !== undefined) {
      const given = { 'github-token': token, ...call.inputs };
      const outcome = await runAction({ main, ...call, inputs: given, event: runner.event });
      varve.push({ ...outcome, job: name });
      hasFailed ||= outcome.status !== 0;
      outputs = outcome.outputs;
    } else {
      const standIn = runner.standIns[action];
      if (standIn === undefined) throw new Error(`nothing stands in for ${step.uses}`);
      outputs = await standIn(call);
    }
    if (step.id !== undefined) steps[step.id] = { outputs };
  }
  return { jobs: { [name]: hasFailed ? 'failure' : 'success' }, varve, log };
}

function fillInAll(texts: Readonly<Record<string, unknown>> | undefined, contexts: Contexts): Texts {
  return Object.fromEntries(
    Object.entries(texts ?? {}).map(([name, value]) => [name, fillIn(String(value), contexts)]),
  );
}

function runCommand(command: string, { env, workspace }: ActionCall, event: unknown): Promise<ActionOutcome> {
  return inRunner({ inputs: {}, workspace, env, event }, async (environment) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-e', '-c', command], {
      cwd: workspace,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [status] = await ended;
    return { status, stdout, stderr };
  });
}
