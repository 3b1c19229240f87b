import { type Digest, hexOf } from '../../base/digest.ts';
import { formatCount, formatNumber, formatSizeDelta } from '../../base/human-size.ts';
import { ignoredIn } from '../comparison/ignored.ts';
import { comparedWith, comparedWithPlace } from './compared-with.ts';
import type { Content, Group, Item, ItemLine, List, Remarks, Section } from './content.ts';
import type { PathCounts } from './count-paths.ts';
import type { FileGroup, FileLine, FileSection } from './file-lines.ts';
import { isSingle } from './headline.ts';
import { foldUnchanged, type LayerLine } from './layer-lines.ts';
import { layerTable } from './layer-table.ts';
import { absentNotes, goneNotes, readNote } from './notes.ts';
import { brief, code, join, type Medium, name, type Phrase, phrase, strong } from './phrase.ts';
import { plainText } from './plain-text.ts';
import { platformTable } from './platform-table.ts';
import type { ImageReport, LayerFinding, Report } from './report.ts';
import type { DirectoryLine } from './roll-up.ts';
import {
  tellAlone,
  tellAttached,
  tellAttachment,
  tellIgnoring,
  tellKept,
  tellReadings,
  tellRights,
  tellSizes,
  tellVolatile,
} from './sentences.ts';
import type { SettingChange } from './setting-changes.ts';
import { baseBump, isUpstream, tellUpstream } from './upstream.ts';
import { tellYours } from './yours.ts';

export interface SectionOptions {
  readonly medium: Medium;
  /** Whether layers that did not change are named one by one. */
  readonly whole: boolean;
  /** Whether a page leaves out what only someone needs who verifies it: digests, and what was read. */
  readonly brief?: boolean;
}

/** The declaration of a section. Another one is one more entry in a list below. */
interface Declared<Subject> {
  readonly name: string;
  /** Left out where it is for both. */
  readonly medium?: Medium;
  readonly place?: 'foot';
  /** Null where there is nothing to say. */
  make(subject: Subject, options: SectionOptions): Content | null;
}

/** What a report says about a run as a whole, in this order. */
export const sectionsOfRun = (report: Report, options: SectionOptions): readonly Section[] =>
  makeSections(RUN_SECTIONS, report, options);

/** What a report says about an image, in this order. */
export const sectionsOfImage = (image: ImageReport, options: SectionOptions): readonly Section[] =>
  makeSections(IMAGE_SECTIONS, image, options);

function makeSections<Subject>(
  declared: readonly Declared<Subject>[],
  subject: Subject,
  options: SectionOptions,
): Section[] {
  return declared.flatMap(({ name, medium = options.medium, place, make }): Section[] => {
    const content = medium === options.medium ? make(subject, options) : null;
    return content === null ? [] : [{ name, place: place ?? 'body', content }];
  });
}

/** Longer tables are folded. */
const OPEN_ROWS = 12;
/** As many changes of the config stand open, since they are few and often what matters. */
const OPEN_SETTINGS = 6;
/** As many digits of a digest as the history shows; commands take them. */
const SHORT_DIGEST = 12;
const ATTACHMENTS_NAMED = 20;
/** Changes of the config and findings are few, and named before lists of files are. */
const NAMED_AT_LEAST = 100;

const RUN_SECTIONS: readonly Declared<Report>[] = [
  {
    name: 'platforms',
    make(report, { medium }) {
      const table = platformTable(report, medium);
      if (table === null) return null;
      const [label, likeness] = ['the table of platforms', 'platforms'];
      return { kind: 'table', title: 'Platforms', table, label, folded: false, likeness };
    },
  },
  {
    name: 'failures',
    make: ({ failures }) =>
      remarks(
        'failure',
        failures.map(({ platform, problem }) => phrase`${name(platform)} failed: ${readNote(problem)}`),
      ),
  },
  {
    name: 'gone',
    make: (report) => remarks('note', goneNotes(report)),
  },
  {
    name: 'notes',
    make: (report) => remarks('note', [...absentNotes(report), ...report.notes.map(readNote)]),
  },
  {
    name: 'shared',
    medium: 'terminal',
    make: (report) => (isSingle(report) ? null : facts('small', sharedFacts(report))),
  },
];

