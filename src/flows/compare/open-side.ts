import { isDigest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { formatCount } from '../../base/human-size.ts';
import type { SnapshotView } from '../../core/comparison/snapshot-view.ts';
import { isSameRun, isSharedRun } from '../../core/history/choose-baseline.ts';
import type { HistoryEntry } from '../../core/history/history.ts';
import { type HistoryExpression, parseHistoryExpression } from '../../core/history/history-expression.ts';
import { nameRepository } from '../../core/history/name-image.ts';
import { noHistoryOf } from '../../core/history/no-history.ts';
import type { AbsentImage } from '../../core/image/image-source.ts';
import type { ReadImage } from '../../core/report/report.ts';
import type { Store } from '../../core/store/store.ts';
import { noteDamages } from '../../core/surface/damage.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import {
  choosePlatform,
  formatPlatform,
  type Platform,
  type PlatformWish,
  platformsWithout,
} from '../../core/words/platform.ts';
import type { BaseSubject } from '../base-image/base-search.ts';
import { hintsLater, storedHints } from '../base-image/read-hints.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import { loadEntry, loadSnapshot, viewSnapshot } from '../image/load-snapshot.ts';
import { type ImageTools, imageDigestOf, openImages } from '../image/open-image.ts';
import { nameFailure, throwFailures } from '../image/platform-failure.ts';
import { reopeningCodeReader } from '../image/read-code.ts';
import { forgetLayers, type TakenSnapshot, takeSnapshots } from '../image/take-snapshot.ts';
import { findName } from '../look/find-name.ts';

/** One platform of a side of a comparison: the snapshot, and how it is spoken of. */
export interface Side {
  readonly view: SnapshotView;
  /** The platform that it is listed under. */
  readonly platform: Platform;
  readonly reference: string;
  readonly name: string;
  readonly entry: HistoryEntry | null;
  /** What it says of the image that it is built on. */
  readonly readHints: BaseSubject['readHints'];
  /** What was wrong with what the store knew of its layers. */
  readonly notes: readonly string[];
  /** What reading it gave; null where it is stored. */
  readonly read: ReadImage | null;
  /** Other images that the place lists and does not hold. */
  readonly absent: readonly AbsentImage[];
  /** Reads all layers again, whatever the store knows about them; null if the image itself cannot be read. */
  readonly readAgain: (() => Promise<Side>) | null;
}

/** What there is not of a stored snapshot. */
const STORED = { notes: [], read: null, absent: [], readAgain: null } as const;

/** Whether a side is named by what a store keeps, and not by an image. */
export const isKept = (text: string): boolean => isDigest(text) || parseHistoryExpression(text) !== null;

/**
 * Opens what stands on a side of a comparison, of each platform that is wanted; there is at least one.
 * @param kept where history and snapshots are looked up; images that are read are kept in the tools' own store.
 * @param text an image reference, the digest of a stored snapshot, or `history:NAME~N`.
 * @throws VarveError `not-in-store` for what the store does not have; as reading images does.
 */
export async function openSide(
  tools: ImageTools & LayerTools,
  kept: Store,
  text: string,
  wanted: PlatformWish,
  origin: Origin,
): Promise<readonly [Side, ...Side[]]> {
  if (isDigest(text)) {
    const view = await loadSnapshot(kept, origin.tenant, text);
    const { platform } = view.snapshot;
    const readHints = storedHints(view);
    return [{ ...STORED, view, platform, reference: text, name: text, entry: null, readHints }];
  }
  const expression = parseHistoryExpression(text);
  const [first, ...others] =
    expression === null
      ? await takeSides(tools, text, wanted, origin)
      : await recallSides(kept, tools.host, text, expression, wanted, origin.tenant);
  if (first === undefined) throw new VarveError('internal', `${text} was not opened`);
  return [first, ...others];
}

async function takeSides(
  tools: ImageTools & LayerTools,
  reference: string,
  wanted: PlatformWish,
  origin: Origin,
): Promise<Side[]> {
  await using opened = await openImages(tools, [reference], wanted);
  const { source, images } = opened;
  throwFailures(opened.failures);
  const marked = images.map(({ image, platform }) => ({
    image,
    platform,
    origin: { ...origin, source: { ...origin.source, imageDigest: imageDigestOf(image) } },
  }));
  const sides: Side[] = [];
  for (const { platform, taken } of await takeSnapshots(tools, marked, origin.tenant)) {
    if (taken instanceof VarveError)
      throw marked.length > 1 ? nameFailure({ platform, error: taken }) : taken;
    const { snapshot } = taken;
    const view = {
      ...(await viewSnapshot(tools.store, origin.tenant, taken)),
      readCode: reopeningCodeReader(tools, origin.tenant, { reference, platform, snapshot }),
    };
    const name = source.embeddedName === null ? source.reference : nameRepository(source.embeddedName);
    const notes = noteDamages(tools.store.location, taken.damages);
    const readAgain = () => takeSideAgain(tools, reference, taken, platform, origin);
    const { reading, findings } = taken;
    sides.push({
      ...{ view, platform, reference: source.reference, name, entry: null, notes, readAgain },
      ...{ read: { reading, findings }, absent: source.absent },
      readHints: hintsLater(tools, reference, source, view),
    });
  }
  return sides;
}

