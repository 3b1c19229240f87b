import { formatCount } from '../../../base/human-size.ts';
import { fence } from '../escape-markdown.ts';
import type { SettingChange } from '../setting-changes.ts';
import { displayName } from '../visible.ts';
import { details } from './details.ts';
import type { Section } from './sections.ts';

const PATH_LENGTH = 120;
const VALUE_LENGTH = 300;
const MAX_CHANGES = 100;

const UNKNOWN = '⚙️ The configs differ; what in them is not known, since one is not at hand.';

/** A fold with what differs in the config, before and after; null when nothing does. */
export function configSection(settings: readonly SettingChange[] | null): Section | null {
  if (settings === null) return { markdown: UNKNOWN, title: null };
  if (settings.length === 0) return null;
  const lines = settings.slice(0, MAX_CHANGES).flatMap(changeLines);
  if (settings.length > MAX_CHANGES) lines.push(`  … and ${settings.length - MAX_CHANGES} more`);
  const title = formatCount(settings.length, 'config change');
  return { markdown: details(`<b>${title}</b>`, fence('diff', lines)), title };
}

function changeLines({ path, status, before, after, withheld }: SettingChange): string[] {
  const name = displayName(path, PATH_LENGTH);
  if (withheld) return [`! ${name}  ${status === 'modified' ? 'changed' : status}`];
  return [
    ...(before === null ? [] : [`- ${name}  ${displayName(before, VALUE_LENGTH)}`]),
    ...(after === null ? [] : [`+ ${name}  ${displayName(after, VALUE_LENGTH)}`]),
  ];
}