const IMAGE_SECTIONS: readonly Declared<ImageReport>[] = [
  {
    name: 'notes',
    medium: 'terminal',
    make: ({ notes }) => remarks('note', notes.map(readNote)),
  },
  {
    name: 'alone',
    medium: 'page',
    make: (image) => (image.change === null ? remarks('plain', present(tellAlone(image))) : null),
  },
  {
    name: 'story',
    medium: 'terminal',
    make: ({ change }) => remarks('plain', present(change?.story), 'what was built again'),
  },
  {
    name: 'attention',
    make: (image) => remarks('warning', tellAttention(image), 'what to look at'),
  },
  {
    name: 'upstream',
    medium: 'page',
    make: (image) => remarks('plain', present(tellUpstream(image)), 'what changed upstream'),
  },
  {
    name: 'yours',
    medium: 'page',
    make: (image) => remarks('plain', present(tellYours(image)), 'what changed'),
  },
  {
    name: 'notes',
    medium: 'page',
    make: ({ notes }) => remarks('note', notes.map(readNote)),
  },
  {
    name: 'advice',
    make: ({ change }) => remarks('advice', change?.advice ?? [], 'advice'),
  },
  {
    name: 'layers',
    make(image, options) {
      const { whole, medium } = options;
      const { layers, change, measure } = image;
      if (isInShort(image, options)) return null;
      if (layers.every(({ status }) => status === 'unchanged') && !(whole && layers.length > 0)) return null;
      const isPage = medium === 'page';
      const upstream =
        isPage && baseBump(image) !== null ? layers.filter((line) => isUpstream(line, image)) : [];
      const rows = foldUnchanged(layers, true).length - upstream.length;
      const folded = isQuiet(image) || change === null || rows > OPEN_ROWS;
      return {
        kind: 'table',
        title: formatCount(layers.length, 'layer'),
        table: layerTable(layers, { whole, measure, medium, isShort: isPage && !folded, upstream }),
        label: `the layer table (${layers.length})`,
        folded,
        likeness: likenessOf(layers),
      };
    },
  },
  {
    name: 'config',
    make: ({ settings }) =>
      settings &&
      plainList('Config', formatCount(settings.length, 'config change'), settings, settingItem, {
        isOpen: settings.length <= OPEN_SETTINGS,
      }),
  },
  {
    name: 'findings',
    make: ({ findings }) =>
      plainList('Findings', formatCount(findings.length, 'finding'), findings, findingItem),
  },
  {
    name: 'base-findings',
    make: ({ baseRead }) => {
      const findings = baseRead?.findings ?? [];
      const title = `${formatCount(findings.length, 'finding')} in the baseline`;
      return plainList('Findings in the baseline', title, findings, findingItem);
    },
  },
  {
    name: 'files',
    make: (image, options) => (image.files && !isInShort(image, options) ? fileList(image.files) : null),
  },
  {
    name: 'volatile',
    medium: 'page',
    make: ({ files }) =>
      files === null || files.volatile === 0
        ? null
        : facts('small', [tellVolatile(files.volatile)], 'the count of volatile files'),
  },
  {
    name: 'ignored',
    make: ({ change }) => {
      const ignored = change && ignoredIn(change.comparison);
      return ignored && facts('small', [tellIgnoring(ignored)], 'what `ignore` hides');
    },
  },
  {
    name: 'digests',
    medium: 'page',
    place: 'foot',
    make: (image, { brief }) =>
      brief ? null : facts({ fold: 'Digests, and what was read' }, [...evidenceOf(image), ...costOf(image)]),
  },
  {
    name: 'run',
    medium: 'terminal',
    place: 'foot',
    make: (image, options) =>
      isInShort(image, options) ? null : facts('small', closingLines(image, options)),
  },
];

