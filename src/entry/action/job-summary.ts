import { appendFile } from 'node:fs/promises';
import { renderMarkdown } from '../../core/report/markdown/render-markdown.ts';
import type { Report } from '../../core/report/report.ts';

/** Bytes of a step's summary; a larger one is refused whole. */
const SUMMARY_LIMIT = 1024 * 1024 - 1024;

/**
 * Adds the report to the job summary, where there is one.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
 */
export async function writeJobSummary(
  report: Report,
  environment: Readonly<Record<string, string | undefined>>,
  whole: string | null,
): Promise<void> {
  const path = environment.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === '') return;
  await appendFile(path, `${renderMarkdown(report, { limit: SUMMARY_LIMIT, whole })}\n`);
}
