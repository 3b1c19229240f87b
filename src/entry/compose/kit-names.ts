import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KIT_INDEX } from '../../core/kit/kit-index.ts';

/** Whether a text names a kit and not a store: an archive, an artifact in a layout, or a folder with a kit in it. */
export function namesKit(text: string): boolean {
  if (text.startsWith('oci://') || text.startsWith('postgres')) return false;
  if (text.startsWith('oci:') || isArchiveName(text) || text.endsWith('.zip')) return true;
  return text === '-' || existsSync(join(text, KIT_INDEX)) || existsSync(join(text, 'oci-layout'));
}

/** Whether a kit of this name is one file. */
export const isArchiveName = (text: string): boolean => /\.(?:tar|tar\.zst|tzst)$/.test(text);
