import { formatNumber } from '../../../base/human-size.ts';
import { comparedOnPage } from '../compared-with.ts';
import type { Section } from '../content.ts';
import { byWeight, isSingle } from '../headline.ts';
import { name, phrase } from '../phrase.ts';
import type { ImageReport, Report } from '../report.ts';
import { isQuiet, type SectionOptions, sectionsOfImage, sectionsOfRun } from '../sections.ts';
import { needsAttention, signOf, signOfReport, tellVerdict, verdictOn } from '../verdict.ts';
import { type Chunk, fits, fold, isPage, joinChunks, writeChunks } from './chunks.ts';
import { type Part, type PartStyle, sectionParts } from './parts.ts';
import type { SourceTree } from './source-tree.ts';
import { inline, inSummary } from './write.ts';

/** What fits into a comment on GitHub, with room to spare: it refuses more than 65,536. */
export const COMMENT_LIMIT = 60_000;

export interface MarkdownOptions {
  /** Bytes of UTF-8 at most. */
  readonly limit: number;
  /** Where all of it can be read, a URL or a path: said where something is left out. */
  readonly whole: string | null;
  /** Where places in the build's source can be looked at; null when nowhere. */
  readonly source: SourceTree | null;
  /** Whether it is put into a fold of another page. */
  readonly isFolded: boolean;
  /** Whether to leave out what only someone needs who verifies it. */
  readonly brief: boolean;
}

const DEFAULTS: MarkdownOptions = {
  ...{ limit: COMMENT_LIMIT, whole: null, source: null },
  ...{ isFolded: false, brief: false },
};
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
  const { limit, whole, source, isFolded, brief } = { ...DEFAULTS, ...options };
  const asked: SectionOptions = { medium: 'page', whole: false, brief };
  const told = tellOnce(asked);
  const foot = footOf(report.images, isFolded ? null : whole);
  const room = limit - Buffer.byteLength(foot);
  const most = Number.isFinite(limit) ? PLATFORMS_SHOWN : limit;
  let chunks: readonly Chunk[] = [];
  for (const perList of PER_LIST) {
    if (limit <= COMMENT_LIMIT && perList > PER_LIST_IN_COMMENT) continue;
    const style = { perList, isFolded, source };
    chunks = [...runChunks(report, asked, style), ...imageChunks(report, told, style, most)];
    if (fits(chunks, room)) break;
  }
  return joinChunks(chunks, room, whole) + foot;
}

/** The report for the comment of a pull request, without what only someone needs who verifies it. */
export function renderSection(report: Report, options: Partial<MarkdownOptions> = {}): string {
  return renderMarkdown(report, { ...options, brief: true });
}

/** Renders the parts of an image, and remembers them while lists get shorter. */
type Tell = (image: ImageReport) => readonly Section[];

function tellOnce(options: SectionOptions): Tell {
  const told = new Map<ImageReport, readonly Section[]>();
  return (image) => {
    const sections = told.get(image) ?? sectionsOfImage(image, options);
    told.set(image, sections);
    return sections;
  };
}

/** What the report says about the run as a whole. */
function runChunks(report: Report, options: SectionOptions, style: PartStyle): readonly Chunk[] {
  return [
    keep(heading(report)),
    ...sectionsOfRun(report, options).flatMap((section) => sectionParts(section, style)),
  ];
}

function imageChunks(report: Report, tell: Tell, style: PartStyle, mostPlatforms: number): readonly Chunk[] {
  const [first] = report.images;
  if (first === undefined) return [];
  return isSingle(report)
    ? allParts(imageParts(tell(first), style))
    : platformChunks(report, tell, style, mostPlatforms);
}

function heading(report: Report): string {
  const title = inline(phrase`${name(report.images[0]?.name ?? '')} ${tellVerdict(report)}`, NAME_LENGTH);
  return `### ${signOfReport(report)} ${title}`;
}

