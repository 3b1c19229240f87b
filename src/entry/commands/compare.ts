import { canonicalJson } from '../../base/canonical-json.ts';
import { compareImages, comparePlatforms } from '../../flows/compare-images.ts';
import { compareOptions } from '../compare-options.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import type { RunCommand } from './command.ts';
import { openReading, type ReadingSettings } from './reading.ts';
import { renderReport } from './render-report.ts';

export const run: RunCommand<keyof ReadingSettings | 'ignore' | 'ignore-defaults' | 'mtime'> = async (
  invocation,
) => {
  const { settings, output, options, format } = invocation;
  const [base = '', target = ''] = invocation.arguments;
  const reading = await openReading(invocation);
  const { platform } = settings;
  const request = { base, target, comparing: compareOptions(settings), origin: reading.origin };
  const { comparison, report } =
    platform === 'all'
      ? await comparePlatforms(reading.tools, request)
      : await compareImages(reading.tools, request, platform);
  const json = format === 'json';
  output.stdout.write(json ? `${canonicalJson(comparison)}\n` : await renderReport(report, invocation));
  return options.exitCode === true && comparison.changed ? EXIT_STATUS.differs : EXIT_STATUS.done;
};
