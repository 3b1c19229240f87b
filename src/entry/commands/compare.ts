import { canonicalJson } from '../../base/canonical-json.ts';
import { renderMarkdown } from '../../core/report/markdown/render-markdown.ts';
import { renderText } from '../../core/report/text/render-text.ts';
import { compareImages } from '../../flows/compare-images.ts';
import { compareOptions } from '../compare-options.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { RunCommand } from './command.ts';
import { openReading, type ReadingSettings } from './reading.ts';

export const run: RunCommand<keyof ReadingSettings | 'ignore' | 'ignore-defaults' | 'mtime'> = async (
  invocation,
) => {
  const { settings, output, options, format } = invocation;
  const [base = '', target = ''] = invocation.arguments;
  await using reading = openReading(settings, output);
  const { comparison, report } = await compareImages(reading.tools, {
    base,
    target,
    platform: settings.platform,
    comparing: compareOptions(settings),
    origin: reading.origin,
  });
  if (format === 'json') output.stdout.write(`${canonicalJson(comparison)}\n`);
  else if (format === 'markdown') output.stdout.write(renderMarkdown(report));
  else {
    const terminal = describeTerminal(output.stdout, output.environment);
    output.stdout.write(renderText(report, { ...terminal, all: options.all === true }));
  }
  return options.exitCode === true && comparison.changed ? EXIT_STATUS.differs : EXIT_STATUS.done;
};
