import { VarveError } from '../../../base/errors.ts';
import { type DockerName, familiarRepository } from '../../../core/image/docker-name.ts';
import type { ImageSource, OpenedSource } from '../../../core/image/image-source.ts';
import type { IndexEntry } from '../../../core/image/manifest.ts';
import { isIndexType, isManifestType, OCI_INDEX, OCI_MANIFEST } from '../../../core/image/media-type.ts';
import { parseJsonObject } from '../../../core/image/raw-document.ts';
import { formatReference, parseRegistryReference } from '../../../core/image/reference.ts';
import type { Registries } from '../../registry/registries.ts';
import type { ReceivedManifest } from '../../registry/repository.ts';
import { openLayoutImage } from '../layout-image.ts';
import { shorten } from '../list-names.ts';
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
  if (received === null) throw notFound(text);
  const documents = new RegistryDocuments(repository, options);
  documents.keep(received);
  const opened = await openLayoutImage(documents, [toEntry(received, text)], text);
  return { ...opened, embeddedName: familiarRepository(name) };
}

function notFound(text: string): VarveError {
  return new VarveError('image-not-found', `${text} is not there`, {
    object: text,
    hint: 'check name and tag, and whether it was pushed; some registries say so of what one may not read',
  });
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
    hint: 'only images of OCI and Docker schema 2 are read: build or push it again with a current engine',
  });
}
