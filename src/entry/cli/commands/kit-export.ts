import { summarizeKit } from '../../../core/kit/kit-summary.ts';
import { exportKit } from '../../../flows/kit/export-kit.ts';
import { createKit } from '../../compose/kits.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';
import { writeSummary } from './kit-output.ts';
import { planSelected } from './kit-selection.ts';
import { openStore } from './open-store.ts';
import { progressOn } from './output.ts';

export const run: RunCommand<'kit export'> = async (invocation) => {
  const { options, host } = invocation;
  const [text = ''] = invocation.arguments;
  // What cannot be written is said before anything is read.
  await using kit = await createKit(text, options.oci === true, host);
  const store = await openStore(invocation);
  const plan = await planSelected(store, invocation);
  await exportKit(store, plan, kit, { startProgress: progressOn(invocation), signal: invocation.signal });
  writeSummary(invocation, summarizeKit(plan.index), `${text} has`);
  return EXIT_STATUS.done;
};
