import { formatCount, formatNumber, formatSize, formatSizeDelta } from '../../base/human-size.ts';
import type { Ignored } from '../comparison/ignored.ts';
import type { DescribedAttachment } from '../image/attestation.ts';
import type { FileSection } from './file-lines.ts';
import type { SizeFacts } from './measure.ts';
import { brief, code, join, name, type Phrase, phrase, strong } from './phrase.ts';
import type { ImageReport, Reading } from './report.ts';

const LEAST_PERCENT = 0.1;
const NAMED = 5;
const STATEMENTS_NAMED = 8;

/** The sizes of an image, each with what the change added. */
export function tellSizes(facts: SizeFacts): readonly Phrase[] {
  const { uncompressed, compressed, uncompressedDelta, compressedDelta, pull } = facts;
  const size = (bytes: number, added: number | null, what: string): Phrase =>
    phrase`${strong(formatSize(bytes))} ${what}${tellDelta(added, bytes)}`;
  return [
    ...(compressed === null ? [] : [size(compressed, compressedDelta, 'compressed')]),
    ...(pull === null || pull === 0 ? [] : [size(pull, null, 'to pull on top of the baseline')]),
    size(uncompressed, uncompressedDelta, 'uncompressed'),
  ];
}

function tellDelta(bytes: number | null, now: number): Phrase {
  if (bytes === null || bytes === 0) return [];
  const before = now - bytes;
  const percent = Math.abs(100 * bytes) / before;
  const told = before > 0 && percent >= LEAST_PERCENT;
  const share = told ? `, ${bytes < 0 ? '−' : '+'}${percent.toFixed(percent < 10 ? 1 : 0)} %` : '';
  return phrase` (${formatSizeDelta(bytes)}${brief([share], [])})`;
}

/** The same of both together in few words: `3 layers read, 4 not read again`; empty where there was nothing to read. */
export function tellReadingInShort({ reading, baseRead }: Pick<ImageReport, 'reading' | 'baseRead'>): string {
  const readings = [reading ?? [], baseRead?.reading ?? []].flat();
  const read = readings.reduce((sum, each) => sum + each.read, 0);
  const known = readings.reduce((sum, each) => sum + each.reused, 0);
  if (read === 0) return known === 0 ? '' : 'no layer read again';
  return `${formatCount(read, 'layer')} read${known === 0 ? '' : `, ${formatNumber(known)} not read again`}`;
}

/** What was read of the image, and of the one that it is compared with where that was read too. */
export function tellReadings({ reading, baseRead }: Pick<ImageReport, 'reading' | 'baseRead'>): Phrase[] {
  const isAllKnown = reading?.read === 0 && baseRead?.reading.read === 0;
  if (isAllKnown && reading.reused + baseRead.reading.reused > 0) {
    return [['all layers of both images were known and not read again']];
  }
  return [
    ...(reading === null ? [] : [tellReading(reading)]),
    ...(baseRead === undefined ? [] : [phrase`baseline: ${tellReading(baseRead.reading)}`]),
  ];
}

/** What an image cost: `3 layers read (82.1 MB) from an export of the engine, 4 known and not read again`. */
export function tellReading({ reused, read, bytesRead, from }: Reading): Phrase {
  if (read === 0 && reused === 0) return ['there was no layer to read'];
  if (read === 0) {
    const known = reused === 1 ? 'the layer was known' : `all ${formatNumber(reused)} layers were known`;
    return [`${known} and not read again`];
  }
  const source = from.length === 0 ? '' : ` from ${from.join(' and ')}`;
  const known = reused === 0 ? '' : `, ${formatNumber(reused)} known and not read again`;
  return [`${formatCount(read, 'layer')} read (${formatSize(bytesRead)})${source}${known}`];
}

