import { lstatSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { VarveError } from '../../base/errors.ts';

/**
 * Refuses a folder to write in that a link of others leads to: it may lead anywhere.
 * @param tops absolute paths of folders whose files others chose. Links on the way to these are the user's own.
 * @throws VarveError `store-unwritable`, naming the link.
 */
export function refuseLinks(folder: string, tops: readonly string[]): void {
  let link: string | null = null;
  for (let place = resolve(folder); !tops.includes(place); place = dirname(place)) {
    if (place === dirname(place)) return;
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) link = place;
  }
  if (link === null) return;
  throw new VarveError('store-unwritable', `${link} is a link of the checkout`, {
    object: link,
    hint: 'links that were committed are not followed: name a folder outside the checkout',
  });
}
