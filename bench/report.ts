import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './cases/case.ts';
import type { BenchImageFacts } from './image/facts.ts';
import type { Machine } from './machine.ts';
import { median, type Outcome, type Outcomes, peakOf, wallOf } from './measure.ts';
import { judge, type Target, type Unit } from './targets.ts';

export interface Report {
  readonly cases: readonly Case[];
  readonly targets: readonly Target[];
  readonly outcomes: Outcomes;
  readonly facts: BenchImageFacts;
  readonly machine: Machine;
}

const FLOOR = 'floor/gzip-sha256';

/** The promises with their verdicts, as a Markdown table. */
export function renderTargets({ targets, outcomes }: Report): string {
  if (targets.length === 0) return 'No promise rests on the chosen cases.';
  const rows = targets.map((target) => {
    const figure = target.figure(outcomes);
    const sign = target.bound === 'at most' ? '≤' : '≥';
    return [
      target.what,
      figure === undefined ? '–' : format(figure, target.unit),
      `${sign} ${format(target.target, target.unit)}`,
      `${sign} ${format(target.stretch, target.unit)}`,
      figure === undefined ? 'not run' : judge(target, figure),
    ];
  });
  return renderTable(['promise', 'measured', 'target', 'stretch', 'verdict'], rows);
}

/** Every measured case with its times, as a Markdown table; what was not measured follows with the reason. */
export function renderCases(report: Report): string {
  const measured = report.cases.filter(({ id }) => report.outcomes.get(id)?.kind === 'measured');
  const head = ['case', 'median', '÷ floor A', 'MB/s', 'fastest–slowest', 'peak MB'];
  const table = renderTable(
    head,
    measured.map((subject) => renderCase(subject, report)),
  );
  const missing = renderMissing(report);
  return missing === '' ? table : `${table}\n\n${missing}`;
}

function renderCase(subject: Case, { outcomes, facts }: Report): string[] {
  const outcome = outcomes.get(subject.id);
  const wall = wallOf(outcome) ?? 0;
  const floor = subject.wholeImage ? wallOf(outcomes.get(FLOOR)) : undefined;
  const bytes = subject.wholeImage ? facts.uncompressedBytes : 0;
  return [
    subject.what,
    wall < 10_000 ? format(wall, 'ms') : format(wall / 1000, 's'),
    floor === undefined ? '' : (wall / floor).toFixed(2),
    bytes === 0 ? '' : (bytes / 1000 / wall).toFixed(0),
    renderSpread(outcome),
    peakOf(outcome)?.toFixed(0) ?? '',
  ];
}

/** The cases that were not measured, by reason. */
function renderMissing({ cases, outcomes }: Report): string {
  const byReason = new Map<string, string[]>();
  for (const { id } of cases) {
    const outcome = outcomes.get(id);
    if (outcome?.kind === 'measured') continue;
    // A program's last words may hold anything; a line of the list may not.
    const reason =
      outcome === undefined ? 'not run' : `${outcome.kind}: ${outcome.reason.replace(/\s+/g, ' ')}`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), `\`${id}\``]);
  }
  return [...byReason].map(([reason, ids]) => `- ${reason}: ${ids.join(', ')}`).join('\n');
}

/** What was measured, on what, with what: two or three sentences. */
export function renderConditions({ facts, machine, outcomes }: Report): string {
  const counts = [...outcomes.values()].flatMap((o) => (o.kind === 'measured' ? [o.samples.length] : []));
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
  const versions = Object.entries(machine.tools).map(([name, version]) => `${name} ${version}`);
  return [
    `Node ${machine.node} on ${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB of memory, ${machine.system}.`,
    `Medians of up to ${Math.max(0, ...counts)} interleaved repetitions; peaks are the highest seen.`,
    `The bench image has ${facts.layers} layers, ${facts.entries.toLocaleString('en')} entries, ${mb(facts.uncompressedBytes)} MB uncompressed and ${mb(facts.compressedBytes)} MB as gzip layers.`,
    `Versions: ${versions.join(', ')}.`,
  ].join('\n');
}

const document = join(import.meta.dirname, '..', 'docs', 'performance.md');
const BEGIN = '<!-- bench:begin (npm run bench -- --write) -->';
const END = '<!-- bench:end -->';

/** Puts the result between the markers of docs/design/performance.md. */
export function writeDocument(report: Report): void {
  const text = readFileSync(document, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin)
    throw new Error(`docs/design/performance.md lacks the markers ${BEGIN} and ${END}`);
  const parts = [
    renderConditions(report),
    '### Promises',
    renderTargets(report),
    '### Cases',
    renderCases(report),
  ];
  writeFileSync(document, `${text.slice(0, begin)}${BEGIN}\n\n${parts.join('\n\n')}\n\n${text.slice(end)}`);
}

function renderSpread(outcome: Outcome | undefined): string {
  if (outcome?.kind !== 'measured' || outcome.samples.length < 2) return '';
  const walls = outcome.samples.map(({ wallMs }) => wallMs);
  const middle = median(walls);
  const percent = (value: number) => `${Math.round(((value - middle) / middle) * 100)}`;
  return `${percent(Math.min(...walls))} … +${percent(Math.max(...walls))} %`;
}

function format(value: number, unit: Unit): string {
  if (unit === '×') return `${value.toFixed(2)}×`;
  return `${value.toFixed(unit === 's' ? 1 : 0)} ${unit}`;
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - [...cell].length)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
