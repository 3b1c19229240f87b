import { canonicalJson } from '../../../base/canonical-json.ts';
import { listingLine } from '../../../core/report/text/listing.ts';
import { listLayer } from '../../../flows/look/list-layer.ts';
import { openReading } from '../../compose/open-reading.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { RunCommand } from './command.ts';
import { mapEach, progressOn, writeLines } from './output.ts';

export const run: RunCommand<'layer ls'> = async (invocation) => {
  const { settings, output, format, host } = invocation;
  const [reference = '', layer = ''] = invocation.arguments;
  const reading = await openReading({ ...invocation, startProgress: progressOn(invocation) });
  const { platform, tenant } = settings;
  const inventory = await listLayer(reading.tools, { reference, platform, layer, tenant });
  const { palette } = describeTerminal(output.stdout, host.environment);
  const line =
    format === 'ndjson'
      ? canonicalJson
      : (entry: Parameters<typeof listingLine>[0]) => listingLine(entry, palette);
  await writeLines(output.stdout, mapEach(inventory.entries(), line));
  return EXIT_STATUS.done;
};
