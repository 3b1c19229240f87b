import { VarveError } from '../../../base/errors.ts';
import type { Limits } from '../../../base/limits.ts';
import { didYouMean } from '../../../base/near-names.ts';
import { type DockerName, familiarRepository, isTag } from '../../../core/image/docker-name.ts';
import type { ImageSource, OpenedSource } from '../../../core/image/image-source.ts';
import type { IndexEntry } from '../../../core/image/manifest.ts';
import { isIndexType, isManifestType, OCI_INDEX, OCI_MANIFEST } from '../../../core/image/media-type.ts';
import { parseJsonObject } from '../../../core/image/raw-document.ts';
import { formatReference, parseRegistryReference } from '../../../core/image/reference.ts';
import type { Registries } from '../../registry/registries.ts';
import type { ReceivedManifest, Repository } from '../../registry/repository.ts';
import { openLayoutImage } from '../layout-image.ts';
import { listNames, shorten } from '../list-names.ts';
import { RegistryDocuments, type RegistrySourceOptions } from './registry-documents.ts';

/** The transport of images in registries. Layers stay where they are until somebody reads them. */
export function createRegistrySource(registries: Registries, options: RegistrySourceOptions): ImageSource {
  return {
    prefix: 'docker://',
    open: async (text) => openImage(registries, parseRegistryReference(text), options),
  };
}

async function openImage(
  registries: Registries,
  name: DockerName,
  options: RegistrySourceOptions,
): Promise<OpenedSource> {
  const { host, repository: path, digest } = name;
  const tag = name.tag ?? (digest === null ? 'latest' : null);
  const text = formatReference({ transport: 'docker', host, repository: path, tag, digest });
  const repository = await registries.find(host, path);
  const received = await repository.fetchManifest(digest ?? tag ?? 'latest', options.limits);
  if (received === null) throw await notFound(repository, { text, tag }, options.limits);
  const documents = new RegistryDocuments(repository, options);
  documents.keep(received);
  const opened = await openLayoutImage(documents, [toEntry(received, text)], text);
  return { ...opened, embeddedName: familiarRepository(name) };
}

/** Milliseconds that a registry has to say which tags there are. */
const TAGS_TIME = 5_000;

/** The error for what the registry does not have. It has answered, so it is asked which tags there are. */
async function notFound(
  repository: Repository,
  { text, tag }: { readonly text: string; readonly tag: string | null },
  limits: Limits,
): Promise<VarveError> {
  const listed = tag === null ? [] : await listKnownTags(repository, limits);
  if (tag === null || listed.length === 0) {
    return new VarveError('image-not-found', `${text} is not there`, {
      object: text,
      hint: 'check the name, and whether it was pushed; private repositories may also return this',
    });
  }
  return new VarveError('image-not-found', `${repository.name} has no tag ${tag}`, {
    object: text,
    hint: didYouMean(tag, listed) ?? `it has ${listNames(listed)}`,
  });
}

async function listKnownTags(repository: Repository, limits: Limits): Promise<readonly string[]> {
  try {
    return (await repository.listFirstTags(limits, AbortSignal.timeout(TAGS_TIME))).filter(isTag);
  } catch {
    // The original error matters, not a failure to find advice.
    return [];
  }
}

/** What was fetched, as the one line of an index. */
function toEntry(received: ReceivedManifest, text: string): IndexEntry {
  const { digest, bytes } = received;
  return { mediaType: mediaTypeOf(received, text), digest, size: bytes.length };
}

const GENERAL_TYPES = new Set(['', 'application/json', 'application/octet-stream', 'text/plain']);

/** The media type that the answer had; where it was too general a one, what the document says of itself. */
function mediaTypeOf({ mediaType, bytes }: ReceivedManifest, text: string): string {
  if (isIndexType(mediaType) || isManifestType(mediaType)) return mediaType;
  if (GENERAL_TYPES.has(mediaType)) {
    const body = parseJsonObject(bytes, text);
    if (typeof body.mediaType === 'string') return body.mediaType;
    return 'manifests' in body ? OCI_INDEX : OCI_MANIFEST;
  }
  throw new VarveError('unsupported', `${text} is of the type ${JSON.stringify(shorten(mediaType))}`, {
    object: text,
    hint: 'only OCI images and Docker schema 2 images are supported: build or push it again with a current engine',
  });
}
