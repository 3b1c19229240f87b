import { VarveError } from '../../../base/errors.ts';
import type { Store } from '../../../core/store/store.ts';
import { type LookUp, openLookUp } from '../../compose/open-look-up.ts';
import { listForms, storeOf } from '../../settings/baseline.ts';
import type { Invocation } from './command.ts';

/**
 * The store that a command looks into.
 * @throws VarveError `bad-option` when the command itself is given a baseline that is not a store.
 */
export function openStore(invocation: Invocation<LookUp['settings']>): Promise<Store> {
  if (invocation.settings['cas-root'] === undefined) requireStore(invocation);
  return openLookUp(invocation);
}

/** @throws VarveError `not-in-store` for a store without anything in it: the place may be a wrong one. */
export async function refuseEmpty({ surface, location }: Store): Promise<void> {
  if ((await surface.tenants()).length > 0) return;
  throw new VarveError('not-in-store', `${location} holds nothing`, {
    object: location,
    hint: 'name the store with --cas-root or --baseline',
  });
}

/** @throws VarveError `bad-option` when a command that only looks something up is given a baseline that is not a store. */
export function requireStore({
  settings: { baseline },
  options,
}: Invocation<Pick<LookUp['settings'], 'baseline'>>): void {
  if (options.baseline === undefined || storeOf(baseline) !== null) return;
  throw new VarveError('bad-option', `--baseline ${String(options.baseline)} is not a store to look into`, {
    hint: `write ${listForms()}, or name a folder with --cas-root`,
  });
}
