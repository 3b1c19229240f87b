import type { RunCommand } from './command.ts';
import { openStore } from './open-store.ts';
import { verifyWholeStore } from './report-damages.ts';

export const run: RunCommand<'surface verify'> = async (invocation) =>
  verifyWholeStore(await openStore(invocation), invocation);
