import { tellFinding } from '../../../core/report/notes.ts';
import { listLayer } from '../../../flows/look/list-layer.ts';
import { openReading } from '../../compose/open-reading.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { listingLine } from '../listing/entry.ts';
import type { RunCommand } from './command.ts';
import { progressOn, writeFindings, writeList } from './output.ts';

export const run: RunCommand<'layer ls'> = async (invocation) => {
  const [reference = '', layer = ''] = invocation.arguments;
  const reading = await openReading({ ...invocation, startProgress: progressOn(invocation) });
  const { platform, tenant } = invocation.settings;
  const { inventory, findings } = await listLayer(reading.tools, { reference, platform, layer, tenant });
  await writeList(invocation, inventory.entries(), listingLine);
  writeFindings(findings.map(tellFinding), invocation);
  return EXIT_STATUS.done;
};
