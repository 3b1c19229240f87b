import type { ConfigDifference } from '../comparison/comparison.ts';
import { nameSetting, writeSetting } from './name-setting.ts';
import { mayShow, withoutCredentials } from './withhold.ts';

/** A value of the image's config that differs. */
export interface SettingChange {
  /** As a Dockerfile says it: `ENV APP_VERSION`, `EXPOSE`. */
  readonly setting: string;
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
  const changes = config.filter((difference) => difference.volatile !== true).map(toSettingChange);
  const bySetting = Map.groupBy(changes, ({ setting }) => setting);
  return [...bySetting.values()].flatMap(joinExchange);
}

/** One port or volume in place of another is one change: `EXPOSE 8080/tcp → 8443/tcp`. */
function joinExchange(changes: readonly SettingChange[]): readonly SettingChange[] {
  const removed = changes.find(({ status }) => status === 'removed');
  const added = changes.find(({ status }) => status === 'added');
  if (changes.length !== 2 || removed === undefined || added === undefined) return changes;
  if (removed.withheld || added.withheld) return changes;
  return [{ ...added, status: 'modified', before: removed.before }];
}

function toSettingChange({ path, base, target }: ConfigDifference): SettingChange {
  const withheld = !mayShow(path, [base, target]);
  const { setting, isListed, item } = nameSetting(path);
  const show = (value: unknown): string | null => {
    if (withheld || isAbsent(value)) return null;
    const text = isListed && isEmptyObject(value) ? item : writeSetting(setting, item, value);
    return withoutCredentials(text);
  };
  const stated = isListed && [base, target].some((value) => !isAbsent(value) && !isEmptyObject(value));
  return {
    setting: isListed && !stated ? setting : [setting, item].filter((part) => part !== '').join(' '),
    status: isAbsent(base) ? 'added' : isAbsent(target) ? 'removed' : 'modified',
    before: show(base),
    after: show(target),
    withheld,
  };
}

const isAbsent = (value: unknown): boolean => value === null || value === undefined;

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
