import { DEFAULT_LIMITS } from '../../../base/limits.ts';
import type { ArtifactFile } from '../../../core/artifact/artifact-manifest.ts';
import type { EntryArtifact } from '../../../core/artifact/entry-artifact.ts';
import type { EntryTag } from '../../../core/history/entry-tag.ts';
import { unpackLines } from '../../../core/pack/json-lines.ts';
import { MANIFESTS_FILE, parsePayloadFileName, payloadFileName } from '../../../core/pack/pack.ts';
import { type ManifestLine, readManifestLine } from '../../../core/pack/read-manifest-line.ts';
import { readSound } from '../../../core/surface/damage.ts';
import { formatOf } from '../../../core/surface/item-manifest.ts';
import { SURFACE_KIND } from '../../../core/surface/keys.ts';
import type { ItemManifest, SurfaceManifest } from '../../../core/surface/manifest.ts';
import { manifestPath } from '../../../core/surface/paths.ts';
import type { Damage, OnDamage } from '../../../core/surface/surface-store.ts';
import type { EntryArtifacts } from './entry-artifacts.ts';

/** What the artifact of an entry says that it holds; payloads are not yet fetched. */
export interface EntryContents {
  readonly items: readonly { readonly manifest: ItemManifest; readonly file: ArtifactFile | null }[];
  readonly images: readonly SurfaceManifest[];
  /** Manifests that cannot be read, by the path of what they are of. */
  readonly damaged: ReadonlyMap<string, Damage>;
  /** What else is wrong. */
  readonly damages: readonly Damage[];
}

/**
 * Reads the manifests in the artifact of an entry; what is damaged is left out, and told.
 * @throws VarveError `denied`, `unreachable`.
 */
export async function readEntryContents(
  entries: EntryArtifacts,
  tag: EntryTag,
  { entry, artifact }: EntryArtifact,
): Promise<EntryContents> {
  const files = new Map(artifact.files.map((file) => [file.path, file]));
  const payloads = [...files.keys()].map(parsePayloadFileName).filter((key) => key !== null);
  const damages: Damage[] = [];
  const damaged = new Map<string, Damage>();
  const lines = await readLines(entries, `${entries.location}:${tag.text}`, files, (damage) =>
    damages.push(damage),
  );
  const parsed: ManifestLine[] = [];
  for (const [index, line] of lines.entries()) {
    // Lines and payloads are in one order, so a line that cannot be read still tells what it is of.
    const key = payloads[index] ?? { kind: SURFACE_KIND, digest: entry.surfaceManifestDigest };
    const object = `${key.kind} ${key.digest}`;
    const manifest = await readSound(
      object,
      (damage) => damaged.set(manifestPath({ ...key, tenant: entry.tenant }), damage),
      async () => readManifestLine(line, entry.tenant, object),
    );
    if (manifest !== null) parsed.push(manifest);
  }
  const items = parsed.flatMap((line) => {
    if (line.type !== 'item') return [];
    const file = files.get(payloadFileName(line.manifest, formatOf(line.manifest))) ?? null;
    return [{ manifest: line.manifest, file }];
  });
  return { items, images: parsed.flatMap(imageOf), damaged, damages };
}

async function readLines(
  entries: EntryArtifacts,
  place: string,
  files: ReadonlyMap<string, ArtifactFile>,
  onDamage: OnDamage,
): Promise<Uint8Array[]> {
  const file = files.get(MANIFESTS_FILE);
  if (file === undefined) return [];
  const object = `${place}: ${MANIFESTS_FILE}`;
  const lines = await readSound(object, onDamage, async () =>
    unpackLines(await entries.readFile(file, DEFAULT_LIMITS.jsonBytes), object),
  );
  return lines ?? [];
}

const imageOf = (line: ManifestLine): SurfaceManifest[] => (line.type === 'image' ? [line.manifest] : []);
