import { existsSync } from 'node:fs';
import { listFolderFiles } from '../../adapters/artifacts/folder-files.ts';
import { LayoutPlace } from '../../adapters/artifacts/layout-place.ts';
import { NewFolder } from '../../adapters/artifacts/new-folder.ts';
import { RegistryPlace } from '../../adapters/artifacts/registry-place.ts';
import { Registries } from '../../adapters/registry/registries.ts';
import type { RegistryAccess } from '../../adapters/registry/registry-access.ts';
import { VarveError } from '../../base/errors.ts';
import type { ArtifactPlace } from '../../core/artifact/artifact-place.ts';
import { type ArtifactReference, parseArtifactReference } from '../../core/artifact/artifact-reference.ts';
import type { SourceFile } from '../../core/artifact/package-artifact.ts';
import type { RepositoryName } from '../../core/artifact/subject.ts';
import { DEFAULT_TAG } from '../../core/artifact/tags.ts';
import type { FileTarget } from '../../core/artifact/unpack-artifact.ts';

type LayoutReference = Extract<ArtifactReference, { kind: 'layout' }>;
type RegistryReference = Extract<ArtifactReference, { kind: 'registry' }>;

/** What registries are reached by. */
export interface RegistryReach {
  readonly access: RegistryAccess;
  /** Takes what must be closed. */
  readonly resources: AsyncDisposableStack;
  /** Ends whatever is under way. */
  readonly signal: AbortSignal | undefined;
}

/** A place of artifacts, and which of its artifacts is meant. */
export interface PlacedArtifact {
  readonly place: ArtifactPlace;
  /** A tag or digest; empty for the only one there is. */
  readonly reference: string;
  readonly tag: string | null;
}

/**
 * Opens an image layout that is written.
 * @param checkouts no link in them is followed.
 * @throws VarveError `bad-reference`, `bad-option` for anything else.
 */
export function openLayout(text: string, checkouts: readonly string[]): PlacedArtifact {
  const reference = parseArtifactReference(text, existsSync);
  if (reference.kind === 'layout') return placeInLayout(withoutDigest(reference, text), checkouts);
  throw wrongPlace(text, 'an image layout', 'oci:DIR[:TAG]');
}

/**
 * Opens a repository of a registry that is written.
 * @throws VarveError `bad-reference`, `bad-option` for anything else; `unreachable`.
 */
export async function openRepository(text: string, reach: RegistryReach): Promise<PlacedArtifact> {
  const reference = parseArtifactReference(text, existsSync);
  if (reference.kind === 'registry') return placeInRegistry(withoutDigest(reference, text), reach);
  throw wrongPlace(text, 'in a registry', 'oci://HOST/REPO[:TAG]');
}

/** Opens an artifact that is read, wherever it is. @throws VarveError `bad-reference`, `unreachable`. */
export async function openArtifact(text: string, reach: RegistryReach): Promise<PlacedArtifact> {
  const reference = parseArtifactReference(text, existsSync);
  if (reference.kind === 'layout') return placeInLayout(reference);
  return placeInRegistry(reference, reach);
}

/** Opens a repository of a registry by its name. @throws VarveError `unreachable`, `bad-reference`. */
export async function openPlace(
  { host, repository }: RepositoryName,
  { access, resources, signal }: RegistryReach,
): Promise<ArtifactPlace> {
  return RegistryPlace.open(resources.use(new Registries(access, signal)), host, repository);
}

/** The files of a folder. @throws VarveError `unsupported`, `bad-option`, `unreachable`. */
export function openFolder(path: string): readonly SourceFile[] {
  return listFolderFiles(path);
}

/**
 * A folder that is there whole once it is committed.
 * @param checkouts no link in them is followed.
 * @throws VarveError `bad-option` when it is not empty; `store-unwritable`.
 */
export function createFolder(
  path: string,
  checkouts: readonly string[] = [],
): Promise<FileTarget & AsyncDisposable & { commit(): Promise<void> }> {
  return NewFolder.create(path, checkouts);
}

function placeInLayout(
  { path, tag, digest }: LayoutReference,
  checkouts: readonly string[] = [],
): PlacedArtifact {
  return { place: new LayoutPlace(path, checkouts), reference: digest ?? tag ?? '', tag };
}

async function placeInRegistry(
  { host, repository, tag, digest }: RegistryReference,
  reach: RegistryReach,
): Promise<PlacedArtifact> {
  const place = await openPlace({ host, repository }, reach);
  return { place, reference: digest ?? tag ?? DEFAULT_TAG, tag };
}

function withoutDigest<R extends ArtifactReference>(reference: R, text: string): R {
  if (reference.digest === null) return reference;
  throw new VarveError(
    'bad-option',
    'an artifact cannot be given a digest, since that follows from its files',
    {
      object: text.slice(0, 200),
      hint: 'name it by a tag',
    },
  );
}

function wrongPlace(text: string, what: string, form: string): VarveError {
  return new VarveError('bad-option', `${text.slice(0, 200)} is not ${what}`, {
    object: text.slice(0, 200),
    hint: `write ${form}`,
  });
}
