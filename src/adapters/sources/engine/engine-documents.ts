import type { Digest } from '../../../base/digest.ts';
import { VarveError } from '../../../base/errors.ts';
import type { Limits } from '../../../base/limits.ts';
import { type ImageConfig, parseConfig } from '../../../core/image/config.ts';
import type { Descriptor } from '../../../core/image/descriptor.ts';
import { type ImageManifest, type IndexEntry, parseManifest } from '../../../core/image/manifest.ts';
import { isManifestType, OCI_MANIFEST, parseLayerType } from '../../../core/image/media-type.ts';
import { parseJsonObject, type RawDocument, verifyDocument } from '../../../core/image/raw-document.ts';
import type { Inspection } from '../../engine/engine-messages.ts';
import type { ImageDocuments } from '../image-documents.ts';
import type { KnownDocuments } from '../known-documents.ts';

/** The documents of an image that an engine keeps as it was distributed, all met before. */
export interface EngineDocuments extends ImageDocuments {
  /** What the image's index leads to, as the engine tells it. */
  readonly entries: readonly IndexEntry[];
}

/** @returns null when a document of an image that the engine has is not known. */
export async function loadEngineDocuments(
  inspection: Inspection,
  known: KnownDocuments,
  limits: Limits,
): Promise<EngineDocuments | null> {
  const entries = await listEntries(inspection, known);
  if (entries === null) return null;
  const manifests = new Map<Digest, RawDocument<ImageManifest>>();
  const configs = new Map<Digest, RawDocument<ImageConfig>>();
  for (const { available, entry } of entries) {
    if (!available) continue;
    const bytes = await known.manifest(entry.digest);
    if (bytes === null) return null;
    const manifest = parseManifest(bytes, { object: `the manifest ${entry.digest}`, ...entry }, limits);
    const { config } = manifest.value;
    const configBytes = await known.config(config.digest);
    if (configBytes === null) return null;
    manifests.set(manifest.digest, manifest);
    const object = `the config ${config.digest}`;
    configs.set(config.digest, parseConfig(configBytes, { object, ...config }, limits));
  }
  if (manifests.size === 0) return null;
  return {
    place: `the image ${inspection.Id} of the engine`,
    entries: entries.map(({ entry }) => entry),
    documentBytes: limits.jsonBytes,
    findings: [],
    remote: false,
    readIndex: async () => null,
    readManifest: async ({ digest }) => manifests.get(digest) ?? null,
    readConfig: async ({ digest }) => configs.get(digest) ?? null,
    readDocument: async (descriptor) => {
      const bytes = await known.manifest(descriptor.digest);
      if (bytes !== null)
        verifyDocument(bytes, { object: `the document ${descriptor.digest}`, ...descriptor }, limits);
      return bytes;
    },
    holds: ({ digest }) => configs.has(digest),
    locate: ({ mediaType, urls = [] }: Descriptor) =>
      parseLayerType(mediaType)?.foreign || urls.length > 0 ? null : { kind: 'deferred' },
    missing: (digest) =>
      new VarveError('blob-missing', `the engine does not have ${digest}`, {
        object: digest,
        hint: 'pull or build the image again',
      }),
  };
}

interface ListedEntry {
  readonly entry: IndexEntry;
  /** Whether it is an image that the engine has whole. */
  readonly available: boolean;
}

/** The entries of the image's index; null where the engine does not tell them. */
async function listEntries(
  { Id, Descriptor, Manifests }: Inspection,
  known: KnownDocuments,
): Promise<ListedEntry[] | null> {
  if (Manifests.length > 0) {
    return Manifests.map(({ Descriptor: entry, Kind, Available }) => ({
      entry,
      available: Available && Kind === 'image',
    }));
  }
  const entry = Descriptor ?? (await describeManifest(Id, known));
  return entry !== null && isManifestType(entry.mediaType) ? [{ entry, available: true }] : null;
}

/** Older engines report only the digest of an image that containerd keeps. */
async function describeManifest(digest: Digest, known: KnownDocuments): Promise<IndexEntry | null> {
  const bytes = await known.manifest(digest);
  if (bytes === null) return null;
  const { mediaType } = parseJsonObject(bytes, `the manifest ${digest}`);
  return { mediaType: typeof mediaType === 'string' ? mediaType : OCI_MANIFEST, digest, size: bytes.length };
}
