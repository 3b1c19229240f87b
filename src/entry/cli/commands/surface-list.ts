import { EXIT_STATUS } from '../../exit-status.ts';
import { itemLine } from '../listing/surface.ts';
import type { RunCommand } from './command.ts';
import { findKind } from './find-kind.ts';
import { openStore } from './open-store.ts';
import { writeList } from './output.ts';

export const run: RunCommand<'surface list'> = async (invocation) => {
  const { settings, output, options } = invocation;
  const store = await openStore(invocation);
  const kind =
    options.kind === undefined ? null : await findKind(store, settings.tenant, String(options.kind));
  let damaged = 0;
  const found = store.surface.list({
    tenant: settings.tenant,
    ...(kind !== null && { kind }),
    onDamage: ({ object, problem }) => {
      damaged++;
      output.stderr.write(`varve: ${object} is damaged: ${problem}\n`);
    },
  });
  await writeList(invocation, found, itemLine);
  return damaged === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
};
