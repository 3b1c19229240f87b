import { type Pausable, runAtOnce } from '../../base/pausable.ts';
import { attentionIn } from '../comparison/attention-gained.ts';
import type { Comparison } from '../comparison/comparison.ts';
import { countIgnoredFiles } from '../comparison/ignored.ts';
import { measureImage } from '../snapshot/image-size.ts';
import { formatPlatform } from '../words/platform.ts';
import { advise } from './advise.ts';
import { type AttentionLine, indexNamer, tellAttention } from './attention.ts';
import { fileSection } from './file-lines.ts';
import { comparedLines, type LayerLocations, snapshotLines } from './layer-lines.ts';
import { measureOfComparison, measureOfSnapshot, type SizeFacts } from './measure.ts';
import { layerNamer } from './name-layer.ts';
import { sectionNotes } from './notes.ts';
import { outcomeAlone, outcomeOf, unverified } from './outcome.ts';
import { mapTexts, type Phrase } from './phrase.ts';
import type { ImageReport, Report, ReportedImage, RunRemarks } from './report.ts';
import { settingChanges } from './setting-changes.ts';
import { tellStory } from './story.ts';
import { uncomparedNotes } from './uncompared.ts';
import { withoutCredentials } from './withhold.ts';

const NOTHING_MORE: RunRemarks = { gone: [], absent: [], failures: [], notes: [] };

/** Makes the report of a run, one part for each image given (the platforms of one name). */
export function makeReport(...run: Parameters<typeof makeReportPausable>): Report {
  return runAtOnce(makeReportPausable(...run));
}

/** The same in steps: a million changed files take a while. */
export function* makeReportPausable(
  images: readonly [ReportedImage, ...ReportedImage[]],
  { gone, absent, failures, notes }: RunRemarks = NOTHING_MORE,
): Pausable<Report> {
  const noted = images.map((image) => ({ ...image, notes: [...image.notes, ...sectionNotesOf(image)] }));
  const shared = sharedNotes(noted);
  const parts = noted.map((image) => ({
    ...image,
    notes: image.notes.filter((note) => !shared.includes(note)),
  }));
  const reported: ImageReport[] = [];
  for (const part of parts) reported.push(yield* reportOn(part));
  return {
    images: reported,
    gone: gone.map(formatPlatform),
    absent: [...absent],
    failures: failures.map(({ platform, problem }) => ({
      platform: formatPlatform(platform),
      problem: withoutCredentials(problem),
    })),
    notes: [...notes, ...shared].map(withoutCredentials),
  };
}

const sectionNotesOf = ({ change }: ReportedImage): string[] =>
  change === null ? [] : [...uncomparedNotes(change.comparison), ...sectionNotes(change.comparison)];

/** A note that several images share appears once. */
function sharedNotes(images: readonly ReportedImage[]): readonly string[] {
  const [first, ...others] = images;
  if (first === undefined || others.length === 0) return [];
  return [...new Set(first.notes)].filter((note) => others.every(({ notes }) => notes.includes(note)));
}

function* reportOn(image: ReportedImage): Pausable<ImageReport> {
  const { snapshot, change } = image;
  const measure = change === null ? measureOfSnapshot(snapshot) : measureOfComparison(change.comparison);
  const common = {
    ...image,
    measure,
    reference: withoutCredentials(image.reference),
    keptIn: image.keptIn === null ? null : withoutCredentials(image.keptIn),
    notes: image.notes.map(withoutCredentials),
    asides: (image.asides ?? []).map(withoutCredentials),
    platform: formatPlatform(image.listedAs ?? snapshot.platform),
    size: sizeFacts(image),
  };
  if (change === null) {
    const layers = snapshotLines(snapshot.layers, measure, image.locations);
    const serves = image.keptIn !== null && image.pullRequest === null;
    const outcome = outcomeAlone(snapshot, { serves, isNew: image.isNew === true });
    return { ...common, change, outcome, layers, files: null, attention: [], settings: [] };
  }
  const { comparison, baseline } = change;
  const story = tellStory(comparison, image.locations);
  const layers = comparedLines(comparison, measure, image.locations);
  const files =
    comparison.files === null
      ? null
      : yield* fileSection(comparison.files, layers, countIgnoredFiles(comparison));
  return {
    ...common,
    change: {
      comparison,
      baseline: { ...baseline, place: withoutCredentials(baseline.place) },
      story: story === null ? null : withoutSecrets(story),
      advice: (yield* advise(comparison, image.locations, image.baseImage?.after?.layers)).map(({ text }) =>
        withoutSecrets(text),
      ),
    },
    outcome: baseline.unverified ? unverified(outcomeOf(comparison)) : outcomeOf(comparison),
    layers,
    files,
    attention: tellGained(comparison, image.locations),
    settings: settingChanges(comparison.config),
  };
}

function tellGained(comparison: Comparison, locations: LayerLocations): AttentionLine[] {
  const targets = comparison.layers.flatMap(({ target }) => target ?? []);
  const nameLayer = indexNamer(targets, layerNamer(targets, locations));
  return (attentionIn(comparison)?.items ?? []).map((item) => {
    const line = tellAttention(item, nameLayer);
    return { ...line, sentence: withoutSecrets(line.sentence) };
  });
}

const withoutSecrets = (phrase: Phrase): Phrase => mapTexts(phrase, withoutCredentials);

function sizeFacts({ snapshot, change }: ReportedImage): SizeFacts {
  const { compressedSize, uncompressedSize } = measureImage(snapshot);
  return {
    uncompressed: uncompressedSize,
    compressed: compressedSize,
    uncompressedDelta: change?.comparison.size.uncompressedDelta ?? null,
    compressedDelta: change?.comparison.size.compressedDelta ?? null,
    pull: change?.comparison.size.pullBytes ?? null,
  };
}
