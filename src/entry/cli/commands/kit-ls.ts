import { summarizeKit } from '../../../core/kit/kit-summary.ts';
import { readKitIndex } from '../../../flows/kit/read-kit.ts';
import { openKit } from '../../compose/kits.ts';
import { readRegistryAccess } from '../../compose/network.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';
import { writeSummary } from './kit-output.ts';

export const run: RunCommand<'kit ls'> = async (invocation) => {
  const { settings, resources, host, signal } = invocation;
  const [text = ''] = invocation.arguments;
  const access = readRegistryAccess(settings, host);
  const index = await readKitIndex(await openKit(text, { access, resources, signal }));
  writeSummary(invocation, summarizeKit(index), `${text} has`);
  return EXIT_STATUS.done;
};
