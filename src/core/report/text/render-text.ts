import { formatNumber, formatSize, formatSizeDelta } from '../../../base/human-size.ts';
import { attachmentWords } from '../attachment-words.ts';
import { baselineSentence } from '../baseline-sentence.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import { headline, overallKind } from '../headline.ts';
import { byWeight, isSingle } from '../platforms-sentence.ts';
import { privilegedSentence } from '../privileged-sentence.ts';
import { readingSentence } from '../reading-sentence.ts';
import type { ImageReport, LayerFinding, Report, SizeFacts } from '../report.ts';
import type { Verdict } from '../verdict.ts';
import { displayName } from '../visible.ts';
import { cutEnd, cutMiddle, widthOf, wrap } from './columns.ts';
import { fileLines } from './files.ts';
import { comparedTable, snapshotTable } from './layers.ts';
import type { Paint, Palette } from './palette.ts';

export interface TextOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly palette: Palette;
  /** Every file and finding, not only the first ones. */
  readonly all: boolean;
}

const NAME_LENGTH = 200;
const SENTENCE_LENGTH = 600;
const SHOWN = 20;

/** The report for a reader at a terminal or in a log. Ends with a line break. */
export function renderText(report: Report, options: TextOptions): string {
  const [first] = report.images;
  if (first === undefined) return '';
  const parts = isSingle(report)
    ? [[titleLines(first, options), ...runNotes(report, options), ...imageBlocks(first, options)]]
    : [runBlocks(report, first, options), ...platformParts(report, options)];
  return parts.map((blocks) => `${joinBlocks(blocks).join('\n')}\n`).join('\n');
}

/** Text from an image, escaped and cut to a length that no screen needs more of. */
const shown = (text: string, length = NAME_LENGTH): string => escapeTerminal(displayName(text, length));

/** Lines that belong together; blank lines stand between blocks. */
type Block = readonly string[];

const joinBlocks = (blocks: readonly Block[]): string[] =>
  blocks
    .filter((block) => block.length > 0)
    .flatMap((block, place) => (place === 0 ? [...block] : ['', ...block]));

const runNotes = ({ notes }: Report, { palette, width }: TextOptions): Block[] => [
  notes.flatMap((note) => marked('!', note, palette.warning, width)),
];

/** What is said of several platforms together. */
function runBlocks(report: Report, { name, reference }: ImageReport, options: TextOptions): Block[] {
  const { palette, width } = options;
  const { gone, failures } = report;
  const [sign, paint] = failures.length > 0 ? FAILED : SIGNS[overallKind(report)];
  return [
    [
      headingLine(name, reference === name ? '' : shown(reference), options),
      ...marked(sign, headline(report), palette[paint], width, palette.strong),
    ],
    failures
      .slice(0, options.all ? failures.length : SHOWN)
      .flatMap(({ platform, problem }) => marked('!', `${platform} failed: ${problem}`, palette.bad, width)),
    gone.length === 0
      ? []
      : marked('!', `gone since the baseline: ${gone.slice(0, SHOWN).join(', ')}`, palette.warning, width),
    ...runNotes(report, options),
  ];
}