/** What would be said of each image. */
function sharedFacts({ images }: Report): Phrase[] {
  const ofEach = images.map((image) => [
    ...(image.change === null ? [] : [comparedWithPlace(image.change.baseline)]),
    ...(image.keptIn === null ? [] : [tellKept(image.keptIn, image)]),
  ]);
  const all = new Map(ofEach.flat().map((fact) => [plainText(fact), fact]));
  return [...all].flatMap(([text, fact]) =>
    ofEach.every((facts) => facts.some((each) => plainText(each) === text)) ? [fact] : [],
  );
}

/** More of them are counted. */
const MOST_ATTENTION = 8;

/** What somebody should look at, what matters most first. Comparisons of older versions name files with new rights alone. */
export function tellAttention({
  files,
  attention,
}: Pick<ImageReport, 'files' | 'attention'>): readonly Phrase[] {
  if (attention.length === 0) return present(files && tellRights(files));
  const shown = attention.slice(0, MOST_ATTENTION);
  const left = attention.length - shown.length;
  return [
    ...shown.map(({ sentence, remedy }) => phrase`${sentence}: ${remedy}.`),
    ...(left === 0
      ? []
      : [phrase`${formatNumber(left)} more: ${code('varve check')} lists all that an image has.`]),
  ];
}

const present = (phrase: Phrase | null | undefined): readonly Phrase[] => (phrase ? [phrase] : []);

/** Whether nothing of an image differs that counts, and all of it was compared. */
export const isQuiet = ({ outcome }: ImageReport): boolean =>
  outcome.kind === 'unchanged' || outcome.kind === 'rebuilt';

/** On a terminal a quiet image takes a line or two, unless all is wanted; a page has folds. */
const isInShort = (image: ImageReport, { medium, whole }: SectionOptions): boolean =>
  medium === 'terminal' && !whole && isQuiet(image);

function remarks(
  tone: Remarks['tone'],
  phrases: readonly Phrase[],
  label: string | null = null,
): Content | null {
  return phrases.length === 0 ? null : { kind: 'remarks', tone, remarks: phrases, label };
}

function facts(
  look: 'small' | { readonly fold: string },
  told: readonly Phrase[],
  label: string | null = null,
): Content {
  return { kind: 'facts', look, facts: told, label };
}

/** What happened to each layer, without sizes, which differ by platform. */
const likenessOf = (layers: readonly LayerLine[]): string =>
  JSON.stringify(
    layers.map(({ index, status, cause, step, stepBefore }) => [index, status, cause, step, stepBefore]),
  );

/** A list of one group. @param title says on a page how many there are. */
function plainList<T>(
  heading: string,
  title: string,
  things: readonly T[],
  toItem: (thing: T) => Item,
  { isOpen = false } = {},
): List | null {
  if (things.length === 0) return null;
  const group = { title: [], label: title, ...itemsOf(things, toItem) };
  return {
    ...{ kind: 'list', heading, title: [strong(isOpen ? heading : title)], totals: [], groups: [group] },
    ...{ isOpen, atLeast: NAMED_AT_LEAST },
  };
}

const itemsOf = <T>(
  things: readonly T[],
  toItem: (thing: T) => Item,
): Pick<Group, 'count' | 'first' | 'summary'> => ({
  count: things.length,
  summary: null,
  first: (most) => things.slice(0, most).map(toItem),
});

/** Longer values stand under each other. */
const ONE_LINE = 60;

function settingItem({ setting, status, before, after, withheld }: SettingChange): Item {
  const line = (became: ItemLine['status'], value: Phrase): ItemLine => ({
    status: became,
    lead: '',
    name: [name(setting)],
    remark: value,
    tone: null,
  });
  if (withheld) return [line(status, ['value not shown'])];
  if (before === null || after === null) return [line(status, [name(before ?? after ?? '')])];
  if (before.length + after.length <= ONE_LINE)
    return [line(status, phrase`${name(before)} → ${name(after)}`)];
  return [line('removed', [name(before)]), line('added', [name(after)])];
}

