import { collectGarbage } from '../../../core/store/collect-garbage.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { parseCount, parseDuration, parseLabeled } from '../../settings/parse.ts';
import { garbageLines } from '../listing/store.ts';
import type { RunCommand } from './command.ts';
import { openStore, refuseEmpty } from './open-store.ts';
import { writeDocument } from './output.ts';

/** How many of the newest entries keep all that they need. */
export const KEEP = 10;
/** How long a payload may wait for its manifest. */
export const GRACE = '1d';

/** Names what the store may do without, and deletes it only when that is said. */
export const run: RunCommand<'surface gc'> = async (invocation) => {
  const { options, output, signal } = invocation;
  const keep = parseLabeled('--keep', String(options.keep ?? KEEP), parseCount);
  const grace = parseLabeled('--grace', String(options.grace ?? GRACE), parseDuration);
  const store = await openStore(invocation);
  await refuseEmpty(store);
  let damaged = 0;
  const found = await collectGarbage(store, {
    ...{ keep, grace, signal, now: Date.now(), isDeleting: options.delete === true },
    onDamage: ({ object, problem }) => {
      damaged++;
      output.stderr.write(`varve: ${object} is damaged, and was passed over: ${problem}\n`);
    },
  });
  writeDocument(invocation, found, (terminal) => garbageLines(found, store.location, terminal));
  return damaged === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
};