const keep = (markdown: string): Chunk => ({ markdown, title: null });

/** The end of a page: what all images were compared with, and where the rest is; empty where nothing of it is known. */
export function footOf(images: readonly ImageReport[], whole: string | null): string {
  const [platform, ...others] = new Set(images.map((image) => image.platform));
  const facts = [
    ...[sharedBaseline(images) ?? []].flat(),
    ...(platform === undefined || others.length > 0 ? [] : [inline([name(platform)], NAME_LENGTH)]),
    ...(isPage(whole) ? [`[report](${whole})`] : []),
  ];
  return facts.length === 0 ? '' : `\n${small(facts)}\n`;
}

const small = (facts: readonly string[]): string => `<sub>${facts.join(' · ')}</sub>`;

const baselineOf = ({ change }: ImageReport): string | null =>
  change && inline(comparedOnPage(change.baseline), NAME_LENGTH);

/** Null where images were compared with several, or with none. */
function sharedBaseline(images: readonly ImageReport[]): string | null {
  const [baseline, ...others] = new Set(images.flatMap((image) => baselineOf(image) ?? []));
  return others.length === 0 ? (baseline ?? null) : null;
}

interface ImageParts {
  readonly body: readonly Part[];
  readonly foot: readonly Part[];
}

const allParts = ({ body, foot }: ImageParts): readonly Part[] => [...body, ...foot];

function imageParts(sections: readonly Section[], style: PartStyle): ImageParts {
  const partsAt = (wanted: 'body' | 'foot'): Part[] =>
    sections.filter(({ place }) => place === wanted).flatMap((section) => sectionParts(section, style));
  return { body: partsAt('body'), foot: partsAt('foot') };
}

/**
 * The parts of each of several platforms, the changed ones first: those without a change are folded, and a remark on one
 * is not repeated for another.
 * @param most how many platforms are described.
 */
function platformChunks({ images }: Report, tell: Tell, style: PartStyle, most: number): readonly Chunk[] {
  const shown = byWeight(images).slice(0, most);
  const left = images.length - shown.length;
  const said: Said = new Map();
  const hasOwnBaseline = sharedBaseline(images) === null;
  return [
    ...shown.flatMap((image) => {
      const baseline = hasOwnBaseline ? baselineOf(image) : null;
      return onePlatform(image, tell, style, said, baseline === null ? [] : [small([baseline])]);
    }),
    ...(left === 0 ? [] : [{ ...keep(`… and ${formatNumber(left)} more platforms`), shortened: true }]),
  ];
}

/** What earlier platforms say, and which of them. */
type Said = Map<string, string>;

/** @param last what stands at the end of it. */
function onePlatform(
  image: ImageReport,
  tell: Tell,
  style: PartStyle,
  said: Said,
  last: readonly string[],
): readonly Chunk[] {
  const { platform, notes } = image;
  const sign = signOf(image);
  const shown = inline([name(platform)], NAME_LENGTH);
  if (isQuiet(image) && notes.length === 0 && !needsAttention(image)) {
    const all = allParts(imageParts(tell(image), { ...style, isFolded: true }));
    // The table of platforms has said it.
    if (all.length === 0) return [];
    const title = `${sign} <b>${inSummary([name(platform)], NAME_LENGTH)}</b> ${verdictOn(image)}`;
    const shortened = all.some((part) => part.shortened === true);
    const markdown = fold(title, [...writeChunks(all), ...last].join('\n\n'));
    return [{ markdown, title: shown, shortened }];
  }
  const parts = imageParts(tell(image), style);
  const { kept, references } = withoutRepeats(platform, parts.body, said);
  return [
    keep(`#### ${sign} ${shown} ${verdictOn(image)}`),
    ...[...kept, ...references, ...parts.foot].map((part) => ({
      ...part,
      title: `${shown}: ${part.title ?? part.label ?? 'facts'}`,
    })),
    ...last.map(keep),
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
