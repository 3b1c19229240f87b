import { canonicalJson } from '../../../base/canonical-json.ts';
import { compareImages, comparePlatforms } from '../../../flows/compare/compare-images.ts';
import { isKept } from '../../../flows/compare/open-side.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { storeOf } from '../../settings/baseline.ts';
import { readCompareOptions } from '../../settings/comparing.ts';
import type { RunCommand } from './command.ts';
import { renderReport } from './output.ts';
import { openReading } from './reading.ts';

export const run: RunCommand<'compare'> = async (invocation) => {
  const { settings, output, options, format } = invocation;
  const [base = '', target = ''] = invocation.arguments;
  const reading = await openReading(invocation);
  const { platform, baseline } = settings;
  const place = [base, target].some(isKept) ? storeOf(baseline) : null;
  const kept = place === null ? reading.tools.store : await reading.stores.open(place, 'look-up');
  const request = { kept, base, target, comparing: readCompareOptions(settings), origin: reading.origin };
  const { comparison, report } =
    platform === 'all'
      ? await comparePlatforms(reading.tools, request)
      : await compareImages(reading.tools, request, platform);
  const json = format === 'json';
  output.stdout.write(json ? `${canonicalJson(comparison)}\n` : await renderReport(report, invocation));
  return options.exitCode === true && comparison.changed ? EXIT_STATUS.differs : EXIT_STATUS.done;
};
