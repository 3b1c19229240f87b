import { receiptBytes } from '../../../core/kit/receipt.ts';
import type { OnDamage } from '../../../core/surface/surface-store.ts';
import { makeReceipt } from '../../../flows/kit/make-receipt.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';
import { writeNotes } from './notes.ts';
import { openStore } from './open-store.ts';

export const run: RunCommand<'kit receipt'> = async (invocation) => {
  const { settings, output } = invocation;
  const store = await openStore(invocation);
  const damages: string[] = [];
  const onDamage: OnDamage = ({ object, problem }) =>
    damages.push(`${object} is damaged, and not on the receipt: ${problem}`);
  const receipt = await makeReceipt(store, [settings.tenant], onDamage, invocation.signal);
  writeNotes(damages, invocation);
  output.stdout.write(`${receiptBytes(receipt).toString()}\n`);
  return EXIT_STATUS.done;
};
