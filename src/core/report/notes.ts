import { formatCount } from '../../base/human-size.ts';
import { ATTENTION, attentionIn } from '../comparison/attention-gained.ts';
import type { Comparison } from '../comparison/comparison.ts';
import { IGNORED, ignoredIn } from '../comparison/ignored.ts';
import { UNCOMPARED, uncomparedIn } from '../comparison/uncompared.ts';
import type { Platform } from '../words/platform.ts';
import { join, name, type Phrase, phrase, readQuotes } from './phrase.ts';
import { plainText } from './plain-text.ts';
import type { LayerFinding, Report } from './report.ts';
import { displayName } from './visible.ts';

const NAMED = 10;
const SENTENCE_LENGTH = 500;

/** A note as a phrase: what it quotes in backquotes is code. */
export const readNote = (note: string): Phrase => readQuotes(displayName(note, SENTENCE_LENGTH));

/** All that a reader of a report must know, in plain text; notes on one of several platforms say on which. */
export function allNotes(report: Report): readonly string[] {
  const { images, notes } = report;
  const several = images.length > 1;
  const told = images.flatMap((image) =>
    image.notes.map((note) =>
      several ? phrase`${name(image.platform)}: ${readNote(note)}` : readNote(note),
    ),
  );
  return [...goneNotes(report), ...absentNotes(report), ...notes.map(readNote), ...told].map((note) =>
    plainText(note),
  );
}

/** What is good to know, and no trouble, each once. */
export function allAsides({ images }: Report): readonly string[] {
  return [...new Set(images.flatMap(({ asides }) => asides))].map((aside) => plainText(readNote(aside)));
}

/** All findings of a report in plain text, for a face whose document has no place for them. */
export function allFindings({ images }: Report): readonly string[] {
  const several = images.length > 1;
  return images.flatMap(({ platform, findings, baseRead }) => {
    const of = several ? `${platform}: ` : '';
    return [
      ...findings.map((finding) => `${of}${tellFinding(finding)}`),
      ...(baseRead?.findings ?? []).map((finding) => `${of}baseline: ${tellFinding(finding)}`),
    ];
  });
}

/** A finding in plain text: `layer 3: escaping-path  ../x  the tar names it …`. */
export function tellFinding({ layer, code, path, detail }: LayerFinding): string {
  const parts = [path, detail].flatMap((part) =>
    part === undefined ? [] : displayName(part, SENTENCE_LENGTH),
  );
  return `${layer === null ? 'image' : `layer ${layer}`}: ${[code, ...parts].join('  ')}`;
}

/** Says which platforms the baseline has and the image no longer has. */
export function goneNotes({ gone }: Pick<Report, 'gone'>): readonly Phrase[] {
  if (gone.length === 0) return [];
  const [are, them] = gone.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return [phrase`${named(gone)} ${are} gone: the baseline has ${them}, this image does not`];
}

/** Says which platforms an index names without having their images. */
export function absentNotes({ absent }: Pick<Report, 'absent'>): readonly Phrase[] {
  if (absent.length === 0) return [];
  const count = formatCount(absent.length, 'platform');
  return [phrase`the index names ${count} whose images are not here: ${named(absent)}`];
}

/** Says what is not done with the image of a platform. */
export function platformNotes({ os }: Platform): string[] {
  if (os !== 'windows') return [];
  return ['the layers of Windows images are listed but not merged, so files are not compared'];
}

/** Names what a comparison says that no part of a report shows: sections that other versions make. */
export function sectionNotes({ sections }: Pick<Comparison, 'sections'>): string[] {
  const shown = [
    ...understood(UNCOMPARED, uncomparedIn({ sections })),
    ...understood(IGNORED, ignoredIn({ sections })),
    ...understood(ATTENTION, attentionIn({ sections })),
  ];
  const names = Object.keys(sections).filter((each) => !shown.includes(each) && sections[each] !== null);
  if (names.length === 0) return [];
  const more = names.length > NAMED ? ' …' : '';
  const quoted = names.slice(0, NAMED).map((each) => `\`${each}\``);
  return [`the comparison has parts that this version does not show: ${quoted.join(', ')}${more}`];
}

/** The name of a section that was understood; none for one of a later form. */
const understood = (name: string, section: object | null): string[] => (section === null ? [] : [name]);

function named(names: readonly string[]): Phrase {
  const shown = join(
    names.slice(0, NAMED).map((each) => [name(each)]),
    ', ',
  );
  return names.length > NAMED ? phrase`${shown} …` : shown;
}
