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
  const { settings, options } = invocation;
  const named = options.baseline !== undefined && settings['cas-root'] === undefined;
  if (named && storeOf(settings.baseline) === null) {
    throw new VarveError('bad-option', `--baseline ${String(options.baseline)} is not a store to look into`, {
      hint: `write ${listForms()}, or name a folder with --cas-root`,
    });
  }
  return openLookUp(invocation);
}
