import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Pointer, parsePointer } from '../../src/core/run/pointer.ts';
import { type ActionOutcome, runAction } from './action-runner.ts';
import type { CacheService } from './cache-service.ts';

export interface StepOutcome extends ActionOutcome {
  readonly workspace: string;
  /** Texts of the run's annotations. */
  readonly warnings: readonly string[];
}

export interface WorkflowOutcome extends StepOutcome {
  readonly pointer: Pointer;
}

/** How a push differs from a plain one to the default branch. */
export interface PushOptions {
  readonly branch?: string;
  /** Whether the run's token may write to the cache. */
  readonly writable?: boolean;
  readonly save?: boolean;
  /** Scopes of the run's token, its own first; else those of its branch. */
  readonly scopes?: readonly string[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: Readonly<Record<string, unknown>>;
}

/** How a push to a pull request differs from one of a fork whose workflow may not list caches. */
export interface PullOptions {
  /** Where GitHub's API is; the run has a token for it then. */
  readonly api?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The branch that it comes from, in the repository itself. */
  readonly head?: string;
  /** The branch that it is to be merged into. */
  readonly base?: string;
  /** The one that its token reads the entries of, where that is another one than the event says. */
  readonly reads?: string;
}

const MAIN = 'refs/heads/main';

/** The same in each run, whose folder for temporary files is another one each time. */
const PATHS = {
  'pointer-path': 'varve-pointer.json',
  'comparison-path': 'varve-comparison.json',
  'report-path': 'varve-report.md',
  'result-path': 'varve-result.json',
};

/** Runs the built action in one repository again and again, each time on a new machine that has the cache alone. */
export class CachedWorkflow {
  readonly #service: CacheService;
  readonly #newPath: (name?: string) => string;
  #run: number;

  /** @param before how many runs there were already. */
  constructor(service: CacheService, newPath: (name?: string) => string, before = 0) {
    this.#service = service;
    this.#newPath = newPath;
    this.#run = before;
  }

  async push(image: string, commit: string, options: PushOptions = {}): Promise<WorkflowOutcome> {
    return this.#readPointer(await this.attempt(image, commit, options));
  }

  /** A push that may fail. */
  attempt(image: string, commit: string, options: PushOptions = {}): Promise<StepOutcome> {
    const { branch = 'main', writable = true, save = true } = options;
    const own = `refs/heads/${branch}`;
    const { scopes = [...new Set([own, MAIN])] } = options;
    const env = {
      ...this.#service.environment({ scopes, writable }),
      ...{ GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: branch, GITHUB_SHA: commit },
      ...options.env,
    };
    const inputs = { image, ...(!save && { save: 'false' }), ...options.inputs };
    return this.#act(inputs, env, { repository: { default_branch: 'main' }, ...options.event });
  }

  async pull(
    image: string,
    number: number,
    commit: string,
    baseCommit: string,
    { api, inputs, head, base = 'main', reads = base, env }: PullOptions = {},
  ): Promise<WorkflowOutcome> {
    const ref = `refs/pull/${number}/merge`;
    const full_name = head === undefined ? 'stranger/shop' : 'octocat/shop';
    const step = await this.#act(
      { image, ...(api !== undefined && { 'github-token': 'secret-token' }), ...inputs },
      {
        ...this.#service.environment({ scopes: [...new Set([ref, `refs/heads/${reads}`, MAIN])] }),
        ...{ GITHUB_REF: ref, GITHUB_REF_NAME: `${number}/merge`, GITHUB_SHA: commit },
        ...{ GITHUB_HEAD_REF: head ?? 'main', ...(api !== undefined && { GITHUB_API_URL: api }) },
        ...env,
      },
      {
        pull_request: {
          number,
          base: { sha: baseCommit, ref: base },
          head: { sha: commit, ref: head ?? 'main', repo: { full_name } },
        },
        repository: { default_branch: 'main' },
      },
    );
    return this.#readPointer(step);
  }

  async #act(
    inputs: Record<string, string>,
    env: Record<string, string>,
    event: unknown,
  ): Promise<StepOutcome> {
    const workspace = this.#newPath('workspace');
    mkdirSync(workspace);
    const run = { GITHUB_RUN_ID: String(++this.#run), GITHUB_RUN_ATTEMPT: '1' };
    const outcome = await runAction({
      workspace,
      inputs: { name: 'shop', ...PATHS, ...inputs },
      env: { ...run, ...env },
      event,
    });
    return { ...outcome, workspace, warnings: outcome.stdout.match(/^::warning.*$/gm) ?? [] };
  }

  async #readPointer(step: StepOutcome): Promise<WorkflowOutcome> {
    const path = step.outputs['pointer-path'] ?? '';
    const bytes = await readFile(resolve(step.workspace, path));
    return { ...step, pointer: parsePointer(bytes, path) };
  }
}
