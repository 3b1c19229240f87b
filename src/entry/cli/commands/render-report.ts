import type { Report } from '../../../core/report/report.ts';
import { describeTerminal } from '../terminal/describe-terminal.ts';
import type { Call } from './command.ts';

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
