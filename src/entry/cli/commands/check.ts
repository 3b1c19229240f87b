import type { CheckOutput } from '../../../core/attention/check-output.ts';
import { tellFinding } from '../../../core/report/notes.ts';
import { plainText } from '../../../core/report/plain-text.ts';
import { checkImage } from '../../../flows/look/check-image.ts';
import { openReading } from '../../compose/open-reading.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { renderAttention } from '../listing/attention.ts';
import type { RunCommand } from './command.ts';
import { writeFindings } from './notes.ts';
import { progressOn, writeAtOnce } from './output.ts';

export const run: RunCommand<'check'> = async (invocation) => {
  const { settings, options } = invocation;
  const [reference = ''] = invocation.arguments;
  const reading = await openReading({ ...invocation, startProgress: progressOn(invocation) });
  const request = { reference, platform: settings.platform, origin: reading.origin };
  const { attention, findings } = await checkImage(reading.tools, request);
  const documents: CheckOutput = attention.map(({ sentence, remedy, ...item }) => ({
    ...item,
    message: plainText(sentence),
    remedy: plainText(remedy),
  }));
  writeAtOnce(invocation, documents, (terminal) => renderAttention(attention, terminal));
  writeFindings(findings.map(tellFinding), invocation);
  return options.exitCode === true && attention.length > 0 ? EXIT_STATUS.differs : EXIT_STATUS.done;
};
