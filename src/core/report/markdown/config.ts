import { formatCount, formatNumber } from '../../../base/human-size.ts';
import { fence } from '../escape-markdown.ts';
import type { SettingChange } from '../setting-changes.ts';
import { displayName } from '../visible.ts';
import { details } from './details.ts';
import type { Section } from './sections.ts';

const PATH_LENGTH = 120;
const VALUE_LENGTH = 300;
/** Changes are few, and named before lists of files are. */
const SHOWN_AT_LEAST = 100;

const UNKNOWN = '⚙️ The configs differ; what in them is not known, since one is not at hand.';

/** A fold with what differs in the config, before and after; null when nothing does. */
export function configSection(settings: readonly SettingChange[] | null, perList: number): Section | null {
  if (settings === null) return { markdown: UNKNOWN, title: null };
  if (settings.length === 0) return null;
  const count = Math.max(SHOWN_AT_LEAST, perList);
  const lines = settings.slice(0, count).flatMap(changeLines);
  const shortened = settings.length > count;
  if (shortened) lines.push(`  … and ${formatNumber(settings.length - count)} more`);
  const title = formatCount(settings.length, 'config change');
  return { markdown: details(`<b>${title}</b>`, fence('diff', lines)), title, shortened };
}

function changeLines({ path, status, before, after, withheld }: SettingChange): string[] {
  const name = displayName(path, PATH_LENGTH);
  if (withheld) return [`! ${name}  ${status === 'modified' ? 'changed' : status}`];
  return [
    ...(before === null ? [] : [`- ${name}  ${displayName(before, VALUE_LENGTH)}`.trimEnd()]),
    ...(after === null ? [] : [`+ ${name}  ${displayName(after, VALUE_LENGTH)}`.trimEnd()]),
  ];
}
