import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { VarveError } from '../../base/errors.ts';
import type { Store } from '../../core/store/store.ts';
import { isWithin } from '../host/checkouts.ts';
import type { Host } from '../host/host.ts';
import type { StoreKind, StorePlace } from './store-kind.ts';

const PREFIX = 'dir:';

/** Whether a text can only be a path, such as `.varve` or `/srv/varve`, and no image lies there. */
const isPathOfStore = (text: string): boolean =>
  /^(?:\.|\/|~\/)/.test(text) && !isImage(text.split(':')[0] ?? '');

/** Whether a path leads to a file, or to a folder that programs write images to. */
function isImage(path: string): boolean {
  const isThere = (name: string) => existsSync(join(path, name));
  return ['oci-layout', 'index.json', 'manifest.json'].some(isThere) || isFile(path);
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Folders. */
export const directoryStores: StoreKind = {
  form: 'dir:PATH',
  parse(text) {
    if (!text.startsWith(PREFIX)) return isPathOfStore(text) ? placeOf(text) : null;
    const path = text.slice(PREFIX.length);
    if (path === '') throw new VarveError('bad-option', 'dir: needs a path, such as dir:.varve');
    return directoryPlace(path);
  },
};

/** The store in a folder that a user named. @throws VarveError `bad-option` for one that holds an image. */
export function directoryPlace(path: string): StorePlace {
  if (!isImage(path)) return placeOf(path);
  const hint = isFile(path)
    ? 'name a folder for the store'
    : `write oci:${path} to compare with that image, or name another folder for the store`;
  const what = isFile(path) ? 'is a file' : 'holds an image';
  throw new VarveError('bad-option', `${path} ${what}, and is not a store`, { object: path, hint });
}

/**
 * Whether a folder lies in a workflow's checkout, where the author of the commit chose the files. Outside a workflow, a
 * folder that is named is the user's own choice.
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
    open: ({ host }) => openFolder(path, host),
  };
}

/** Opens the store in a folder. */
export async function openFolder(path: string, host: Host): Promise<Store> {
  const { openDirectory, openCommitted } = await import('./open-directory.ts');
  return isOfCheckout(path, host) ? openCommitted(path, host.checkouts) : openDirectory(path);
}
