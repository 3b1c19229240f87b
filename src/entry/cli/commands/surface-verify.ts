import { VarveError } from '../../../base/errors.ts';
import type { Store } from '../../../core/store/store.ts';
import { verifyStore } from '../../../core/store/verify-store.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { damageLine, verifySummary } from '../listing/surface.ts';
import type { RunCommand } from './command.ts';
import { openStore } from './open-store.ts';
import { writeAtOnce } from './output.ts';

export const run: RunCommand<'surface verify'> = async (invocation) => {
  const store = await openStore(invocation);
  const damages = await Array.fromAsync(verifyStore(store));
  if (damages.length === 0 && (await store.surface.tenants()).length === 0) throw holdsNothing(store);
  writeAtOnce(invocation, damages, ({ palette }) => {
    const lines = damages.map((damage) => damageLine(damage, palette));
    return `${[...lines, verifySummary(damages.length, store.location, palette)].join('\n')}\n`;
  });
  return damages.length === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
};

/** Not to be mistaken for a store in good order: the place may be a wrong one. */
function holdsNothing({ location }: Store): VarveError {
  return new VarveError('not-in-store', `${location} holds nothing that could be verified`, {
    object: location,
    hint: 'name the store with --cas-root or --baseline',
  });
}
