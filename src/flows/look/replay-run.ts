import { canonicalJson } from '../../base/canonical-json.ts';
import { VarveError } from '../../base/errors.ts';
import { keyText } from '../../core/analysis/analyzer-key.ts';
import type { FragmentRecord } from '../../core/analysis/fragment.ts';
import type { SourceImage } from '../../core/image/image-source.ts';
import type { Pointer } from '../../core/run/pointer.ts';
import { readSnapshot } from '../../core/snapshot/read-snapshot.ts';
import { imageFragments, type Snapshot } from '../../core/snapshot/snapshot.ts';
import type { Store } from '../../core/store/store.ts';
import { GIVEN_KINDS } from '../../core/surface/given-file.ts';
import { SURFACE_KIND } from '../../core/surface/keys.ts';
import type { ListedItem, SurfaceManifest } from '../../core/surface/manifest.ts';
import type { Origin } from '../../core/surface/pack-item.ts';
import { readPayload } from '../../core/surface/read-payload.ts';
import { buildSurfaceManifest, surfaceManifestDigest } from '../../core/surface/surface-manifest.ts';
import type { Damage } from '../../core/surface/surface-store.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import { type ImageTools, imageDigestOf, openImage } from '../image/open-image.ts';
import { takeSnapshot } from '../image/take-snapshot.ts';

export interface ReplayRequest {
  readonly pointer: Pointer;
  /** Reference of the image that the run was of. */
  readonly reference: string;
  readonly origin: Origin;
  /** Whether what the store has of the run was found to be undamaged. */
  readonly isSound: boolean;
}

/**
 * Derives again from an image what a run recorded of it, and compares the two. Where all is as recorded, the store knows
 * the image's layers from then on, as if a run had read them.
 * @param tools read into an empty store, which knows nothing that would spare reading.
 * @returns what is recorded otherwise than the image has it.
 * @throws VarveError `not-in-store` where the store has lost the snapshot; as opening and reading the image does.
 */
export async function replayRun(
  store: Store,
  tools: ImageTools & LayerTools,
  { pointer, reference, origin, isSound }: ReplayRequest,
): Promise<readonly Damage[]> {
  const { tenant } = pointer.run;
  const recorded = await readSnapshot(store.surface, tenant, pointer.snapshotDigest);
  if (recorded === null) throw lostSnapshot(store, pointer);
  await using opened = await openImage(tools, [reference], pointer.image.platform);
  const { snapshot, digest, items } = await takeSnapshot(tools, opened.image, origin);
  if (digest !== pointer.snapshotDigest) {
    return compareSnapshots(store, tools.store, tenant, recorded, snapshot);
  }
  const image = await store.surface.getSurfaceManifest(tenant, pointer.manifestDigest);
  const lists = canonicalJson(pointer.manifest.artifacts);
  if (image === null || canonicalJson(image.artifacts) !== lists || !isOfImage(image, opened.image, items)) {
    const object = `${SURFACE_KIND} ${pointer.manifestDigest}`;
    return [{ object, problem: 'lists other items than the image has' }];
  }
  if (isSound) await store.layers.record(tenant, snapshot);
  return [];
}

/** Whether a surface manifest lists what was made again, and else only what other tools may give. */
function isOfImage(recorded: SurfaceManifest, image: SourceImage, items: readonly ListedItem[]): boolean {
  const given = recorded.artifacts.filter(({ kind, view }) => view !== undefined && GIVEN_KINDS.has(kind));
  const { tenant, source } = recorded;
  const rebuilt = { tenant, imageDigest: imageDigestOf(image), source, artifacts: [...items, ...given] };
  return surfaceManifestDigest(buildSurfaceManifest(rebuilt)) === surfaceManifestDigest(recorded);
}

async function compareSnapshots(
  store: Store,
  scratch: Store,
  tenant: string,
  recorded: Snapshot,
  replayed: Snapshot,
): Promise<Damage[]> {
  const differ = (object: string, before: unknown, after: unknown): Damage[] =>
    JSON.stringify(before) === JSON.stringify(after)
      ? []
      : [{ object, problem: `is recorded as ${tell(before)}, and the image has ${tell(after)}` }];
  const damages = [
    ...differ('manifest', recorded.manifest?.digest, replayed.manifest?.digest),
    ...differ('config', recorded.config.digest, replayed.config.digest),
    ...differ('number of layers', recorded.layers.length, replayed.layers.length),
  ];
  const compare = (place: string, before: readonly FragmentRecord[], after: readonly FragmentRecord[]) =>
    compareFragments(store, scratch, { tenant, place, before, after });
  for (const [index, layer] of recorded.layers.entries()) {
    const now = replayed.layers[index];
    if (now === undefined) continue;
    const place = `layer ${index}`;
    damages.push(...differ(place, layer.diffId, now.diffId));
    if (layer.diffId === now.diffId) damages.push(...(await compare(place, layer.fragments, now.fragments)));
  }
  damages.push(...(await compare('image', imageFragments(recorded), imageFragments(replayed))));
  if (damages.length > 0) return damages;
  return [{ object: 'snapshot', problem: 'states something of the image that the image does not have' }];
}

interface ComparedFragments {
  readonly tenant: string;
  readonly place: string;
  readonly before: readonly FragmentRecord[];
  readonly after: readonly FragmentRecord[];
}

async function compareFragments(
  store: Store,
  scratch: Store,
  { tenant, place, before, after }: ComparedFragments,
): Promise<Damage[]> {
  const damages: Damage[] = [];
  for (const record of before) {
    const object = `${place}: ${record.kind} of ${record.analyzer}`;
    const again = after.find((each) => keyText(each) === keyText(record));
    if (again === undefined) {
      damages.push({ object, problem: 'cannot be made again: this version of Varve has another analyzer' });
    } else if (again.digest !== record.digest) {
      const key = { tenant, kind: record.kind };
      const stored = await readPayload(store.surface, { ...key, digest: record.digest });
      const made = await readPayload(scratch.surface, { ...key, digest: again.digest });
      damages.push({ object, problem: firstDifference(stored, made) });
    }
  }
  return damages;
}

/** The first path that two fragments state differently; of those without paths, the first line. */
function firstDifference(stored: Buffer | null, made: Buffer | null): string {
  if (stored === null || made === null) return 'is lost';
  const [before = [], after = []] = [stored, made].map((bytes) => bytes.toString('utf8').split('\n'));
  const most = Math.max(before.length, after.length);
  const differing = Array.from({ length: most }, (_, at) => at).filter((at) => before[at] !== after[at]);
  for (const at of differing) {
    const [recorded, present] = [pathOf(before[at]), pathOf(after[at])];
    if (recorded === null && present === null) continue;
    if (recorded === present) return `records ${recorded} otherwise than the image has it`;
    const isExtra = present === null || (recorded !== null && recorded < present);
    return isExtra ? `records ${recorded}, which the image does not have` : `does not record ${present}`;
  }
  return `differs in line ${(differing[0] ?? 0) + 1}`;
}

function pathOf(line: string | undefined): string | null {
  try {
    const { path } = JSON.parse(line ?? '') as { path?: unknown };
    return typeof path === 'string' ? path : null;
  } catch {
    return null;
  }
}

const tell = (value: unknown): string => (value === undefined ? 'none' : String(value));

function lostSnapshot({ location }: Store, { snapshotDigest }: Pointer): VarveError {
  return new VarveError('not-in-store', `${location} has no snapshot ${snapshotDigest}`, {
    object: snapshotDigest,
    hint: 'name the store that the run kept it in with --cas-root or --baseline, or import its kit first',
  });
}
