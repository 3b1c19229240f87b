import { allFindings, allNotes } from '../../../core/report/notes.ts';
import { compareWanted } from '../../../flows/compare/compare-images.ts';
import { readCompareOptions } from '../../compose/compare-options.ts';
import { openReading } from '../../compose/open-reading.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';
import { progressOn, renderReport, writeFindings, writeLongJson, writeNotes } from './output.ts';

export const run: RunCommand<'compare'> = async (invocation) => {
  const { settings, output, options, format } = invocation;
  const [base = '', target = ''] = invocation.arguments;
  const comparing = { ...readCompareOptions(settings), signal: invocation.signal };
  const { tools, origin, openKept } = await openReading({
    ...invocation,
    startProgress: progressOn(invocation),
  });
  const { platform, baseline } = settings;
  const kept = await openKept([base, target], baseline);
  const request = {
    kept,
    base,
    target,
    comparing,
    origin,
  };
  const { comparison, report } = await compareWanted(tools, request, platform);
  if (format === 'json') {
    await writeLongJson(output.stdout, comparison, invocation.signal);
    writeNotes(allNotes(report), output);
    writeFindings(allFindings(report), output);
  } else {
    output.stdout.write(await renderReport(report, invocation));
  }
  return options.exitCode === true && comparison.changed ? EXIT_STATUS.differs : EXIT_STATUS.done;
};
