import { VarveError } from '../../../base/errors.ts';
import type { Store } from '../../../core/store/store.ts';
import { verifyStore } from '../../../core/store/verify-store.ts';
import type { Damage } from '../../../core/surface/surface-store.ts';
import { EXIT_STATUS } from '../../exit-status.ts';
import { damageLine, verifySummary } from '../listing/surface.ts';
import type { Call } from './command.ts';
import { writeAtOnce } from './output.ts';

/** Prints what is damaged in a place, and gives the exit status. @param image what the records were compared with. */
export function reportDamages(
  damages: readonly Damage[],
  place: string,
  call: Call,
  image: string | null = null,
): number {
  writeAtOnce(call, damages, ({ palette }) => {
    const lines = damages.map((damage) => damageLine(damage, palette));
    return `${[...lines, verifySummary(damages.length, place, image, palette)].join('\n')}\n`;
  });
  return damages.length === 0 ? EXIT_STATUS.done : EXIT_STATUS.bytes;
}

/** Verifies everything that a store holds. @throws VarveError `not-in-store` where that is nothing. */
export async function verifyWholeStore(store: Store, call: Call): Promise<number> {
  const damages = await Array.fromAsync(verifyStore(store));
  if (damages.length === 0 && (await store.surface.tenants()).length === 0) throw holdsNothing(store);
  return reportDamages(damages, store.location, call);
}

/** Not to be mistaken for a store in good order: the place may be a wrong one. */
function holdsNothing({ location }: Store): VarveError {
  return new VarveError('not-in-store', `${location} holds nothing that could be verified`, {
    object: location,
    hint: 'name the store with --cas-root or --baseline',
  });
}
