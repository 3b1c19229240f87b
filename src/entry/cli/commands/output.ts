import { once } from 'node:events';
import { canonicalBytesPausable, canonicalJson } from '../../../base/canonical-json.ts';
import { runWithPauses, withPauses } from '../../../base/pausable.ts';
import { defuseJson, defuseJsonBytes, escapeTerminal } from '../../../core/report/escape-terminal.ts';
import { headline } from '../../../core/report/headline.ts';
import { allNotes } from '../../../core/report/notes.ts';
import type { Report } from '../../../core/report/report.ts';
import type { StartProgress } from '../../../flows/image/read-layers.ts';
import { describeTerminal, type Terminal } from '../terminal/describe-terminal.ts';
import { SILENT, startProgress } from '../terminal/progress-bar.ts';
import type { Call, CommandOutput } from './command.ts';
import { writeNotes } from './notes.ts';

const BATCH = 64 * 1024;

/**
 * Writes the items of a list in the format that is asked for, each as soon as it comes: a million of them are never all
 * in memory.
 * @param line writes one for people, without a line break.
 */
export async function writeList<T>(
  { output: { stdout }, format, host, signal }: Call,
  items: Iterable<T> | AsyncIterable<T>,
  line: (item: T, terminal: Terminal) => string,
): Promise<void> {
  if (format === 'json' && stdout.isTTY === true) {
    writeJson(stdout, await Array.fromAsync(withPauses(items, signal)));
    return;
  }
  const terminal = describeTerminal(stdout, host.environment);
  const isDocument = format === 'json';
  let batch = isDocument ? '[' : '';
  let separator = '';
  for await (const item of withPauses(items, signal)) {
    if (isDocument) batch += `${separator}${defuseJson(canonicalJson(item))}`;
    else batch += format === 'ndjson' ? jsonLine(item) : `${line(item, terminal)}\n`;
    separator = ',';
    if (batch.length < BATCH) continue;
    if (!stdout.write(batch)) await once(stdout, 'drain');
    batch = '';
  }
  if (isDocument) batch += ']\n';
  if (batch !== '') stdout.write(batch);
}

/**
 * Writes a few documents at once, in the format that is asked for.
 * @param render writes all of them for people.
 */
export function writeAtOnce(
  { output: { stdout }, format, host }: Call,
  documents: readonly unknown[],
  render: (terminal: Terminal) => string,
): void {
  if (format === 'json') writeJson(stdout, documents);
  else if (format === 'ndjson') stdout.write(documents.map(jsonLine).join(''));
  else stdout.write(render(describeTerminal(stdout, host.environment)));
}

/**
 * Writes one document.
 * @param render gives its lines for people.
 */
export function writeDocument(
  { output: { stdout }, format, host }: Call,
  document: unknown,
  render: (terminal: Terminal) => readonly string[],
): void {
  if (format === 'json') writeJson(stdout, document);
  else stdout.write(`${render(describeTerminal(stdout, host.environment)).join('\n')}\n`);
}

/** One line of JSON for machines, which may all the same stand in the log of a workflow. */
const jsonLine = (value: unknown): string => `${defuseJson(canonicalJson(value))}\n`;

/** Writes a document as JSON: one line for machines, indented at a terminal. */
export function writeJson(stdout: CommandOutput['stdout'], value: unknown): void {
  stdout.write(stdout.isTTY === true ? indentedJson(value) : jsonLine(value));
}

const indentedJson = (value: unknown): string =>
  `${defuseJson(JSON.stringify(JSON.parse(canonicalJson(value)), null, 2))}\n`;

/** Writes the same of what may have very many elements. */
export async function writeLongJson(
  stdout: CommandOutput['stdout'],
  value: unknown,
  signal?: AbortSignal,
): Promise<void> {
  if (stdout.isTTY === true) return writeJson(stdout, value);
  stdout.write(defuseJsonBytes(await runWithPauses(canonicalBytesPausable(value), signal)));
  stdout.write('\n');
}

/** A progress bar on stderr, when that is a terminal and somebody wants to know. */
export function progressOn({
  output: { stderr },
  host,
  isQuiet,
}: Pick<Call, 'output' | 'host' | 'isQuiet'>): StartProgress {
  if (isQuiet) return () => SILENT;
  const { palette } = describeTerminal(stderr, host.environment);
  return (plan) => startProgress(stderr, { ...plan, palette, now: () => performance.now() });
}

/** The report as people read it. Renderers are loaded here, since machines ask for JSON and need none. */
export async function renderReport(report: Report, call: Call): Promise<string> {
  const { format, options, output, host, isQuiet } = call;
  if (format === 'markdown') {
    const { renderMarkdown } = await import('../../../core/report/markdown/render-markdown.ts');
    return renderMarkdown(report);
  }
  if (isQuiet) {
    writeNotes(allNotes(report), call);
    return `${escapeTerminal(headline(report))}\n`;
  }
  const { renderText } = await import('../../../core/report/text/render-text.ts');
  const terminal = describeTerminal(output.stdout, host.environment);
  return renderText(report, { ...terminal, all: options.all === true || options.verbose === true });
}