async function takeSideAgain(
  tools: ImageTools & LayerTools,
  reference: string,
  { snapshot }: TakenSnapshot,
  platform: Platform,
  origin: Origin,
): Promise<Side> {
  await forgetLayers(tools.store, origin.tenant, snapshot.layers);
  const [side] = await takeSides(tools, reference, platform, origin);
  if (side === undefined) throw new VarveError('internal', `${reference} was not opened`);
  return side;
}

async function recallSides(
  kept: Store,
  host: Platform,
  text: string,
  written: HistoryExpression,
  wanted: PlatformWish,
  tenant: string,
): Promise<Side[]> {
  const expression = { ...written, name: await findName(kept, tenant, written.name) };
  const platforms = await platformsOf(kept, host, expression.name, wanted, tenant);
  const entries: HistoryEntry[] = [];
  for (const platform of platforms) {
    const { entry, count } = await findEntry(kept, expression, platform, tenant);
    // Among several, one that is younger than the others is not on this side.
    if (entry === null && (wanted !== 'all' || count === 0))
      throw await notThere(kept, text, expression, tenant, count);
    if (entry !== null) entries.push(entry);
  }
  if (entries.length === 0) throw await notThere(kept, text, expression, tenant, 0);
  if (wanted === 'all') entries.push(...(await findGonePlatforms(kept, entries, platforms)));
  const sides: Side[] = [];
  for (const entry of entries) {
    const view = await loadEntry(kept, entry);
    const { platform, reference, name } = entry;
    sides.push({ ...STORED, view, platform, reference, name, entry, readHints: storedHints(view) });
  }
  return sides;
}

/** Entries for platforms that the runs of some entries had, and that the newest run no longer has. */
async function findGonePlatforms(
  { history }: Store,
  entries: readonly HistoryEntry[],
  platforms: readonly Platform[],
): Promise<HistoryEntry[]> {
  const found: HistoryEntry[] = [];
  for (const { tenant, name, scanId, platforms: taken = [] } of entries) {
    const known = [...platforms, ...found.map(({ platform }) => platform)];
    for (const platform of platformsWithout(taken, known)) {
      for await (const entry of history.list({ tenant, name, platform })) {
        if (!isSameRun(entry.scanId, scanId)) continue;
        found.push(entry);
        break;
      }
    }
  }
  return found;
}

/** Whether a run by hand took one platform. */
const isSingle = ({ scanId, platforms }: HistoryEntry): boolean =>
  platforms === undefined && !isSharedRun(scanId);

/**
 * Those that the newest run took, which may be jobs of one workflow; of several the one that is wanted. Runs by hand
 * that took one platform each do not belong together: of these, all that the history has.
 */
async function platformsOf(
  { history }: Store,
  host: Platform,
  name: string,
  wanted: PlatformWish,
  tenant: string,
): Promise<readonly Platform[]> {
  if (wanted !== undefined && wanted !== 'all') return [wanted];
  const platforms = new Map<string, Platform>();
  let newest: HistoryEntry | null = null;
  for await (const entry of history.list({ tenant, name })) {
    newest ??= entry;
    const isOfRun = isSameRun(entry.scanId, newest.scanId);
    const isAlone = wanted === 'all' && isSingle(newest) && isSingle(entry);
    if (!isOfRun && !isAlone) break;
    if (!platforms.has(formatPlatform(entry.platform)))
      platforms.set(formatPlatform(entry.platform), entry.platform);
  }
  const found = [...platforms.values()];
  return wanted === 'all' || found.length < 2
    ? found
    : [choosePlatform(found, undefined, host, { of: name })];
}

async function findEntry(
  { history }: Store,
  { name, back }: HistoryExpression,
  platform: Platform,
  tenant: string,
): Promise<{ readonly entry: HistoryEntry | null; readonly count: number }> {
  let count = 0;
  for await (const entry of history.list({ tenant, name, platform })) {
    if (count === back) return { entry, count };
    count += 1;
  }
  return { entry: null, count };
}

async function notThere(
  { location, history }: Store,
  text: string,
  { name }: HistoryExpression,
  tenant: string,
  count: number,
): Promise<VarveError> {
  if (count > 0) {
    return new VarveError(
      'not-in-store',
      `${text} is not in ${location}, which has ${formatCount(count, 'snapshot')} of ${name}`,
      {
        object: text,
        hint: `varve history ${name} lists them`,
      },
    );
  }
  return noHistoryOf(name, location, await history.names(tenant));
}
