import { appendFile } from 'node:fs/promises';
import { VarveError } from '../../base/errors.ts';
import type { Environment } from './host.ts';

/** Bytes of a step's summary; a larger one is refused whole. */
export const SUMMARY_LIMIT = 1024 * 1024 - 1024;

/**
 * Adds Markdown to the job summary, where there is one.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
 * @throws VarveError `unreachable`.
 */
export async function addToJobSummary(markdown: string, environment: Environment): Promise<void> {
  const path = environment.GITHUB_STEP_SUMMARY;
  if (!path) return;
  await appendFile(path, `${markdown}\n`).catch((cause: unknown) => {
    throw new VarveError('unreachable', `cannot write the job summary ${path}`, {
      object: path,
      cause,
      hint: 'check that the disk is not full, and that no step before changed GITHUB_STEP_SUMMARY',
    });
  });
}
