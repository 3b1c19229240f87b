import { digestOf, hexOf } from '../../../base/digest.ts';
import { code, paragraph, prose } from '../escape-markdown.ts';
import { headline, overallKind, VERDICT_SIGNS } from '../headline.ts';
import type { LayerLine } from '../layer-lines.ts';
import { isSingle, platformsSentence } from '../platforms-sentence.ts';
import { privilegedSentence } from '../privileged-sentence.ts';
import type { ImageReport, Report } from '../report.ts';
import { displayName } from '../visible.ts';
import { configSection } from './config.ts';
import { details } from './details.ts';
import { evidenceSection, findingsSection, footLine, sizeLine } from './facts.ts';
import { fileSections } from './files.ts';
import { comparedTable, snapshotTable } from './layers.ts';
import { absenceSections, PLATFORMS_SHOWN, platformSections } from './platforms.ts';
import { fits, joinSections, type Section } from './sections.ts';

/** What fits into a comment on GitHub, with room to spare: it refuses more than 65,536. */
export const COMMENT_LIMIT = 60_000;

export interface MarkdownOptions {
  /** Bytes of UTF-8 at most. */
  readonly limit: number;
  /** Where all of it can be read, a URL or a path: said where something is left out. */
  readonly whole: string | null;
}

const DEFAULTS: MarkdownOptions = { limit: COMMENT_LIMIT, whole: null };

const NAME_LENGTH = 100;
const SENTENCE_LENGTH = 500;
const MAX_SENTENCES = 8;
/** How much each list names at most: as much as lets every section be there, before any is left out. */
const PER_LIST = [Number.POSITIVE_INFINITY, 1000, 100, 30, 10] as const;
/** In a comment nobody reads more, even where there is room. */
const PER_LIST_IN_COMMENT = 100;
/** Longer tables of first snapshots are folded. */
const OPEN_ROWS = 25;

/** The report as GitHub-flavoured Markdown, for a comment or a job summary; deterministic. */
export function renderMarkdown(report: Report, options: Partial<MarkdownOptions> = {}): string {
  const { limit, whole } = { ...DEFAULTS, ...options };
  let sections: Section[] = [];
  for (const perList of PER_LIST) {
    if (limit <= COMMENT_LIMIT && perList > PER_LIST_IN_COMMENT) continue;
    sections = documentSections(report, perList, Number.isFinite(limit) ? PLATFORMS_SHOWN : limit);
    if (fits(sections, limit)) break;
  }
  return joinSections(sections, limit, whole);
}

function documentSections(report: Report, perList: number, mostParts: number): Section[] {
  const [first] = report.images;
  if (first === undefined) return [];
  const heading = [keep(commentMarker(report)), keep(titleLine(report, first.name))];
  const notes = noteSections(report.notes);
  if (isSingle(report)) return [...heading, ...notes, ...imageSections(first, perList)];
  const parts = platformSections(report, mostParts, (image) => imageSections(image, perList));
  return [...heading, ...absenceSections(report), ...notes, ...parts];
}

/**
 * The invisible first line that tells one image's comment from another's: a hash of name and platform, so that
 * no name can end the HTML comment. The platforms of one report share one.
 */
export function commentMarker(report: Report): string {
  const [first] = report.images;
  const platform = isSingle(report) ? first?.platform : '*';
  const key = hexOf(digestOf(JSON.stringify([first?.name, platform]))).slice(0, 32);
  return `<!-- varve:report ${key} -->`;
}

const keep = (markdown: string, label?: string): Section => ({
  markdown,
  title: null,
  ...(label !== undefined && { label }),
});

function titleLine(report: Report, name: string): string {
  const said = isSingle(report)
    ? prose(headline(report))
    : platformsSentence(report, (platform) => code(displayName(platform, NAME_LENGTH)));
  const sign = report.failures.length > 0 ? '❌' : VERDICT_SIGNS[overallKind(report)];
  return `### ${sign} ${code(displayName(name, NAME_LENGTH))} ${said}`;
}

const noteSections = (notes: readonly string[]): Section[] =>
  notes.slice(0, MAX_SENTENCES).map((note) => keep(`> ⚠️ ${sentence(note)}`));

function imageSections(image: ImageReport, perList: number): Section[] {
  const { change, files } = image;
  const warning = files === null ? null : privilegedSentence(files, code);
  return [
    ...noteSections(image.notes),
    ...(change === null ? [keep(aloneSentence(image))] : []),
    ...(change?.story == null
      ? []
      : [keep(paragraph(displayName(change.story, SENTENCE_LENGTH)), 'what was built again')]),
    ...adviceSections(change?.advice ?? []),
    ...(warning === null ? [] : [keep(`⚠️ ${warning}`, 'files with new rights')]),
    ...(isQuiet(image) ? [] : [keep(sizeLine(image.size))]),
    ...layerSection(image),
    ...[configSection(image.settings, perList), findingsSection(image, perList)].flatMap(
      (section) => section ?? [],
    ),
    ...(files === null ? [] : fileSections(files, perList)),
    evidenceSection(image),
    keep(footLine(image)),
  ];
}

const sentence = (text: string): string => prose(displayName(text, SENTENCE_LENGTH));

const isQuiet = ({ verdict }: ImageReport): boolean =>
  verdict.kind === 'unchanged' || verdict.kind === 'rebuilt';

function aloneSentence({ name, platform, keptIn, pullRequest, isNew }: ImageReport): string {
  const image = `${code(displayName(name, NAME_LENGTH))} for ${code(displayName(platform, NAME_LENGTH))}`;
  if (isNew === true) return `The baseline has nothing of ${image}.`;
  const alone = `There is nothing to compare this snapshot of ${image} with`;
  if (keptIn === null) return `${alone}.`;
  if (pullRequest !== null) return `${alone} yet: a run on the base branch has to keep one first.`;
  return `${alone} yet; the next run will be compared with it.`;
}

const adviceSections = (advice: readonly string[]): Section[] =>
  advice.slice(0, MAX_SENTENCES).map((item) => keep(`💡 ${sentence(item)}`, 'advice'));

function layerSection(image: ImageReport): Section[] {
  const { verdict, layers, change } = image;
  if (layers.every(({ status }) => status === 'unchanged')) return [];
  const table = change === null ? snapshotTable(layers) : comparedTable(layers);
  const quiet = verdict.kind === 'rebuilt' || verdict.kind === 'unchanged';
  const folded = quiet || layers.length > (change === null ? OPEN_ROWS : Infinity);
  const title = `the layer table (${layers.length})`;
  const fold = details('<b>Layers</b>', table);
  return [{ markdown: folded ? fold : table, title, alike: { key: waysOf(layers), folded: fold } }];
}

/** What became of which layers, but for their sizes, which differ by platform. */
const waysOf = (layers: readonly LayerLine[]): string =>
  JSON.stringify(
    layers.map(({ index, status, cause, step, stepBefore }) => [index, status, cause, step, stepBefore]),
  );
