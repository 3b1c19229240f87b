import { escapeTerminal } from './escape-terminal.ts';
import type { Report } from './report.ts';
import type { Verdict } from './verdict.ts';
import { displayName } from './visible.ts';

/** A sign for each kind of verdict, for places that take emoji. */
export const VERDICT_SIGNS: Readonly<Record<Verdict['kind'], string>> = {
  first: '🆕',
  single: '📷',
  unchanged: '✅',
  rebuilt: '🔁',
  changed: '📦',
};

const BY_WEIGHT: readonly Verdict['kind'][] = ['changed', 'rebuilt', 'first', 'single', 'unchanged'];

/** The kind of verdict that stands for the whole report: the weightiest of its parts. */
export function overallKind({ images }: Report): Verdict['kind'] {
  return BY_WEIGHT.find((kind) => images.some(({ verdict }) => verdict.kind === kind)) ?? 'unchanged';
}

/** The report in one line of plain text, for a commit status, an annotation, a log. */
export function headline({ images }: Report): string {
  const sentences = new Set(images.map(({ verdict }) => verdict.sentence));
  if (sentences.size === 1) return [...sentences].join('');
  return images
    .map(({ platform, verdict }) => `${escapeTerminal(displayName(platform, 60))}: ${verdict.sentence}`)
    .join('; ');
}
