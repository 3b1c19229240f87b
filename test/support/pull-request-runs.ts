import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { parseComment } from '../../src/core/comment/comment.ts';
import { type ActionOutcome, runAction } from './action-runner.ts';
import { sha } from './github-api.ts';
import { type Comment, PullRequestServer, WORKFLOW_TOKEN } from './pull-request-server.ts';

const FIXTURES = join(import.meta.dirname, '../../__fixtures__');
/** Two versions of an image: the second has one more layer, and four others. */
export const V1 = `oci:${join(FIXTURES, 'app-v1')}:shop:v1`;
export const V2 = `oci:${join(FIXTURES, 'app-v2')}:shop:v2`;

export interface RunOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly run?: number;
  readonly attempt?: number;
  readonly head?: string;
  readonly workflow?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface CommentOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: unknown;
}

/** Runs of the built actions for one pull request, whose server and baseline are of a test's own. */
export class PullRequestRuns {
  readonly github: PullRequestServer;
  readonly #newPath: (name?: string) => string;
  /** What images are compared with. */
  baseline: string;
  /** The number of the last run. */
  run = 100;

  private constructor(github: PullRequestServer, newPath: (name?: string) => string) {
    this.github = github;
    this.#newPath = newPath;
    this.baseline = `dir:${newPath('store')}`;
  }

  /** Ends with the test. */
  static async start(newPath: (name?: string) => string): Promise<PullRequestRuns> {
    const github = await PullRequestServer.start();
    onTestFinished(() => github[Symbol.asyncDispose]());
    return new PullRequestRuns(github, newPath);
  }

  newFolder(): string {
    const folder = this.#newPath('folder');
    mkdirSync(folder);
    return folder;
  }

  /** A run on the base branch, which later ones are compared with. */
  async push(image: string, { inputs = {}, env = {} }: CommentOptions = {}): Promise<void> {
    const outcome = await runAction({
      workspace: this.newFolder(),
      inputs: { name: 'shop', image, baseline: this.baseline, ...inputs },
      env: {
        ...{ GITHUB_RUN_ID: String(++this.run), GITHUB_SHA: sha(1), RUNNER_TEMP: this.newFolder() },
        ...{ GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'main' },
        ...env,
      },
    });
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
  }

  /** A run for the pull request. */
  async build(image: string, options: RunOptions = {}): Promise<ActionOutcome> {
    const { github, baseline } = this;
    const { inputs = {}, attempt = 1, head = github.head, workflow } = options;
    const outcome = await runAction({
      workspace: this.newFolder(),
      inputs: { name: 'shop', image, baseline, 'github-token': WORKFLOW_TOKEN, ...inputs },
      env: {
        ...github.environment(options.run ?? ++this.run, workflow),
        ...{ GITHUB_RUN_ATTEMPT: String(attempt), RUNNER_TEMP: this.newFolder() },
        ...options.env,
      },
      event: github.event(head),
    });
    expect(outcome, outcome.stdout).toMatchObject({ status: 0, stderr: '' });
    return outcome;
  }

  /** A run for the pull request that writes no comment, and leaves its result in a folder of artifacts. */
  async leave(name: string, image: string, artifacts: string, run: number): Promise<void> {
    await this.push(V1, { inputs: { name } });
    const { outputs } = await this.build(image, { run, inputs: { name, comment: 'never' } });
    const result = outputs['result-path'] ?? '';
    expect(result).toMatch(/varve-result\.json$/);
    cpSync(result, join(artifacts, name, 'varve-result.json'));
  }

  /** The action that comments, in a job of a run that other jobs were of. */
  comment(
    results: string,
    run: number,
    { inputs, env, event = this.github.event() }: CommentOptions = {},
  ): Promise<ActionOutcome> {
    return runAction({
      main: 'comment-action.js',
      workspace: this.newFolder(),
      inputs: { results, 'github-token': WORKFLOW_TOKEN, ...inputs },
      env: { ...this.github.environment(run), RUNNER_TEMP: this.newFolder(), ...env },
      event,
    });
  }

  /** The same on the default branch, after another run. */
  follow(
    results: string,
    event: unknown,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ActionOutcome> {
    return this.comment(results, 900, {
      event,
      env: {
        ...{ GITHUB_EVENT_NAME: 'workflow_run', GITHUB_WORKFLOW: 'comment' },
        ...{ GITHUB_REF: 'refs/heads/main', GITHUB_REF_NAME: 'main', GITHUB_REF_TYPE: 'branch' },
        ...env,
      },
    });
  }

  /** The comment, which must be the only one of ours. */
  async only(): Promise<Comment> {
    const [comment, ...others] = (await this.github.comments()).filter(
      ({ user }) => user.login !== 'octocat',
    );
    expect(others).toEqual([]);
    if (comment === undefined) throw new Error('there is no comment');
    return comment;
  }
}

/** How many images a comment has something about. */
export const sectionsIn = ({ body }: Comment): number => parseComment(body, 'varve')?.length ?? 0;
