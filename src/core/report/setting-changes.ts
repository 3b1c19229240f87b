import type { ConfigDifference } from '../comparison/comparison.ts';
import { mayShow, withoutCredentials } from './withhold.ts';

/** A value of the image's config that differs. */
export interface SettingChange {
  /** JSON pointer into the config, as `ignore` takes it. */
  readonly path: string;
  readonly status: 'added' | 'modified' | 'removed';
  /** Null where there is no value, and on both sides when `withheld`. */
  readonly before: string | null;
  readonly after: string | null;
  /** The values may be secret and are not shown. */
  readonly withheld: boolean;
}

/** The config differences that mean something, with the values that may be shown; null stays null. */
export function settingChanges(config: readonly ConfigDifference[] | null): SettingChange[] | null {
  if (config === null) return null;
  return config.filter((difference) => difference.volatile !== true).map(toSettingChange);
}

function toSettingChange({ path, base, target }: ConfigDifference): SettingChange {
  const withheld = !mayShow(path, [base, target]);
  return {
    path,
    status: isAbsent(base) ? 'added' : isAbsent(target) ? 'removed' : 'modified',
    before: withheld || isAbsent(base) ? null : showValue(base),
    after: withheld || isAbsent(target) ? null : showValue(target),
    withheld,
  };
}

const isAbsent = (value: unknown): boolean => value === null || value === undefined;

function showValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Ports and volumes are stated by name; their value is always this.
  return text === '{}' ? '' : withoutCredentials(text);
}
