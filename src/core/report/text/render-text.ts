import type { Remarks, Section } from '../content.ts';
import { byWeight, headlinePhrase, isSingle, overallKind } from '../headline.ts';
import type { Outcome } from '../outcome.ts';
import { name, type Phrase, phrase } from '../phrase.ts';
import { plainText } from '../plain-text.ts';
import type { ImageReport, Report } from '../report.ts';
import { type SectionOptions, sectionsOfImage, sectionsOfRun } from '../sections.ts';
import { listLines } from './list.ts';
import type { Paint, Palette, TextOptions } from './palette.ts';
import { tableLines } from './table.ts';
import { cutEnd, widthOf, wrap } from './widths.ts';

const SHOWN = 20;

/** The report for a reader at a terminal or in a log. Ends with a line break. */
export function renderText(report: Report, options: TextOptions): string {
  const [first] = report.images;
  if (first === undefined) return '';
  const asked: SectionOptions = { medium: 'terminal', whole: options.all };
  const shared = sectionsOfRun(report, asked).map((section) => sectionLines(section, options));
  const blocks = (image: ImageReport): ImageBlocks => {
    const sections = sectionsOfImage(image, asked);
    const blocksAt = (wanted: 'body' | 'foot'): Block[] =>
      sections.filter(({ place }) => place === wanted).map((section) => sectionLines(section, options));
    return { body: blocksAt('body'), foot: blocksAt('foot') };
  };
  const parts = isSingle(report)
    ? [[imageTitle(first, options), ...shared, ...blocks(first).body, ...blocks(first).foot]]
    : [[runTitle(report, first, options), ...shared], ...platformParts(report, blocks, options)];
  return parts.map((part) => `${joinBlocks(part).join('\n')}\n`).join('\n');
}

/** Lines that belong together; blank lines stand between blocks. */
type Block = readonly string[];

interface ImageBlocks {
  readonly body: readonly Block[];
  readonly foot: readonly Block[];
}

const joinBlocks = (blocks: readonly Block[]): string[] =>
  blocks
    .filter((block) => block.length > 0)
    .flatMap((block, place) => (place === 0 ? [...block] : ['', ...block]));

/** Unchanged platforms only by their outcome; what was said of one platform is not repeated of another. */
function platformParts(
  { images }: Report,
  blocks: (image: ImageReport) => ImageBlocks,
  options: TextOptions,
): Block[][] {
  const said = new Map<string, string>();
  return byWeight(images).map((image) => {
    const { platform, outcome, notes } = image;
    const title = [
      headingLine(platform, [], options),
      ...outcomeLines(outcome.kind, [outcome.sentence], options),
    ];
    if (outcome.kind === 'unchanged' && notes.length === 0 && !options.all) return [title];
    const { body, foot } = blocks(image);
    return [title, ...body.map((block) => unlessSaid(block, platform, said, options)), ...foot];
  });
}

/** Blocks that are worth a reference to where they stand already. */
const LONG = 3;

function unlessSaid(
  block: Block,
  platform: string,
  said: Map<string, string>,
  { palette }: TextOptions,
): Block {
  const text = block.join('\n');
  const elsewhere = said.get(text);
  if (elsewhere === undefined) said.set(text, platform);
  if (elsewhere === undefined || block.length < LONG) return block;
  return [`${block[0]}`, palette.muted(`  … as for ${plainText([name(elsewhere)])}`)];
}

type Sign = readonly [sign: string, paint: keyof Palette];

const OUTCOME_SIGNS: Readonly<Record<Outcome['kind'] | 'failed', Sign>> = {
  first: ['+', 'accent'],
  single: ['·', 'accent'],
  new: ['+', 'accent'],
  unchanged: ['✓', 'good'],
  rebuilt: ['↻', 'warning'],
  unverified: ['?', 'warning'],
  incomplete: ['?', 'warning'],
  changed: ['Δ', 'accent'],
  failed: ['✗', 'bad'],
};

const REMARK_SIGNS: Readonly<Record<Remarks['tone'], Sign | null>> = {
  plain: null,
  note: ['!', 'warning'],
  failure: ['!', 'bad'],
  warning: ['!', 'bad'],
  advice: ['→', 'accent'],
  unknown: ['?', 'muted'],
};

/** What is said of several platforms together. */
function runTitle(report: Report, image: ImageReport, options: TextOptions): Block {
  const kind = report.failures.length > 0 ? 'failed' : overallKind(report);
  return [
    headingLine(image.name, otherName(image), options),
    ...outcomeLines(kind, headlinePhrase(report), options),
  ];
}

function imageTitle(image: ImageReport, options: TextOptions): Block {
  const { platform, outcome } = image;
  const reference = otherName(image);
  const facts = reference.length === 0 ? [name(platform)] : phrase`${name(platform)}  ${reference}`;
  return [
    headingLine(image.name, facts, options),
    ...outcomeLines(outcome.kind, [outcome.sentence], options),
  ];
}

const otherName = ({ name: shown, reference }: ImageReport): Phrase =>
  reference === shown ? [] : [name(reference)];

/** A name, and in a low voice what else is known of it. */
function headingLine(text: string, facts: Phrase, { palette, width }: TextOptions): string {
  const title = cutEnd(plainText([name(text)]), width);
  const rest = facts.length === 0 ? '' : cutEnd(`  ${plainText(facts)}`, width - widthOf(title));
  return `${palette.strong(title)}${palette.muted(rest)}`;
}

function outcomeLines(kind: keyof typeof OUTCOME_SIGNS, sentence: Phrase, options: TextOptions): string[] {
  return signedLines(OUTCOME_SIGNS[kind], sentence, options, options.palette.strong);
}

/** A sentence behind a sign, its further lines under its first. */
function signedLines(
  [sign, paint]: Sign,
  sentence: Phrase,
  { palette, width }: TextOptions,
  words: Paint = (line) => line,
): string[] {
  return wrap(plainText(sentence), width - 2).map(
    (line, place) => `${place === 0 ? palette[paint](sign) : ' '} ${words(line)}`,
  );
}

function sectionLines({ content }: Section, options: TextOptions): Block {
  switch (content.kind) {
    case 'remarks':
      return remarkLines(content, options);
    case 'facts':
      return content.facts.flatMap((fact) => wrap(plainText(fact), options.width).map(options.palette.muted));
    case 'table':
      return tableLines(content.table, options);
    case 'list':
      return listLines(content, options);
  }
}

function remarkLines({ tone, remarks }: Remarks, options: TextOptions): string[] {
  const sign = REMARK_SIGNS[tone];
  return remarks
    .slice(0, options.all ? remarks.length : SHOWN)
    .flatMap((remark) =>
      sign === null ? wrap(plainText(remark), options.width) : signedLines(sign, remark, options),
    );
}
