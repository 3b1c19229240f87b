import type { CompareOutput } from '../../../core/comparison/compare-output.ts';
import { headline } from '../../../core/report/headline.ts';
import { allFindings, allNotes } from '../../../core/report/notes.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { runCompareJob } from '../../job/compare-job.ts';
import type { RunCommand } from './command.ts';
import { writeFindings, writeNotes } from './notes.ts';
import { requireStore } from './open-store.ts';
import { progressOn, renderReport, writeLongJson } from './output.ts';

export const run: RunCommand<'compare'> = async (invocation) => {
  const { output, options, format } = invocation;
  const [base = '', target = ''] = invocation.arguments;
  requireStore(invocation);
  const reader = { ...invocation, startProgress: progressOn(invocation) };
  const { comparison, report, references } = await runCompareJob(reader, base, target);
  if (format === 'json') {
    const printed: CompareOutput = { ...comparison, headline: headline(report), references };
    await writeLongJson(output.stdout, printed, invocation.signal);
    writeNotes(allNotes(report), invocation);
    writeFindings(allFindings(report), invocation);
  } else {
    output.stdout.write(await renderReport(report, invocation));
  }
  return options.exitCode === true && comparison.changed ? EXIT_STATUS.differs : EXIT_STATUS.done;
};
