import { formatNumber } from '../../../base/human-size.ts';
import { code, htmlCode, prose } from '../escape-markdown.ts';
import { VERDICT_SIGNS } from '../headline.ts';
import { byWeight } from '../platforms-sentence.ts';
import type { ImageReport, Report } from '../report.ts';
import { displayName } from '../visible.ts';
import { details } from './details.ts';
import type { Section } from './sections.ts';

/** How many platforms have a part of their own, where length is limited. */
export const PLATFORMS_SHOWN = 30;

const NAME_LENGTH = 60;
const PROBLEM_LENGTH = 300;
const LABELS_SHOWN = 12;

/** What became of platforms that have no part: they failed, or are gone. */
export function absenceSections({ gone, failures }: Report): Section[] {
  const more = gone.length > PLATFORMS_SHOWN ? ' …' : '';
  const named = gone.slice(0, PLATFORMS_SHOWN).map(platformCode).join(', ');
  const [are, them] = gone.length === 1 ? ['is', 'it'] : ['are', 'them'];
  return [
    ...failures
      .slice(0, PLATFORMS_SHOWN)
      .map(({ platform, problem }) =>
        keep(`> ❌ ${platformCode(platform)} failed: ${prose(displayName(problem, PROBLEM_LENGTH))}`),
      ),
    ...(gone.length === 0
      ? []
      : [keep(`> ⚠️ ${named}${more} ${are} gone: the baseline has ${them}, this image has not.`)]),
  ];
}

/**
 * The parts of a report on several platforms, changed ones first: those without a change are folded, and what was said
 * of one is not repeated of another.
 * @param most how many platforms have a part.
 */
export function platformSections(
  { images }: Report,
  most: number,
  describe: (image: ImageReport) => Section[],
): Section[] {
  const shown = byWeight(images).slice(0, most);
  const left = images.length - shown.length;
  const said: Said = new Map();
  return [
    ...shown.flatMap((image) => part(image, describe(image), said)),
    ...(left === 0 ? [] : [{ ...keep(`… and ${formatNumber(left)} more platforms`), shortened: true }]),
  ];
}

/** What earlier parts say, and of which platform. */
type Said = Map<string, string>;

const keep = (markdown: string): Section => ({ markdown, title: null });

const platformCode = (platform: string): string => code(displayName(platform, NAME_LENGTH));

function part(image: ImageReport, sections: readonly Section[], said: Said): Section[] {
  const { platform, verdict, notes } = image;
  const sign = VERDICT_SIGNS[verdict.kind];
  if ((verdict.kind === 'unchanged' || verdict.kind === 'rebuilt') && notes.length === 0) {
    const summary = `${sign} <b>${htmlCode(displayName(platform, NAME_LENGTH))}</b> ${verdict.sentence}`;
    const body = sections.map(({ markdown }) => markdown).join('\n\n');
    const shortened = sections.some((section) => section.shortened === true);
    return [{ markdown: details(summary, body), title: platformCode(platform), shortened }];
  }
  return [
    keep(`#### ${sign} ${platformCode(platform)} ${verdict.sentence}`),
    ...withoutRepeats(platform, sections, said).map((section) => ({
      ...section,
      title: `${platformCode(platform)}: ${section.title ?? section.label ?? 'facts'}`,
    })),
  ];
}

/** Replaces what earlier platforms say word by word with a line that tells where it stands, and folds what is alike. */
function withoutRepeats(platform: string, sections: readonly Section[], said: Said): readonly Section[] {
  const repeated = new Map<string, Set<string>>();
  const kept = sections.flatMap((section): Section[] => {
    const { markdown, title, label = title, alike } = section;
    if (label === null) return [section];
    const elsewhere = said.get(markdown);
    if (elsewhere !== undefined) {
      repeated.set(elsewhere, (repeated.get(elsewhere) ?? new Set()).add(label));
      return [];
    }
    said.set(markdown, platform);
    if (alike === undefined) return [section];
    const folded = said.has(alike.key);
    said.set(alike.key, platform);
    return [folded ? { ...section, markdown: alike.folded } : section];
  });
  const references = [...repeated].map(([other, labels]) => keep(referenceTo(other, [...labels])));
  // The last two are digests and small print.
  return [...kept.slice(0, -2), ...references, ...kept.slice(-2)];
}

function referenceTo(platform: string, labels: readonly string[]): string {
  const more = labels.length > LABELS_SHOWN ? ` and ${labels.length - LABELS_SHOWN} more` : '';
  return `The same as for ${platformCode(platform)}: ${labels.slice(0, LABELS_SHOWN).join(', ')}${more}.`;
}