function findingItem({ layer, code: word, path, detail }: LayerFinding): Item {
  const place = layer === null ? 'image' : `layer ${layer}`;
  return [
    {
      status: null,
      lead: `${place}  ${word}`,
      name: path === undefined ? [] : [name(path)],
      remark: detail === undefined ? [] : [name(detail)],
      tone: null,
    },
  ];
}

function fileList(section: FileSection): List | null {
  const { files, directories, volatile, ignored, groups } = section;
  if (groups.length === 0 && volatile + ignored === 0) return null;
  const told = tellCounts(files);
  const apart = tellCounts(directories);
  const totals = [
    ...(told === '' ? [] : [told]),
    ...(apart === '' ? [] : [`directories: ${apart}`]),
    ...(volatile === 0 ? [] : [`${formatNumber(volatile)} volatile, not counted`]),
    ...(ignored === 0 ? [] : [`${formatNumber(ignored)} ignored`]),
  ];
  return {
    kind: 'list',
    heading: 'Files',
    title: fileTitle(section),
    totals: [totals.join('; ')],
    groups: groups.map(fileGroup),
    isOpen: false,
    atLeast: 0,
  };
}

/** `**12 files**: 8 added, 4 modified` */
function fileTitle({ files, directories }: FileSection): Phrase {
  const sum = ({ added, modified, removed }: PathCounts): number => added + modified + removed;
  const [told, apart] = [tellCounts(files), tellCounts(directories)];
  if (told === '')
    return phrase`${strong(formatCount(sum(directories), 'directory', 'directories'))}: ${apart}`;
  return phrase`${strong(formatCount(sum(files), 'file'))}: ${told}${apart === '' ? '' : `; directories: ${apart}`}`;
}

/** `2 added, 1 removed`; empty where nothing changed. */
function tellCounts({ added, modified, removed }: PathCounts): string {
  return Object.entries({ added, modified, removed })
    .filter(([, count]) => count > 0)
    .map(([status, count]) => `${formatNumber(count)} ${status}`)
    .join(', ');
}

/** Of a list that is too long so many are named. */
const LARGEST = 10;

function fileGroup({ layer, step, lines, directories }: FileGroup): Group {
  const [where, gone] = [`layer ${layer}`, 'no longer in any layer'];
  const quoted = step === null || step === '' ? [] : phrase` ${name(step)}`;
  const onPage = phrase`${layer === null ? 'No longer in any layer' : `Layer ${layer}`}${quoted}: ${tally(lines)}`;
  const onTerminal = layer === null ? [gone] : phrase`${where} ${quoted}`;
  return {
    title: [brief(onPage, onTerminal)],
    label: `files ${layer === null ? gone : `of ${where}`} (${formatNumber(lines.length)})`,
    ...itemsOf(lines, fileItem),
    summary: directories.length === 0 ? null : { items: directories.map(directoryItem), most: LARGEST },
  };
}

function tally(lines: readonly FileLine[]): string {
  const counts = { added: 0, modified: 0, removed: 0 };
  const directories = { ...counts };
  let bytes = 0;
  for (const { status, delta, isDirectory } of lines) {
    (isDirectory ? directories : counts)[status] += 1;
    bytes += delta ?? 0;
  }
  const [told, apart] = [tellCounts(counts), tellCounts(directories)];
  const size = bytes === 0 ? '' : ` (${formatSizeDelta(bytes)} uncompressed)`;
  return `${[told, ...(apart === '' ? [] : [`directories: ${apart}`])].filter((each) => each !== '').join('; ')}${size}`;
}

function directoryItem({ path, delta, ...counts }: DirectoryLine): Item {
  return [
    {
      status: null,
      lead: formatSizeDelta(delta).padStart(SIZE_WIDTH),
      name: [name(path)],
      remark: [tellCounts(counts)],
      tone: 'muted',
    },
  ];
}

