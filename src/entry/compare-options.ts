import type { CompareOptions } from '../core/comparison/compare.ts';
import { DEFAULT_IGNORE } from '../core/comparison/default-ignore.ts';
import { parseIgnore } from '../core/comparison/ignore.ts';
import type { Settings } from './settings/settings.ts';

/** What the settings say of comparing. @throws VarveError `bad-option` for a pattern that is none. */
export function compareOptions(
  settings: Pick<Settings, 'ignore' | 'ignore-defaults' | 'mtime'>,
): CompareOptions {
  const defaults = settings['ignore-defaults'] ? DEFAULT_IGNORE : [];
  return { ignore: [...defaults, ...settings.ignore.map(parseIgnore)], mtime: settings.mtime };
}
