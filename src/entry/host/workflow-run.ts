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
    return { name, run: countIn(GITHUB_RUN_ID), attempt: countIn(GITHUB_RUN_ATTEMPT), head };
  }
  if (environment.GITLAB_CI === 'true') {
    // A job that runs again has a greater number than before.
    const { CI_PIPELINE_NAME: name = '', CI_PIPELINE_ID, CI_JOB_ID } = environment;
    return { name, run: countIn(CI_PIPELINE_ID), attempt: countIn(CI_JOB_ID), head };
  }
  return null;
}

const countIn = (text = ''): number => (/^\d{1,15}$/.test(text) ? Number(text) : 0);