/** What the user's own patterns hide, by pattern: ``12 differences ignored by `ignore`: `**` (10), `/config/**` (2)``. */
export function tellIgnoring({ files, config, rules }: Ignored): Phrase {
  const named = rules
    .slice(0, NAMED)
    .map((rule) => phrase`${code(rule.pattern)} (${formatNumber(rule.files + rule.config)})`);
  const more = rules.length > NAMED ? ` and ${formatNumber(rules.length - NAMED)} more patterns` : '';
  return phrase`${formatCount(files + config, 'difference')} ignored by ${code('ignore')}: ${join(named, ', ')}${more}`;
}

/**
 * Names the files that newly run with more rights: `1 file runs with new rights: bin/su (setuid root)`; null when there
 * are none.
 */
export function tellRights({ privileged }: FileSection): Phrase | null {
  if (privileged.length === 0) return null;
  const named = privileged
    .slice(0, NAMED)
    .map(({ path, remarks: [right = ''] }) => phrase`${name(path)} (${right})`);
  const others = privileged.length > NAMED ? ` and ${formatNumber(privileged.length - NAMED)} more` : '';
  const run = privileged.length === 1 ? 'runs' : 'run';
  return phrase`${formatCount(privileged.length, 'file')} ${run} with new rights: ${join(named, ', ')}${others}`;
}

/** What follows from there being nothing to compare an image with; null where nothing does. */
export function tellAlone({ keptIn, pullRequest, isNew }: ImageReport): Phrase | null {
  if (isNew === true) return ['The baseline has nothing of this platform.'];
  if (pullRequest !== null)
    return [
      'Pull requests are compared with what a run on the base branch has saved: run Varve on that branch first.',
    ];
  return keptIn === null ? null : ['The next run is compared with this one.'];
}

/** Where the snapshot is kept for the next run. */
export function tellKept(place: string, { change, pullRequest }: ImageReport): Phrase {
  const isFirst = change === null && pullRequest === null;
  return phrase`kept in ${name(place)}${isFirst ? ' for the next comparison' : ''}`;
}

/** How many paths differ only as each rebuild makes them. */
export function tellVolatile(count: number): Phrase {
  const [differ, are] = count === 1 ? ['differs', 'is'] : ['differ', 'are'];
  return [`${formatCount(count, 'path')} that ${differ} in every rebuild (logs, caches) ${are} not counted.`];
}

/** What the statements of attestations are called, by the beginning of their predicate types; a version follows. */
const PREDICATES: readonly (readonly [start: string, words: string])[] = [
  ['https://slsa.dev/provenance/', 'SLSA provenance'],
  ['https://spdx.dev/Document', 'SPDX SBOM'],
  ['https://cyclonedx.org/bom', 'CycloneDX SBOM'],
];

/** What attachments are, in as few words as there are, each once: `attached: SLSA provenance v1`. */
export function tellAttached(attachments: readonly DescribedAttachment[]): Phrase {
  const names = [...new Set(attachments.flatMap(namesOf))];
  const left = names.length - STATEMENTS_NAMED;
  return phrase`attached: ${nameStatements(names)}${left > 0 ? ` and ${formatNumber(left)} more` : ''}`;
}

/** One attachment by its digest, with what it states. */
export function tellAttachment(attachment: DescribedAttachment): Phrase {
  const { kind, digest } = attachment;
  const stated = namesOf(attachment).filter((each) => each !== kind);
  return phrase`${kind} ${name(digest)}${stated.length === 0 ? '' : phrase`: ${nameStatements(stated)}`}`;
}

function nameStatements(names: readonly string[]): Phrase {
  const named = names.slice(0, STATEMENTS_NAMED).map((each) => [name(each)]);
  return join(named, ', ');
}

function namesOf({ kind, artifactType, predicateTypes }: DescribedAttachment): string[] {
  return predicateTypes.length === 0 ? [artifactType ?? kind] : predicateTypes.map(namePredicate);
}

function namePredicate(type: string): string {
  const known = PREDICATES.find(([start]) => type.startsWith(start));
  if (known === undefined) return type;
  const [start, words] = known;
  return `${words} ${type.slice(start.length).replace(/^\//, '')}`.trim();
}
