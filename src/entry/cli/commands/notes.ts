import { formatCount } from '../../../base/human-size.ts';
import { escapeTerminal } from '../../../core/report/escape-terminal.ts';
import type { Call } from './command.ts';

/** Writes what must be known and has no place in the result to stderr. */
export function writeNotes(notes: readonly string[], { output: { stderr } }: Pick<Call, 'output'>): void {
  for (const note of notes) stderr.write(`varve: ${escapeTerminal(note)}\n`);
}

const MOST_FINDINGS = 20;

/** Writes the first findings to stderr, and how many more there are. */
export function writeFindings(
  findings: readonly string[],
  call: Pick<Call, 'output' | 'isQuiet' | 'options'>,
): void {
  if (call.isQuiet) return;
  const most = call.options.verbose === true ? findings.length : MOST_FINDINGS;
  writeNotes(findings.slice(0, most), call);
  const more = findings.length - most;
  if (more > 0) writeNotes([`${formatCount(more, 'more finding')}, listed with --verbose`], call);
}
