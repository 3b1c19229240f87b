import type { SourceTree } from '../../core/report/markdown/source-tree.ts';
import type { RunResult } from '../../core/run/run-result.ts';
import type { Environment } from './host.ts';

/** What distinguishes a run of a workflow from others. */
export type WorkflowRun = NonNullable<RunResult['workflow']>;

/**
 * The run of a GitHub workflow or a GitLab pipeline that this is; null elsewhere.
 * @param head the commit at the head of the pull request.
 */
export function readWorkflowRun(environment: Environment, head: string | null): WorkflowRun | null {
  if (environment.GITHUB_ACTIONS === 'true') {
    const { GITHUB_WORKFLOW: name = '', GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT } = environment;
    const { GITHUB_REPOSITORY: repository = null, GITHUB_JOB: job = null } = environment;
    const run = { name, run: countIn(GITHUB_RUN_ID), attempt: countIn(GITHUB_RUN_ATTEMPT) };
    return { ...run, head, repository, job };
  }
  if (environment.GITLAB_CI === 'true') {
    // A job that runs again has a greater number than before.
    const { CI_PIPELINE_NAME: name = '', CI_PIPELINE_ID, CI_JOB_ID } = environment;
    const { CI_PROJECT_PATH: repository = null, CI_JOB_NAME: job = null } = environment;
    return { name, run: countIn(CI_PIPELINE_ID), attempt: countIn(CI_JOB_ID), head, repository, job };
  }
  return null;
}

/** Where the files of a commit of the workflow's repository can be looked at; null where that is not known. */
export function readSourceTree(environment: Environment, commit: string | null): SourceTree | null {
  const { GITHUB_ACTIONS, GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = environment;
  if (GITHUB_ACTIONS !== 'true' || !server || !repository || commit === null) return null;
  return { server, repository, commit };
}

const countIn = (text = ''): number => (/^\d{1,15}$/.test(text) ? Number(text) : 0);
