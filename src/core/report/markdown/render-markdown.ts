import { formatNumber } from '../../../base/human-size.ts';
import { comparedWith } from '../compared-with.ts';
import type { Section } from '../content.ts';
import { byWeight, headlinePhrase, isSingle, OUTCOME_SIGNS, overallKind } from '../headline.ts';
import { name, phrase } from '../phrase.ts';
import type { ImageReport, Report } from '../report.ts';
import { isQuiet, type SectionOptions, sectionsOfImage, sectionsOfRun } from '../sections.ts';
import { type Chunk, fits, joinChunks } from './chunks.ts';
import { paragraph } from './escape.ts';
import { fold, type Part, sectionParts } from './parts.ts';
import { inline, inSummary } from './write.ts';

/** What fits into a comment on GitHub, with room to spare: it refuses more than 65,536. */
export const COMMENT_LIMIT = 60_000;

export interface MarkdownOptions {
  /** Bytes of UTF-8 at most. */
  readonly limit: number;
  /** Where all of it can be read, a URL or a path: said where something is left out. */
  readonly whole: string | null;
}

const DEFAULTS: MarkdownOptions = { limit: COMMENT_LIMIT, whole: null };

const PAGE: SectionOptions = { medium: 'page', whole: false };
const NAME_LENGTH = 100;
/** How much each list names at most: as much as lets every section be there, before any is left out. */
const PER_LIST = [Number.POSITIVE_INFINITY, 1000, 100, 30, 10] as const;
/** In a comment nobody reads more, even where there is room. */
const PER_LIST_IN_COMMENT = 100;
/** How many platforms have a part of their own, where length is limited. */
const PLATFORMS_SHOWN = 30;
const LABELS_SHOWN = 12;

/** The report as GitHub-flavoured Markdown, for a comment or a job summary; deterministic. */
export function renderMarkdown(report: Report, options: Partial<MarkdownOptions> = {}): string {
  const { limit, whole } = { ...DEFAULTS, ...options };
  const told = tellOnce();
  let chunks: readonly Chunk[] = [];
  for (const perList of PER_LIST) {
    if (limit <= COMMENT_LIMIT && perList > PER_LIST_IN_COMMENT) continue;
    chunks = documentChunks(report, told, perList, Number.isFinite(limit) ? PLATFORMS_SHOWN : limit);
    if (fits(chunks, limit)) break;
  }
  return joinChunks(chunks, limit, whole);
}

/** The report for the comment of a pull request: what is quiet takes a line or two. */
export function renderSection(report: Report, options: Partial<MarkdownOptions> = {}): string {
  const [first] = report.images;
  if (first === undefined || !isSingle(report) || !isQuiet(first) || first.notes.length > 0)
    return renderMarkdown(report, options);
  const compared =
    first.change === null ? [] : [paragraph(inline(comparedWith(first.change.baseline), NAME_LENGTH))];
  return `${[heading(report), ...compared].join('\n\n')}\n`;
}

/** Renders the parts of an image, and remembers them while lists get shorter. */
type Tell = (image: ImageReport) => readonly Section[];

function tellOnce(): Tell {
  const told = new Map<ImageReport, readonly Section[]>();
  return (image) => {
    const sections = told.get(image) ?? sectionsOfImage(image, PAGE);
    told.set(image, sections);
    return sections;
  };
}

function documentChunks(
  report: Report,
  tell: Tell,
  perList: number,
  mostPlatforms: number,
): readonly Chunk[] {
  const [first] = report.images;
  if (first === undefined) return [];
  return [
    keep(heading(report)),
    ...sectionsOfRun(report, PAGE).flatMap((section) => sectionParts(section, perList)),
    ...(isSingle(report)
      ? allParts(imageParts(tell(first), perList))
      : platformChunks(report, tell, perList, mostPlatforms)),
  ];
}

function heading(report: Report): string {
  const sign = report.failures.length > 0 ? '❌' : OUTCOME_SIGNS[overallKind(report)];
  const title = inline(phrase`${name(report.images[0]?.name ?? '')} ${headlinePhrase(report)}`, NAME_LENGTH);
  return `### ${sign} ${title}`;
}

