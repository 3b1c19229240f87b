import { summarizeKit } from '../../../core/kit/kit-summary.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';
import { writeSummary } from './kit-output.ts';
import { planSelected } from './kit-selection.ts';
import { openStore } from './open-store.ts';

export const run: RunCommand<'kit plan'> = async (invocation) => {
  const { index } = await planSelected(await openStore(invocation), invocation);
  writeSummary(invocation, summarizeKit(index), 'A kit would have');
  return EXIT_STATUS.done;
};
