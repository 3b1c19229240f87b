import { isDigest } from '../base/digest.ts';
import { VarveError } from '../base/errors.ts';
import { advise } from '../core/comparison/advise.ts';
import { type CompareOptions, compareSnapshots } from '../core/comparison/compare.ts';
import type { Comparison } from '../core/comparison/comparison.ts';
import type { SnapshotView } from '../core/comparison/snapshot-view.ts';
import { tellStory } from '../core/comparison/story.ts';
import type { HistoryEntry } from '../core/history/history.ts';
import { parseHistoryExpression } from '../core/history/history-expression.ts';
import type { Platform } from '../core/image/platform.ts';
import { makeReport } from '../core/report/make-report.ts';
import { platformNotes } from '../core/report/platform-notes.ts';
import type { Report } from '../core/report/report.ts';
import type { Origin } from '../core/surface/pack-artefact.ts';
import type { LayerTools } from './analyse-layers.ts';
import { loadSnapshot } from './load-snapshot.ts';
import { type ImageTools, imageDigestOf, openImage } from './open-image.ts';
import { takeSnapshot } from './take-snapshot.ts';

export interface CompareImagesRequest {
  /** Each an image reference, the digest of a stored snapshot, or `history:NAME~N`. */
  readonly base: string;
  readonly target: string;
  readonly platform: Platform | undefined;
  readonly comparing: CompareOptions;
  /** How artefacts are marked that reading the images adds to the store. */
  readonly origin: Origin;
}

/** A side of a comparison: the snapshot, and how it is spoken of. */
interface Side {
  readonly view: SnapshotView;
  readonly reference: string;
  readonly name: string;
  readonly entry: HistoryEntry | null;
}

/**
 * Compares two images or stored snapshots. Images that are read are kept in the store, but enter no history.
 * @throws VarveError `artefact-not-found` for what the store does not have; as reading images does.
 */
export async function compareImages(
  tools: ImageTools & LayerTools,
  { base, target, platform, comparing, origin }: CompareImagesRequest,
): Promise<{ readonly comparison: Comparison; readonly report: Report }> {
  const baseSide = await openSide(tools, base, platform, origin);
  // The base's platform holds for the target too, so that like is compared with like.
  const targetSide = await openSide(tools, target, platform ?? baseSide.view.snapshot.platform, origin);
  const comparison = await compareSnapshots(baseSide.view, targetSide.view, comparing);
  const report = makeReport([
    {
      name: targetSide.name,
      reference: targetSide.reference,
      snapshot: targetSide.view.snapshot,
      snapshotDigest: targetSide.view.snapshotDigest,
      change: {
        baseline: describeBase(baseSide, targetSide),
        comparison,
        story: tellStory(comparison),
        advice: advise(comparison).map(({ text }) => text),
      },
      keptIn: null,
      reading: null,
      findings: [],
      attachments: [],
      notes: platformNotes(targetSide.view.snapshot.platform),
    },
  ]);
  return { comparison, report };
}

async function openSide(
  tools: ImageTools & LayerTools,
  text: string,
  platform: Platform | undefined,
  origin: Origin,
): Promise<Side> {
  const { store } = tools;
  if (isDigest(text)) {
    return { view: await loadSnapshot(store, origin.tenant, text), reference: text, name: text, entry: null };
  }
  const expression = parseHistoryExpression(text);
  if (expression !== null) {
    const entry = await findEntry(tools, text, expression, platform, origin.tenant);
    const view = await loadSnapshot(store, origin.tenant, entry.snapshotDigest);
    return { view, reference: entry.reference, name: entry.name, entry };
  }
  await using opened = await openImage(tools, [text], platform);
  const { source, image } = opened;
  const marked = { ...origin, source: { ...origin.source, imageDigest: imageDigestOf(image) } };
  const { digest } = await takeSnapshot(tools, image, marked);
  const view = await loadSnapshot(store, origin.tenant, digest);
  return { view, reference: source.reference, name: source.embeddedName ?? source.reference, entry: null };
}

async function findEntry(
  { store }: ImageTools & LayerTools,
  text: string,
  { name, back }: { readonly name: string; readonly back: number },
  platform: Platform | undefined,
  tenant: string,
): Promise<HistoryEntry> {
  const entries: HistoryEntry[] = [];
  const query = { tenant, name, ...(platform && { platform }) };
  for await (const entry of store.history.list(query)) {
    entries.push(entry);
    if (entries.length > back) return entry;
  }
  const count = entries.length;
  throw new VarveError('artefact-not-found', `${store.location} has ${count} snapshots of ${name}`, {
    object: text,
    hint: `varve history ${name} lists them`,
  });
}

function describeBase(base: Side, target: Side) {
  const { entry, reference, view } = base;
  const age =
    entry === null || target.entry === null
      ? null
      : (Date.parse(target.entry.time) - Date.parse(entry.time)) / 1000;
  return {
    found: isDigest(reference) ? ('snapshot' as const) : ('image' as const),
    place: reference,
    snapshotDigest: view.snapshotDigest,
    commit: entry?.commit ?? null,
    branch: entry?.branch ?? null,
    time: entry?.time ?? null,
    distance: null,
    countedFrom: 'built' as const,
    age,
  };
}
