import type { Platform } from '../image/platform.ts';

/** What a reader must know of a platform's image: what is not done with it. */
export function platformNotes({ os }: Platform): string[] {
  if (os !== 'windows') return [];
  return [
    'the layers of Windows images are inventoried as they are and not merged, so files are not compared',
  ];
}
