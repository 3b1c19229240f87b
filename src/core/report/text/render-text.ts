import { comparedWithAlone, comparedWithInShort } from '../compared-with.ts';
import type { Remarks, Section } from '../content.ts';
import { byWeight, headlinePhrase, isSingle, overallKind } from '../headline.ts';
import type { Outcome } from '../outcome.ts';
import { join, name, type Phrase, phrase } from '../phrase.ts';
import { plainText } from '../plain-text.ts';
import type { ImageReport, KnownBase, Report } from '../report.ts';
import { isQuiet, type SectionOptions, sectionsOfImage, sectionsOfRun } from '../sections.ts';
import { tellReadingInShort } from '../sentences.ts';
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
  const run = sectionsOfRun(report, asked);
  const shared = [
    ...run
      .filter(({ content }) => content.kind !== 'remarks')
      .map((section) => sectionLines(section, options)),
    run
      .filter(({ content }) => content.kind === 'remarks')
      .flatMap((section) => sectionLines(section, options)),
  ];
  const blocks = (image: ImageReport): ImageBlocks => {
    const sections = sectionsOfImage(image, asked).map((section) => ({
      ...section,
      lines: sectionLines(section, options),
    }));
    return {
      body: sections.filter(({ place }) => place === 'body'),
      foot: sections.filter(({ place }) => place === 'foot').map(({ lines }) => lines),
    };
  };
  if (!isSingle(report)) {
    const parts = [
      [runTitle(report, first, options), ...shared],
      ...platformParts(report, shared, blocks, options),
    ];
    return parts.map((part) => `${joinBlocks(part).join('\n')}\n`).join('\n');
  }
  const { body: named, foot } = blocks(first);
  const body = named.map(({ lines }) => lines);
  if (isQuiet(first) && !options.all)
    return `${[quietTitle(first, options), ...shared, ...body].flat().join('\n')}\n`;
  return `${joinBlocks([imageTitle(first, options), ...shared, ...body, ...foot]).join('\n')}\n`;
}

/** Lines that belong together; blank lines stand between blocks. */
type Block = readonly string[];

interface ImageBlocks {
  /** By the names of the sections. */
  readonly body: readonly { readonly name: string; readonly lines: Block }[];
  readonly foot: readonly Block[];
}

const joinBlocks = (blocks: readonly Block[]): string[] =>
  blocks
    .filter((block) => block.length > 0)
    .flatMap((block, place) => (place === 0 ? [...block] : ['', ...block]));

/** Outcomes that the table of platforms says all about, where there is nothing to note. */
const IN_TABLE: ReadonlySet<Outcome['kind']> = new Set(['unchanged', 'first', 'single', 'new']);

/** What differs on each platform, without what was said before. */
function platformParts(
  { images }: Report,
  shared: readonly Block[],
  blocks: (image: ImageReport) => ImageBlocks,
  options: TextOptions,
): Block[][] {
  const said = new Map(shared.flat().map((line) => [line, '']));
  return byWeight(images).flatMap((image) => {
    const { platform, outcome, notes, findings } = image;
    const isQuietest = IN_TABLE.has(outcome.kind) && notes.length + findings.length === 0;
    if (isQuietest && !options.all) return [];
    const sentence = phrase`${name(platform)}: ${outcome.sentence}`;
    const title = outcomeLines(outcome.kind, sentence, options);
    const { body, foot } = blocks(image);
    const { fresh, references } = unlessSaid(body, platform, said, options);
    const top = [...title, ...references];
    if (isQuiet(image) && !options.all) return [[[...top, ...fresh.flat()]]];
    return [[top, ...fresh, ...foot.map((block) => newLines(block, said, platform))]];
  });
}

/** The lines that were not said of another platform. */
function newLines(block: Block, said: Map<string, string>, platform: string): Block {
  const fresh = block.filter((line) => !said.has(line));
  for (const line of fresh) said.set(line, platform);
  return fresh;
}

/** The sections that say something new, and one line on those that say what stands with another platform. */
function unlessSaid(
  body: ImageBlocks['body'],
  platform: string,
  said: Map<string, string>,
  options: TextOptions,
): { readonly fresh: readonly Block[]; readonly references: Block } {
  const repeated = new Map<string, string[]>();
  const fresh = body.flatMap(({ name: section, lines }): Block[] => {
    const text = lines.join('\n');
    const elsewhere = said.get(text);
    if (elsewhere === undefined || section === 'notes') {
      said.set(text, platform);
      return [lines];
    }
    repeated.set(elsewhere, [...(repeated.get(elsewhere) ?? []), section]);
    return [];
  });
  const references = [...repeated].flatMap(([other, sections]) => {
    const which = sections.length === body.length ? '' : `: ${sections.join(', ')}`;
    return wrap(plainText(phrase`the same as for ${name(other)}${which}`), options.width - 2);
  });
  return { fresh, references: references.map((line) => `  ${options.palette.muted(line)}`) };
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

/** What a report says about several platforms together. */
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
    ...baseLines(image, options),
  ];
}

/** What the image is built on, and was before. */
function baseLines({ baseImage }: ImageReport, { palette, width }: TextOptions): string[] {
  const { before, after } = baseImage ?? { before: null, after: null };
  if (after === null) return [];
  const [old, now] = [before && nameBase(before), nameBase(after)];
  const moved = old === null || old === now ? now : `${old} → ${now}`;
  return wrap(plainText(phrase`base image: ${name(moved)}`), width).map(palette.muted);
}

/** By its name and, as tags move on, the beginning of its digest. */
function nameBase({ name: shown, digest }: KnownBase): string {
  const short = digest?.slice(0, 'sha256:'.length + 12);
  return [shown, short].filter((part) => part !== null && part !== undefined).join('@') || 'not named';
}

/** All that a report says about an unchanged image, in one sentence; of one that was rebuilt, the first of three. */
function quietTitle(image: ImageReport, options: TextOptions): Block {
  const { name: shown, platform, outcome, change } = image;
  const isUnchanged = outcome.kind === 'unchanged' || options.all;
  const tellBaseline = isUnchanged ? comparedWithInShort : comparedWithAlone;
  const facts = [
    phrase`${name(shown)} ${name(platform)}`,
    isUnchanged ? [tellReadingInShort(image)] : [],
    change === null ? [] : tellBaseline(change.baseline),
  ].filter((fact) => plainText(fact) !== '');
  const sentence = phrase`${outcome.sentence}: ${join(facts, ', ')}`;
  return signedLines(OUTCOME_SIGNS[outcome.kind], sentence, options);
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
