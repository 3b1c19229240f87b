import { formatCount, formatNumber, formatSizeDelta } from '../../../base/human-size.ts';
import { fence, htmlCode } from '../escape-markdown.ts';
import type { FileGroup, FileLine, FileSection } from '../file-lines.ts';
import { displayName } from '../visible.ts';
import { details } from './details.ts';
import type { Section } from './sections.ts';

const PATH_LENGTH = 160;
const STEP_LENGTH = 90;

/** GitHub colours these in a `diff` block: green, orange, red. */
const DIFF_SIGNS: Readonly<Record<FileLine['status'], string>> = { added: '+', modified: '!', removed: '-' };

/** A fold for each layer's files; each names at most `perList` of them, what matters first. */
export function fileSections(files: FileSection, perList: number): Section[] {
  const sections = files.groups.map((group) => groupSection(group, perList));
  if (files.volatile === 0) return sections;
  return [...sections, { markdown: volatileNote(files.volatile), title: 'the count of volatile files' }];
}

const volatileNote = (count: number): string =>
  `<sub>${formatCount(count, 'file')} that ${count === 1 ? 'differs' : 'differ'} in every rebuild (logs, caches) ${count === 1 ? 'is' : 'are'} not counted.</sub>`;

function groupSection({ layer, step, lines }: FileGroup, perList: number): Section {
  const name = layer === null ? 'files no longer in any layer' : `files of layer ${layer}`;
  const named = step === null || step === '' ? '' : ` ${htmlCode(displayName(step, STEP_LENGTH))}`;
  const shown = lines.slice(0, perList).map(fileLine);
  if (lines.length > perList) shown.push(`  … and ${formatNumber(lines.length - perList)} more`);
  return {
    markdown: details(`<b>${name.replace('f', 'F')}</b>${named}: ${tally(lines)}`, fence('diff', shown)),
    title: `${name} (${formatNumber(lines.length)})`,
    shortened: lines.length > perList,
  };
}

function tally(lines: readonly FileLine[]): string {
  const count = (status: FileLine['status']): number => lines.filter((line) => line.status === status).length;
  const parts = (['added', 'modified', 'removed'] as const)
    .map((status) => [count(status), status] as const)
    .filter(([number]) => number > 0)
    .map(([number, status]) => `${formatNumber(number)} ${status}`);
  const delta = lines.reduce((sum, line) => sum + (line.delta ?? 0), 0);
  return `${parts.join(', ')} (${formatSizeDelta(delta)})`;
}

function fileLine({ status, path, linkTarget, delta, remarks }: FileLine): string {
  const size = (delta === null ? '' : formatSizeDelta(delta)).padStart(9);
  const link = linkTarget === null ? '' : ` → ${displayName(linkTarget, PATH_LENGTH)}`;
  const said = remarks.length === 0 ? '' : `  (${displayName(remarks.join(', '), PATH_LENGTH)})`;
  return `${DIFF_SIGNS[status]} ${size}  ${displayName(path, PATH_LENGTH)}${link}${said}`;
}