const keep = (markdown: string): Chunk => ({ markdown, title: null });

interface ImageParts {
  readonly body: readonly Part[];
  readonly foot: readonly Part[];
}

const allParts = ({ body, foot }: ImageParts): readonly Part[] => [...body, ...foot];

function imageParts(sections: readonly Section[], perList: number): ImageParts {
  const partsAt = (wanted: 'body' | 'foot'): Part[] =>
    sections.filter(({ place }) => place === wanted).flatMap((section) => sectionParts(section, perList));
  return { body: partsAt('body'), foot: partsAt('foot') };
}

/**
 * The parts of each of several platforms, the changed ones first: those without a change are folded, and a remark on one
 * is not repeated for another.
 * @param most how many platforms are described.
 */
function platformChunks({ images }: Report, tell: Tell, perList: number, most: number): readonly Chunk[] {
  const shown = byWeight(images).slice(0, most);
  const left = images.length - shown.length;
  const said: Said = new Map();
  return [
    ...shown.flatMap((image) => onePlatform(image, imageParts(tell(image), perList), said)),
    ...(left === 0 ? [] : [{ ...keep(`… and ${formatNumber(left)} more platforms`), shortened: true }]),
  ];
}

/** What earlier platforms say, and which of them. */
type Said = Map<string, string>;

function onePlatform(image: ImageReport, parts: ImageParts, said: Said): readonly Chunk[] {
  const { platform, outcome, notes } = image;
  const sign = OUTCOME_SIGNS[outcome.kind];
  const shown = inline([name(platform)], NAME_LENGTH);
  if ((outcome.kind === 'unchanged' || outcome.kind === 'rebuilt') && notes.length === 0) {
    const all = allParts(parts);
    const title = `${sign} <b>${inSummary([name(platform)], NAME_LENGTH)}</b> ${outcome.sentence}`;
    const body = all.map(({ markdown }) => markdown).join('\n\n');
    const shortened = all.some((part) => part.shortened === true);
    return [{ markdown: fold(title, body), title: shown, shortened }];
  }
  const { kept, references } = withoutRepeats(platform, parts.body, said);
  return [
    keep(`#### ${sign} ${shown} ${outcome.sentence}`),
    ...[...kept, ...references, ...parts.foot].map((part) => ({
      ...part,
      title: `${shown}: ${part.title ?? part.label ?? 'facts'}`,
    })),
  ];
}

/** Replaces what earlier platforms say word by word with a line that tells where it stands, and folds what is alike. */
function withoutRepeats(platform: string, parts: readonly Part[], said: Said) {
  const repeated = new Map<string, Set<string>>();
  const kept = parts.flatMap((part): Part[] => {
    const { markdown, label, alike } = part;
    if (label === null) return [part];
    const elsewhere = said.get(markdown);
    if (elsewhere !== undefined) {
      repeated.set(elsewhere, (repeated.get(elsewhere) ?? new Set()).add(label));
      return [];
    }
    said.set(markdown, platform);
    if (alike === undefined) return [part];
    const folded = said.has(alike.likeness);
    said.set(alike.likeness, platform);
    return [folded ? { ...part, markdown: alike.folded } : part];
  });
  const labeled = new Set(parts.flatMap(({ label }) => label ?? []));
  const references = [...repeated].map(([other, labels]): Part => {
    const isAll = labels.size === labeled.size;
    return { ...keep(referenceTo(other, isAll ? [] : [...labels])), label: null };
  });
  return { kept, references };
}

/** @param labels what stands there; empty where it is all that could. */
function referenceTo(platform: string, labels: readonly string[]): string {
  if (labels.length === 0) return `The same as for ${inline([name(platform)], NAME_LENGTH)}.`;
  const more = labels.length > LABELS_SHOWN ? ` and ${labels.length - LABELS_SHOWN} more` : '';
  const other = inline([name(platform)], NAME_LENGTH);
  return `The same as for ${other}: ${labels.slice(0, LABELS_SHOWN).join(', ')}${more}.`;
}
