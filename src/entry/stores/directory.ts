import { resolve } from 'node:path';
import { VarveError } from '../../base/errors.ts';
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

/** The store in a folder. */
export function placeOf(path: string): StorePlace {
  return {
    key: `dir:${resolve(path)}`,
    shown: `dir:${path}`,
    workable: true,
    open: async () => {
      const { openDirectory } = await import('./open-directory.ts');
      return openDirectory(path);
    },
  };
}
