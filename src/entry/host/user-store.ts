import { VarveError } from '../../base/errors.ts';
import type { Host } from './host.ts';

/** The folder of the user's own store. @throws VarveError `bad-option` for a user without a home. */
export function userStore({ storeFolder }: Host): string {
  if (storeFolder !== null) return storeFolder;
  throw new VarveError('bad-option', 'this user has no home folder to keep a store in', {
    hint: 'name a folder for it with --cas-root (VARVE_CAS_ROOT)',
  });
}
