import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { VarveError } from '../../../base/errors.ts';
import type { Limits } from '../../../base/limits.ts';
import type { ImageSource, OpenedSource } from '../../../core/image/image-source.ts';
import {
  FILE_TRANSPORTS,
  type FileTransport,
  formatReference,
  type ImageReference,
  type PlainReference,
  parseFileReference,
  type ReferenceOf,
} from '../../../core/image/reference.ts';
import { findEntry } from '../layout-contents.ts';
import { openLayoutImage } from '../layout-image.ts';
import { isClassicArchive, openDockerArchive, withClassicItems } from './docker-archive.ts';
import { ITEMS_FILE, REPOSITORIES_FILE } from './docker-items.ts';
import { type ImageFiles, noImage, WHAT_IS_READ } from './image-files.ts';
import { INDEX_FILE, Layout } from './layout.ts';
import { selectEntries } from './layout-selection.ts';
import { openFiles } from './open-files.ts';

type FileReference = ReferenceOf<FileTransport>;

/** The transports of images that are kept in files. */
export function createFileSources(limits: Limits): readonly ImageSource[] {
  return FILE_TRANSPORTS.map((transport) => ({
    prefix: `${transport}:`,
    open: async (text) => {
      const reference = parseFileReference(text, transport, existsSync);
      if (text.startsWith('oci://') && !existsSync(reference.path)) throw notAPath(text);
      return openKept(await openFiles(reference.path, limits), reference, limits);
    },
  }));
}

/** So repositories of artifacts are written, elsewhere. */
function notAPath(text: string): VarveError {
  return new VarveError('bad-reference', `${text} is not the path of an image`, {
    object: text,
    hint: `write ${text.replace('oci://', 'docker://')} for an image in a registry, and oci:DIR for one in a folder`,
  });
}

/**
 * Opens an image at a path, of the kind that its content shows.
 * @throws VarveError `image-not-found` when nothing is there or nothing that is an image.
 */
export async function openDetected(reference: PlainReference, limits: Limits): Promise<OpenedSource> {
  const { path, selector, digest } = reference;
  const files = await openFiles(path, limits);
  const transport = await detectTransport(files, limits);
  if (transport === null) {
    const wanted = files.kind === 'folder' ? INDEX_FILE : `${INDEX_FILE} or ${ITEMS_FILE}`;
    throw noImage(files, wanted, WHAT_IS_READ);
  }
  if (transport !== 'docker-archive')
    return openKept(files, { transport, path, tag: selector, digest }, limits);
  return openKept(files, { transport, path, name: selector, ...(digest !== null && { digest }) }, limits);
}

/** What kind of image the files are; null when they are not an image. */
async function detectTransport(
  files: ImageFiles,
  limits: Limits,
): Promise<FileReference['transport'] | null> {
  const isLayout = files.find(INDEX_FILE) !== null;
  if (files.kind === 'folder') return isLayout ? 'oci' : null;
  if (await isClassicArchive(files, limits)) return 'docker-archive';
  if (isLayout) return 'oci-archive';
  return files.find(REPOSITORIES_FILE) === null ? null : 'docker-archive';
}

async function openKept(files: ImageFiles, reference: FileReference, limits: Limits): Promise<OpenedSource> {
  const expected = reference.transport === 'oci' ? 'folder' : 'archive';
  if (files.kind !== expected) {
    const { path, transport } = reference;
    const isFolder = files.kind === 'folder';
    const problem = isFolder ? 'a folder, not an archive' : 'a file, not a folder';
    throw new VarveError('image-not-found', `${transport}:${path} is ${problem}`, {
      object: path,
      hint: isFolder ? `write oci:${path}` : `write docker-archive:${path} or oci-archive:${path}`,
    });
  }
  const opened = await (reference.transport === 'docker-archive'
    ? openDockerArchive(files, reference, limits)
    : openOciImage(files, reference, limits));
  return { ...opened, pathName: basename(resolve(reference.path)).replace(/\.(?:tar(?:\.\w+)?|tgz)$/, '') };
}

/** A reference into an OCI image layout, which is a folder or an archive. */
export type LayoutReference = Extract<ImageReference, { transport: 'oci' | 'oci-archive' }>;

/** Opens an image of an OCI image layout. */
async function openOciImage(
  files: ImageFiles,
  reference: LayoutReference,
  limits: Limits,
): Promise<OpenedSource> {
  const layout = new Layout(files, limits);
  const index = await layout.readIndexFile();
  const { tag, digest, path } = reference;
  const entries =
    digest === null
      ? await selectEntries(layout, index.manifests, tag)
      : [await findEntry(layout, index.manifests, digest)];
  if (entries.length === 0) {
    throw new VarveError('image-not-found', `${path} is an OCI layout without an image`, {
      object: path,
      hint: 'check that the build writes its image there, and that it ended without an error',
    });
  }
  const whole = digest === null ? null : (entries[0]?.digest ?? digest);
  const opened = await openLayoutImage(layout, entries, formatReference({ ...reference, digest: whole }));
  return files.kind === 'folder' || digest !== null
    ? opened
    : withClassicItems(layout, opened, entries, tag, limits);
}
