import { once } from 'node:events';
import type { Report } from '../../../core/report/report.ts';
import type { StartProgress } from '../../../flows/image/read-layers.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import { startProgress } from '../terminal/progress-bar.ts';
import type { Call, TextStream } from './command.ts';

const BATCH = 64 * 1024;

/** Writes lines as fast as the reader takes them; a million of them are never all in memory. */
export async function writeLines(
  stream: TextStream,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<void> {
  let batch = '';
  for await (const line of lines) {
    batch += `${line}\n`;
    if (batch.length < BATCH) continue;
    if (!stream.write(batch)) await once(stream, 'drain');
    batch = '';
  }
  if (batch !== '') stream.write(batch);
}

/** Applies a function to each item as it comes. */
export async function* mapEach<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  apply: (item: T) => R,
): AsyncGenerator<R> {
  for await (const item of items) yield apply(item);
}

/** A progress bar on stderr, when that is a terminal. */
export function progressOn({ output: { stderr }, host }: Pick<Call, 'output' | 'host'>): StartProgress {
  const { palette } = describeTerminal(stderr, host.environment);
  return (plan) => startProgress(stderr, { ...plan, palette, now: () => performance.now() });
}

/** The report as people read it. Renderers are loaded here, since machines ask for JSON and need none. */
export async function renderReport(report: Report, { format, options, output, host }: Call): Promise<string> {
  if (format === 'markdown') {
    const { renderMarkdown } = await import('../../../core/report/markdown/render-markdown.ts');
    return renderMarkdown(report);
  }
  const { renderText } = await import('../../../core/report/text/render-text.ts');
  const terminal = describeTerminal(output.stdout, host.environment);
  return renderText(report, { ...terminal, all: options.all === true });
}
