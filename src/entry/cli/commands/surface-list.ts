import { VarveError } from '../../../base/errors.ts';
import { didYouMean } from '../../../base/near-names.ts';
import type { Store } from '../../../core/store/store.ts';
import { parseKind } from '../../../core/words/names.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { itemLine } from '../listing/surface.ts';
import type { RunCommand } from './command.ts';
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

/** A kind that the store has items of: an empty list would hide that a kind is misspelt. */
async function findKind({ surface, location }: Store, tenant: string, text: string): Promise<string> {
  const kind = parseKind(text);
  const kinds = await surface.kinds(tenant);
  if (kinds.includes(kind)) return kind;
  const all = kinds.length === 0 ? 'it has no items' : `it has ${kinds.join(', ')}`;
  throw new VarveError('not-in-store', `${location} has no items of the kind ${kind}`, {
    object: kind,
    hint: [didYouMean(kind, kinds), all].filter((hint) => hint !== null).join(' '),
  });
}
