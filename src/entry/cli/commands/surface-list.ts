import { parseKind } from '../../../core/words/names.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { itemLine } from '../listing/surface.ts';
import type { RunCommand } from './command.ts';
import { openStore } from './open-store.ts';
import { writeList } from './output.ts';

export const run: RunCommand<'surface list'> = async (invocation) => {
  const { settings, output, options } = invocation;
  const store = await openStore(invocation);
  let damaged = 0;
  const found = store.surface.list({
    tenant: settings.tenant,
    ...(options.kind !== undefined && { kind: parseKind(String(options.kind)) }),
    onDamage: ({ object, problem }) => {
      damaged++;
      output.stderr.write(`varve: ${object} is damaged: ${problem}\n`);
    },
  });
  await writeList(invocation, found, itemLine);
  return damaged === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
};
