import { inspectImage } from '../../../flows/look/inspect-image.ts';
import { openReading } from '../../compose/open-reading.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { renderImage } from '../listing/image.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { RunCommand } from './command.ts';
import { writeFindings } from './notes.ts';
import { progressOn, writeJson } from './output.ts';

export const run: RunCommand<'inspect'> = async (invocation) => {
  const { settings, output, format, host } = invocation;
  const [reference = ''] = invocation.arguments;
  const { tools } = await openReading({ ...invocation, startProgress: progressOn(invocation) });
  const image = await inspectImage(tools, reference, settings.platform);
  if (format === 'json') writeJson(output.stdout, image);
  else output.stdout.write(renderImage(image, describeTerminal(output.stdout, host.environment)));
  const findings = image.images.flatMap((each) =>
    each.findings.map(({ code, detail }) => `${each.platform}: ${[code, detail].filter(Boolean).join('  ')}`),
  );
  writeFindings(findings, invocation);
  return EXIT_STATUS.done;
};
