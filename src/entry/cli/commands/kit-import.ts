import { summarizeKit } from '../../../core/kit/kit-summary.ts';
import { importKit } from '../../../flows/kit/import-kit.ts';
import { openKit, openKitScratch } from '../../compose/kits.ts';
import { readRegistryAccess } from '../../compose/network.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';
import { writeSummary } from './kit-output.ts';
import { openStore } from './open-store.ts';
import { progressOn } from './output.ts';

export const run: RunCommand<'kit import'> = async (invocation) => {
  const { settings, resources, host, signal } = invocation;
  const [text = ''] = invocation.arguments;
  const access = readRegistryAccess(settings, host);
  const store = await openStore(invocation);
  const kit = await openKit(text, { access, resources, signal });
  const index = await importKit(store, kit, {
    ...{ startProgress: progressOn(invocation), signal, now: Date.now },
    openScratch: () => openKitScratch(host, resources),
  });
  writeSummary(invocation, summarizeKit(index), `${store.location} has all of ${text} now:`);
  return EXIT_STATUS.done;
};
