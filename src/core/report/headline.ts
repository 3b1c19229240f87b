import { escapeTerminal } from './escape-terminal.ts';
import { BY_WEIGHT, isSingle, platformsSentence } from './platforms-sentence.ts';
import type { Report } from './report.ts';
import type { Verdict } from './verdict.ts';
import { displayName } from './visible.ts';

/** A sign for each kind of verdict, for places that take emoji. */
export const VERDICT_SIGNS: Readonly<Record<Verdict['kind'], string>> = {
  first: '🆕',
  single: '📷',
  new: '🆕',
  unchanged: '✅',
  rebuilt: '🔁',
  changed: '📦',
};

/** The kind of verdict that stands for the whole report: the weightiest of its parts. */
export function overallKind({ images, gone }: Report): Verdict['kind'] {
  if (gone.length > 0) return 'changed';
  return BY_WEIGHT.find((kind) => images.some(({ verdict }) => verdict.kind === kind)) ?? 'unchanged';
}

/** The report in one line of plain text, for a commit status, an annotation, a log. */
export function headline(report: Report): string {
  const [first] = report.images;
  if (first !== undefined && isSingle(report)) return first.verdict.sentence;
  return platformsSentence(report, (platform) => escapeTerminal(displayName(platform, 60)));
}
