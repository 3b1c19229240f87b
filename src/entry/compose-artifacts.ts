import { existsSync } from 'node:fs';
import { listFolderFiles } from '../adapters/artifacts/folder-files.ts';
import { LayoutPlace } from '../adapters/artifacts/layout-place.ts';
import { NewFolder } from '../adapters/artifacts/new-folder.ts';
import { VarveError } from '../base/errors.ts';
import type { ArtifactPlace } from '../core/artifact/artifact-place.ts';
import { type ArtifactReference, parseArtifactReference } from '../core/artifact/artifact-reference.ts';
import type { SourceFile } from '../core/artifact/package-artifact.ts';
import type { FileTarget } from '../core/artifact/unpack-artifact.ts';

/** A place of artifacts, and which of its artifacts is meant: a tag or digest, or nothing for the only one. */
export interface PlacedArtifact {
  readonly place: ArtifactPlace;
  readonly reference: string;
  readonly tag: string | null;
}

/** Opens an image layout. @throws VarveError `bad-reference`, `bad-option` for a registry. */
export function openLayout(text: string): PlacedArtifact {
  const { path, tag, digest } = layoutReference(parseArtifactReference(text, existsSync), text);
  return { place: new LayoutPlace(path), reference: digest ?? tag ?? '', tag };
}

/** The files of a folder. @throws VarveError `unsupported`, `bad-option`, `unreachable`. */
export function openFolder(path: string): readonly SourceFile[] {
  return listFolderFiles(path);
}

/** A folder that is there whole once it is committed. @throws VarveError `bad-option` when it is not empty. */
export function createFolder(
  path: string,
): Promise<FileTarget & AsyncDisposable & { commit(): Promise<void> }> {
  return NewFolder.create(path);
}

function layoutReference(reference: ArtifactReference, text: string) {
  if (reference.kind === 'layout') return reference;
  throw new VarveError('bad-option', `${text} is no image layout`, {
    object: text,
    hint: 'write oci:DIR[:TAG]',
  });
}
