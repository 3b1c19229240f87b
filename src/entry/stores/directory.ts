import { resolve } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import { isWithin } from '../host/checkouts.ts';
import type { Host } from '../host/host.ts';
import type { StoreKind, StorePlace } from './store-kind.ts';

/** Folders. */
export const directoryStores: StoreKind = {
  form: 'dir:PATH',
  parse(text) {
    if (!text.startsWith('dir:')) return null;
    const path = text.slice('dir:'.length);
    if (path === '') throw new VarveError('bad-option', 'dir: needs a path, such as dir:.varve');
    return placeOf(path);
  },
};

/**
 * Whether a folder lies in what a workflow checked out, so that whoever made the commit may have put there what they
 * like. By hand, a folder that is named is the user's own choice.
 */
function isOfCheckout(path: string, { inWorkflow, checkouts }: Host): boolean {
  return inWorkflow && isWithin(path, checkouts);
}

/** The store in a folder. */
export function placeOf(path: string): StorePlace {
  return {
    key: `dir:${resolve(path)}`,
    shown: `dir:${path}`,
    workable: true,
    open: async ({ host }) => {
      const { openDirectory, openCommitted } = await import('./open-directory.ts');
      return isOfCheckout(path, host) ? openCommitted(path, host.checkouts) : openDirectory(path);
    },
  };
}
