import type { KitSummary } from '../../../core/kit/kit-summary.ts';
import { kitLines } from '../listing/kit.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { Call } from './command.ts';
import { writeJson } from './output.ts';

/** Prints what a kit has. @param headline what stands before its size, for people. */
export function writeSummary(
  { output, host, format, isQuiet }: Call,
  summary: KitSummary,
  headline: string,
): void {
  if (format === 'json') {
    writeJson(output.stdout, summary);
    return;
  }
  const lines = kitLines(summary, headline, describeTerminal(output.stdout, host.environment));
  output.stdout.write(`${(isQuiet ? lines.slice(0, 1) : lines).join('\n')}\n`);
}