/** Unchanged platforms only by their verdict; what was said of one platform is not repeated of another. */
function platformParts({ images }: Report, options: TextOptions): Block[][] {
  const said = new Map<string, string>();
  return byWeight(images).map((image) => {
    const { platform, verdict, notes } = image;
    const [sign, paint] = SIGNS[verdict.kind];
    const { palette, width } = options;
    const title = [
      headingLine(platform, '', options),
      ...marked(sign, verdict.sentence, palette[paint], width, palette.strong),
    ];
    if (verdict.kind === 'unchanged' && notes.length === 0 && !options.all) return [title];
    const blocks = imageBlocks(image, options);
    const told = blocks.slice(0, -1).map((block) => unlessSaid(block, platform, said, options));
    return [title, ...told, ...blocks.slice(-1)];
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
  return [`${block[0]}`, palette.muted(`  … as for ${shown(elsewhere)}`)];
}

function imageBlocks(image: ImageReport, options: TextOptions): Block[] {
  const { change, files, layers } = image;
  const { palette, width } = options;
  const warning = files === null ? null : privilegedSentence(files, (path) => path);
  const table = change === null ? snapshotTable(layers, options) : comparedTable(layers, options);
  const same = layers.length > 0 && layers.every(({ status }) => status === 'unchanged');
  return [
    image.notes.flatMap((note) => marked('!', note, palette.warning, width)),
    change?.story == null ? [] : wrap(shown(change.story, SENTENCE_LENGTH), width),
    warning === null ? [] : marked('!', warning, palette.bad, width),
    (change?.advice ?? []).flatMap((advice) => marked('→', advice, palette.accent, width)),
    same && !options.all ? [] : table,
    configLines(image.settings, options),
    files === null ? [] : fileLines(files, options),
    findingLines(image, options),
    closingLines(image, options),
  ];
}

const SIGNS: Readonly<Record<Verdict['kind'], readonly [sign: string, paint: keyof Palette]>> = {
  first: ['+', 'accent'],
  single: ['·', 'accent'],
  new: ['+', 'accent'],
  unchanged: ['✓', 'good'],
  rebuilt: ['↻', 'warning'],
  changed: ['Δ', 'accent'],
};

const FAILED = ['✗', 'bad'] as const;

function titleLines({ name, platform, reference, verdict }: ImageReport, options: TextOptions): string[] {
  const { palette, width } = options;
  const [sign, paint] = SIGNS[verdict.kind];
  const facts = `${shown(platform)}${reference === name ? '' : `  ${shown(reference)}`}`;
  return [
    headingLine(name, facts, options),
    ...marked(sign, verdict.sentence, palette[paint], width, palette.strong),
  ];
}

/** A name, and in a low voice what else is known of it. @param facts escaped already. */
function headingLine(name: string, facts: string, { palette, width }: TextOptions): string {
  const title = cutEnd(shown(name), width);
  const rest = facts === '' ? '' : cutEnd(`  ${facts}`, width - widthOf(title));
  return `${palette.strong(title)}${palette.muted(rest)}`;
}

/** A sentence behind a sign, its further lines under its first. */
function marked(
  sign: string,
  text: string,
  paint: Paint,
  width: number,
  words: Paint = (line) => line,
): string[] {
  return wrap(shown(text, SENTENCE_LENGTH), width - 2).map(
    (line, place) => `${place === 0 ? paint(sign) : ' '} ${words(line)}`,
  );
}

function configLines(settings: ImageReport['settings'], { palette, width, all }: TextOptions): string[] {
  if (settings === null)
    return [palette.strong('Config'), '  differs; what in it is not known, since one is not at hand'];
  if (settings.length === 0) return [];
  const listed = settings
    .slice(0, all ? settings.length : SHOWN)
    .flatMap(({ path, status, before, after, withheld }) => {
      const line = (sign: string, value: string): string =>
        cutEnd(`  ${sign} ${shown(path)}  ${shown(value)}`.trimEnd(), width);
      if (withheld) return [palette.warning(line('~', status === 'modified' ? 'changed' : status))];
      return [
        ...(before === null ? [] : [palette.bad(line('-', before))]),
        ...(after === null ? [] : [palette.good(line('+', after))]),
      ];
    });
  return [palette.strong('Config'), ...listed, ...remainder(settings.length, all, palette)];
}

function findingLines({ findings }: ImageReport, { palette, width, all }: TextOptions): string[] {
  if (findings.length === 0) return [];
  const listed = findings
    .slice(0, all ? findings.length : SHOWN)
    .map((finding) => cutEnd(findingLine(finding, width), width));
  return [palette.strong('Findings'), ...listed, ...remainder(findings.length, all, palette)];
}

/** The ends of path and detail tell as much as their beginnings. */
function findingLine({ layer, code, path, detail }: LayerFinding, width: number): string {
  const place = `  ${layer === null ? 'image' : `layer ${layer}`}  ${shown(code)}`;
  const named = path === undefined ? place : `${place}  ${cutMiddle(shown(path), Math.floor(width / 2))}`;
  if (detail === undefined) return named;
  return `${named}  ${cutMiddle(shown(detail), width - widthOf(named) - 2)}`;
}

/** What was not listed, and how to see it. */
function remainder(count: number, all: boolean, palette: Palette): string[] {
  return all || count <= SHOWN ? [] : [palette.muted(`  … and ${formatNumber(count - SHOWN)} more (--all)`)];
}

function closingLines(image: ImageReport, { palette, width }: TextOptions): string[] {
  const { change, keptIn, pullRequest, reading, size, snapshotDigest } = image;
  const attached = [...new Set(image.attachments.flatMap(attachmentWords))];
  const baseline = change === null ? null : baselineSentence(change.baseline).replaceAll('`', '');
  return [
    sizeText(size),
    ...(baseline === null ? [] : [`compared with ${baseline}`]),
    ...(keptIn === null
      ? []
      : [
          `kept in ${keptIn}${baseline === null && pullRequest === null ? ', to compare the next one with' : ''}`,
        ]),
    ...(reading === null ? [] : [readingSentence(reading)]),
    ...(attached.length === 0 ? [] : [`attached: ${attached.join(', ')}`]),
    `snapshot ${snapshotDigest}`,
  ].flatMap((line) => wrap(shown(line, SENTENCE_LENGTH), width).map(palette.muted));
}

function sizeText({ uncompressed, compressed, uncompressedDelta, compressedDelta, pull }: SizeFacts): string {
  const delta = (bytes: number | null): string =>
    bytes === null || bytes === 0 ? '' : ` (${formatSizeDelta(bytes)})`;
  return [
    `${formatSize(uncompressed)} uncompressed${delta(uncompressedDelta)}`,
    ...(compressed === null ? [] : [`${formatSize(compressed)} compressed${delta(compressedDelta)}`]),
    ...(pull === null || pull === 0 ? [] : [`${formatSize(pull)} to pull on top of the baseline`]),
  ].join(', ');
}
