import type { CompareOptions } from '../../core/comparison/compare.ts';
import { DEFAULT_IGNORE } from '../../core/comparison/default-ignore.ts';
import { requireGlobs } from '../../core/comparison/ignore.ts';

/** What the settings say of comparing. @throws VarveError `bad-option` for a pattern that is not a glob. */
export function readCompareOptions(settings: {
  readonly ignore: NonNullable<CompareOptions['ignore']>;
  readonly 'ignore-defaults': boolean;
  readonly mtime: boolean;
}): CompareOptions {
  requireGlobs(settings.ignore);
  const defaults = settings['ignore-defaults'] ? DEFAULT_IGNORE : [];
  return { ignore: [...defaults, ...settings.ignore], mtime: settings.mtime };
}
