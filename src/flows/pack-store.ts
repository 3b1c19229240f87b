import type { Digest } from '../base/digest.ts';
import { VarveError } from '../base/errors.ts';
import type { HistoryEntry } from '../core/history/history.ts';
import type { Platform } from '../core/image/platform.ts';
import { packLines } from '../core/pack/json-lines.ts';
import { HISTORY_FILE, MANIFESTS_FILE, type PackFile, payloadFileName } from '../core/pack/pack.ts';
import { selectEntries } from '../core/pack/select-entries.ts';
import type { Store } from '../core/store.ts';
import { formatOf } from '../core/surface/artefact-manifest.ts';
import type { ArtefactManifest, SurfaceManifest } from '../core/surface/manifest.ts';
import { compressPayload } from '../core/surface/payload-codec.ts';
import { readPayload } from '../core/surface/read-payload.ts';
import { keyOfArtifact } from '../core/surface/surface-manifest.ts';

export interface PackStoreRequest {
  readonly tenant: string;
  readonly name: string;
  /** Undefined for all platforms. */
  readonly platform: Platform | undefined;
  /** Snapshots that come along whatever else does, such as the baseline of a pull request. */
  readonly keep?: readonly Digest[];
  /** How many entries of the history are told of at most. */
  readonly mostEntries?: number;
  /** How many branches and pull requests come along with their newest snapshot at most. */
  readonly mostLines?: number;
}

const MOST_ENTRIES = 500;
const MOST_LINES = 4;

/**
 * The files of a pack: what the next comparison of a name may need of a store. The same content gives the same files.
 * What the store lacks or has damaged is left out, with the entry that names it.
 * @throws VarveError when the store cannot be reached.
 */
export async function* packStore(store: Store, request: PackStoreRequest): AsyncGenerator<PackFile> {
  const { keep = [], mostEntries = MOST_ENTRIES, mostLines = MOST_LINES } = request;
  const entries = await readEntries(store, request);
  const { history, complete } = selectEntries(entries, { keep, mostEntries, mostLines });
  yield { name: HISTORY_FILE, bytes: packLines(history) };
  yield* packImages(store, complete);
}

/** The manifests and payloads of the snapshots that entries name. */
export async function* packImages(store: Store, entries: readonly HistoryEntry[]): AsyncGenerator<PackFile> {
  const images = new Map<Digest, SurfaceManifest>();
  const artefacts = new Map<string, ArtefactManifest>();
  for (const { tenant, surfaceManifestDigest } of entries) {
    const image = await sound(() => store.surface.getSurfaceManifest(tenant, surfaceManifestDigest));
    if (image === null) continue;
    images.set(surfaceManifestDigest, image);
    for (const key of image.artifacts.map(keyOfArtifact)) {
      const manifest = await sound(() => store.surface.getManifest(key));
      if (manifest !== null) artefacts.set(payloadFileName(key, formatOf(manifest)), manifest);
    }
  }
  const byName = [...artefacts].sort(([a], [b]) => (a < b ? -1 : 1));
  const byDigest = [...images].sort(([a], [b]) => (a < b ? -1 : 1));
  const manifests = [...byName, ...byDigest].map(([, manifest]) => manifest);
  yield { name: MANIFESTS_FILE, bytes: packLines(manifests) };
  for (const [name, manifest] of byName) {
    const payload = await sound(() => readPayload(store.surface, manifest));
    if (payload !== null) yield { name, bytes: compressPayload(payload) };
  }
}

async function readEntries(
  { history }: Store,
  { tenant, name, platform }: PackStoreRequest,
): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for await (const entry of history.list({ tenant, name, ...(platform && { platform }) }))
    entries.push(entry);
  return entries;
}

/** What is damaged counts as absent: it is of no use to anyone. */
async function sound<T>(read: () => Promise<T | null>): Promise<T | null> {
  try {
    return await read();
  } catch (fault) {
    if (fault instanceof VarveError && fault.kind === 'bytes') return null;
    throw fault;
  }
}
