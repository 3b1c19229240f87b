import { measureStore } from '../../../core/store/measure-store.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { statsLines } from '../listing/store.ts';
import type { RunCommand } from './command.ts';
import { openStore, refuseEmpty } from './open-store.ts';
import { writeDocument } from './output.ts';

export const run: RunCommand<'surface stats'> = async (invocation) => {
  const { output } = invocation;
  const store = await openStore(invocation);
  await refuseEmpty(store);
  let damaged = 0;
  const stats = await measureStore(store, Date.now(), ({ object, problem }) => {
    damaged++;
    output.stderr.write(`varve: ${object} is damaged: ${problem}\n`);
  });
  writeDocument(invocation, stats, (terminal) => statsLines(stats, store.location, terminal));
  return damaged === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
};