const SIZE_WIDTH = 9;

function fileItem({ status, path, linkTarget, delta, remarks: said, rank }: FileLine): Item {
  const link = linkTarget === null ? [] : phrase`${brief([' → '], [' -> '])}${name(linkTarget)}`;
  const remark = name(said.join(', '));
  return [
    {
      status,
      lead: (delta === null ? '' : formatSizeDelta(delta)).padStart(SIZE_WIDTH),
      name: phrase`${name(path)}${link}`,
      remark: said.length === 0 ? [] : [brief(phrase`(${remark})`, remark)],
      tone: rank === 0 ? 'bad' : 'muted',
    },
  ];
}

/** All that someone needs to look at the same things again. */
function evidenceOf(image: ImageReport): Phrase[] {
  const { snapshot, snapshotDigest, reference, change, attachments } = image;
  const again = commandToCompare(image);
  const base = change?.comparison.base;
  const named = (label: string, value: string | null | undefined): Phrase[] =>
    value == null ? [] : [phrase`${label} ${name(value)}`];
  return [
    ...named('snapshot', snapshotDigest),
    ...named('manifest', snapshot.manifest?.digest),
    ...named('config', snapshot.config.digest),
    ...named('read from', reference),
    ...named('baseline snapshot', base?.snapshotDigest),
    ...named('baseline manifest', base?.manifestDigest),
    ...named('baseline commit', change?.baseline.commit),
    ...attachments.slice(0, ATTACHMENTS_NAMED).map(tellAttachment),
    ...(again === null ? [] : [phrase`again: ${code(again)}`]),
  ];
}

const shorten = (digest: Digest): string => hexOf(digest).slice(0, SHORT_DIGEST);

/** What a shell takes as it stands. */
const PLAIN_WORD = /^(?!-)[\w@%+=:,./~-]+$/;

/**
 * The command that compares the same two again: from the store that keeps both, or by their references where the user
 * named both. Null where there is none, as for the cache of a workflow, which no command reads.
 */
function commandToCompare({
  snapshotDigest,
  reference,
  platform,
  change,
  keptIn,
}: ImageReport): string | null {
  if (change === null) return null;
  const { found, place, snapshotDigest: base } = change.baseline;
  if (keptIn === place && place !== 'cache' && PLAIN_WORD.test(place))
    return `varve compare ${shorten(base)} ${shorten(snapshotDigest)} --baseline ${place}`;
  const isByReference = (found === 'image' || found === 'snapshot') && keptIn === null;
  return isByReference && PLAIN_WORD.test(place) && PLAIN_WORD.test(reference)
    ? `varve compare ${place} ${reference} --platform ${platform}`
    : null;
}

/** Which snapshot it was compared with and why, and what reading it cost. */
const costOf = (image: ImageReport): Phrase[] => [
  ...(image.change === null ? [] : [comparedWith(image.change.baseline)]),
  join(tellSizes(image.size), ', '),
  ...tellReadings(image),
  ...image.asides.map(readNote),
];

function tellReadingsTogether(image: ImageReport): Phrase[] {
  const readings = tellReadings(image);
  return readings.length === 0 ? [] : [join(readings, '; ')];
}

/** The same, and what pages say elsewhere. */
function closingLines(image: ImageReport, { whole }: SectionOptions): Phrase[] {
  const { size, change, keptIn, attachments, snapshotDigest, asides } = image;
  return [
    join(tellSizes(size), ', '),
    ...(change === null ? [] : [comparedWith(change.baseline)]),
    ...(keptIn === null ? [] : [tellKept(keptIn, image)]),
    ...asides.map(readNote),
    ...tellReadingsTogether(image),
    ...(attachments.length === 0 ? [] : [tellAttached(attachments)]),
    phrase`snapshot ${name(whole ? snapshotDigest : shorten(snapshotDigest))}`,
  ];
}
