import { VarveError } from '../../../base/errors.ts';
import { findUses, type ItemUses } from '../../../core/store/item-uses.ts';
import type { ItemKey } from '../../../core/surface/item.ts';
import { SURFACE_KIND } from '../../../core/surface/keys.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import type { RunCommand } from './command.ts';
import { absent, findItem } from './find-item.ts';
import { openStore } from './open-store.ts';
import { writeAtOnce } from './output.ts';

/** Deletes items; what an image or entry still needs, only when that is said. All are looked at before one is deleted. */
export const run: RunCommand<'surface delete'> = async (invocation) => {
  const { settings, options } = invocation;
  const texts = invocation.arguments;
  const store = await openStore(invocation);
  const keys: ItemKey[] = [];
  for (const text of texts) keys.push(await findItem(store, text, settings.tenant));
  for (const key of keys) if (options.force !== true) refuseUsed(key, await findUses(store, key));
  const deleted = await store.surface.delete(keys);
  for (const [at, key] of keys.entries()) if (!deleted.includes(key)) absent(store, texts[at] ?? key.digest);
  writeAtOnce(invocation, deleted, ({ palette }) =>
    deleted.map(({ kind, digest }) => `${palette.muted('deleted')} ${kind}@${digest}\n`).join(''),
  );
  return EXIT_STATUS.done;
};

const SHOWN = 3;

/** @throws VarveError `bad-option` where something names the item. */
function refuseUsed({ kind, digest }: ItemKey, { images, entries }: ItemUses): void {
  const uses = [
    ...images.map((image) => `${SURFACE_KIND}@${image} lists it`),
    ...entries.map(({ name, time }) => `the entry of ${name} from ${time} names it`),
  ];
  if (uses.length === 0) return;
  const more = uses.length > SHOWN ? `, and ${uses.length - SHOWN} more` : '';
  throw new VarveError(
    'bad-option',
    `${kind} ${digest} is needed: ${uses.slice(0, SHOWN).join(', ')}${more}`,
    {
      object: digest,
      hint: '--force deletes it all the same: what names it is then not complete any more',
    },
  );
}
