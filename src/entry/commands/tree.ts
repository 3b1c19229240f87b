import { canonicalJson } from '../../base/canonical-json.ts';
import { listingLine } from '../../core/report/text/listing.ts';
import { listImageTree } from '../../flows/list-tree.ts';
import { EXIT_STATUS } from '../exit-status.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { RunCommand } from './command.ts';
import { openReading, type ReadingSettings } from './reading.ts';
import { mapEach, writeLines } from './write-lines.ts';

export const run: RunCommand<keyof ReadingSettings> = async (invocation) => {
  const { settings, output, format } = invocation;
  const [reference = '', path] = invocation.arguments;
  const reading = await openReading(invocation);
  const { platform } = settings;
  const tree = await listImageTree(reading.tools, { reference, platform, path, origin: reading.origin });
  const { palette } = describeTerminal(output.stdout, output.environment);
  const line =
    format === 'ndjson'
      ? canonicalJson
      : (entry: Parameters<typeof listingLine>[0]) => listingLine(entry, palette);
  await writeLines(output.stdout, mapEach(tree, line));
  return EXIT_STATUS.done;
};
