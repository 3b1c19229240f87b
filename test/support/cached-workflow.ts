import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Pointer, parsePointer } from '../../src/core/run/pointer.ts';
import { type ActionOutcome, runAction } from './action-runner.ts';
import type { CacheService } from './cache-service.ts';

export interface WorkflowOutcome extends ActionOutcome {
  readonly pointer: Pointer;
  /** Texts of the run's annotations. */
  readonly warnings: readonly string[];
}

/** How a push differs from a plain one to the default branch. */
export interface PushOptions {
  readonly branch?: string;
  /** Whether the run's token may write to the cache. */
  readonly writable?: boolean;
  readonly save?: boolean;
}

const MAIN = 'refs/heads/main';

/** The same in each run, whose folder for temporary files is another one each time. */
const PATHS = {
  'pointer-path': 'varve-pointer.json',
  'comparison-path': 'varve-comparison.json',
  'report-path': 'varve-report.md',
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

  push(image: string, commit: string, options: PushOptions = {}): Promise<WorkflowOutcome> {
    const { branch = 'main', writable = true, save = true } = options;
    const own = `refs/heads/${branch}`;
    const env = {
      ...this.#service.environment({ scopes: [...new Set([own, MAIN])], writable }),
      ...{ GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: branch, GITHUB_SHA: commit },
    };
    const inputs = { image, ...(!save && { save: 'false' }) };
    return this.#act(inputs, env, { repository: { default_branch: 'main' } });
  }

  pull(image: string, number: number, commit: string, baseCommit: string): Promise<WorkflowOutcome> {
    const env = {
      ...this.#service.environment({ scopes: [`refs/pull/${number}/merge`, MAIN] }),
      ...{ GITHUB_HEAD_REF: 'feature', GITHUB_REF_NAME: `${number}/merge`, GITHUB_SHA: commit },
    };
    return this.#act({ image }, env, {
      pull_request: { number, base: { sha: baseCommit, ref: 'main' } },
      repository: { default_branch: 'main' },
    });
  }

  async #act(
    inputs: Record<string, string>,
    env: Record<string, string>,
    event: unknown,
  ): Promise<WorkflowOutcome> {
    const workspace = this.#newPath('workspace');
    mkdirSync(workspace);
    const run = { GITHUB_RUN_ID: String(++this.#run), GITHUB_RUN_ATTEMPT: '1' };
    const outcome = await runAction({
      workspace,
      inputs: { name: 'shop', ...PATHS, ...inputs },
      env: { ...run, ...env },
      event,
    });
    const bytes = await readFile(join(workspace, 'varve-pointer.json'));
    const warnings = outcome.stdout.match(/^::warning.*$/gm) ?? [];
    return { ...outcome, warnings, pointer: parsePointer(bytes, 'varve-pointer.json') };
  }
}
