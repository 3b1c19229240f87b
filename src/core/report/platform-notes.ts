import { formatCount } from '../../base/human-size.ts';
import { formatPlatform, type Platform } from '../words/platform.ts';

/** What a reader must know of a platform's image: what is not done with it. */
export function platformNotes({ os }: Platform): string[] {
  if (os !== 'windows') return [];
  return [
    'the layers of Windows images are inventoried as they are and not merged, so files are not compared',
  ];
}

const NAMED = 10;

/** Says which platforms an index names without having their images. */
export function absentNotes(absent: readonly Platform[]): string[] {
  if (absent.length === 0) return [];
  const named = absent.slice(0, NAMED).map(formatPlatform);
  const more = absent.length > NAMED ? ' …' : '';
  return [
    `the index names ${formatCount(absent.length, 'platform')} whose images are not here: ${named.join(', ')}${more}`,
  ];
}
