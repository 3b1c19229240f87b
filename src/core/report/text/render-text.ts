import { formatNumber, formatSize, formatSizeDelta } from '../../../base/human-size.ts';
import { baselineSentence } from '../baseline-sentence.ts';
import { escapeTerminal } from '../escape-terminal.ts';
import { privilegedSentence } from '../privileged-sentence.ts';
import { readingSentence } from '../reading-sentence.ts';
import type { ImageReport, Report, SizeFacts } from '../report.ts';
import type { Verdict } from '../verdict.ts';
import { displayName } from '../visible.ts';
import { cutEnd, widthOf, wrap } from './columns.ts';
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
  return report.images.map((image) => `${imageLines(image, options).join('\n')}\n`).join('\n');
}

/** Text from an image, escaped and cut to a length that no screen needs more of. */
const shown = (text: string, length = NAME_LENGTH): string => escapeTerminal(displayName(text, length));

function imageLines(image: ImageReport, options: TextOptions): string[] {
  const { change, files, layers } = image;
  const { palette, width } = options;
  const warning = files === null ? null : privilegedSentence(files, (path) => path);
  const table = change === null ? snapshotTable(layers, options) : comparedTable(layers, options);
  const same = layers.length > 0 && layers.every(({ status }) => status === 'unchanged');
  const blocks = [
    titleLines(image, options),
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
  return blocks
    .filter((block) => block.length > 0)
    .flatMap((block, place) => (place === 0 ? block : ['', ...block]));
}

const SIGNS: Readonly<Record<Verdict['kind'], readonly [sign: string, paint: keyof Palette]>> = {
  first: ['+', 'accent'],
  single: ['·', 'accent'],
  unchanged: ['✓', 'good'],
  rebuilt: ['↻', 'warning'],
  changed: ['Δ', 'accent'],
};

function titleLines(
  { name, platform, reference, verdict }: ImageReport,
  { palette, width }: TextOptions,
): string[] {
  const [sign, paint] = SIGNS[verdict.kind];
  const image = cutEnd(shown(name), width);
  const facts = cutEnd(
    `  ${shown(platform)}${reference === name ? '' : `  ${shown(reference)}`}`,
    width - widthOf(image),
  );
  return [
    `${palette.strong(image)}${palette.muted(facts)}`,
    ...marked(sign, verdict.sentence, palette[paint], width, palette.strong),
  ];
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
  const listed = findings.slice(0, all ? findings.length : SHOWN).map(({ layer, code, path, detail }) => {
    const parts = [layer === null ? 'image' : `layer ${layer}`, code, path, detail];
    return cutEnd(`  ${parts.flatMap((part) => (part === undefined ? [] : shown(part))).join('  ')}`, width);
  });
  return [palette.strong('Findings'), ...listed, ...remainder(findings.length, all, palette)];
}

/** What was not listed, and how to see it. */
function remainder(count: number, all: boolean, palette: Palette): string[] {
  return all || count <= SHOWN ? [] : [palette.muted(`  … and ${formatNumber(count - SHOWN)} more (--all)`)];
}

function closingLines(image: ImageReport, { palette, width }: TextOptions): string[] {
  const { change, keptIn, pullRequest, reading, size, snapshotDigest } = image;
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
