import { VarveError } from '../../../base/errors.ts';
import type { Limits } from '../../../base/limits.ts';
import type { HeldLocation } from '../../../core/image/image-source.ts';
import type { Finding } from '../../../core/words/finding.ts';

/**
 * The files that an image is kept in, by name: those of a folder, or the entries of an archive.
 * Nothing is kept open between two reads.
 */
export interface ImageFiles {
  readonly kind: 'folder' | 'archive';
  /** The folder or archive, for errors. */
  readonly path: string;
  /** True for an archive whose end is not marked: it may have been cut off between two entries. */
  readonly unterminated: boolean;
  readonly findings: readonly Finding[];
  /**
   * Where a file's bytes are; null when there is none.
   * @param name with slashes, no matter whether it leads out: such a file is not there.
   */
  find(name: string): StoredFile | null;
  /**
   * The bytes of a small file; null when there is none.
   * @throws VarveError `limit-exceeded` over `limits.jsonBytes`; `truncated`, `denied`, `unreachable`.
   */
  read(name: string, limits: Limits): Promise<Buffer | null>;
}

/** Bytes in a place that can be named to a worker. */
export interface StoredFile {
  /** In bytes. */
  readonly size: number;
  readonly location: HeldLocation;
  /** Whether an archive has the name more than once: programs differ on which counts. */
  readonly isTwice?: boolean;
}

export const WHAT_IS_READ =
  'name an OCI layout, or an archive as docker save, podman save or skopeo write them';

/** The error for a file or archive without anything in it. */
export const isEmpty = (path: string, problem: string): VarveError =>
  new VarveError('truncated', `${path} ${problem}`, {
    object: path,
    hint: 'the program that writes it failed or is not finished: make or fetch it again',
  });

/** The error for what an image is still to be built from. */
export const isDockerfile = (path: string, problem: string): VarveError =>
  new VarveError('image-not-found', `${path} ${problem}, not an image`, {
    object: path,
    hint: 'build it first (docker build -t NAME .), then give NAME',
  });

/** The error for files without the document that would make them an image; an archive may have lost it. */
export function noImage(files: ImageFiles, document: string, hint: string): VarveError {
  const { kind, path, unterminated } = files;
  if (files.find('Dockerfile') !== null)
    return isDockerfile(path, `is ${kind === 'folder' ? 'a folder' : 'an archive'} with a Dockerfile`);
  return unterminated
    ? new VarveError('truncated', `${path} has no ${document} and no end mark: the archive was cut off`, {
        object: path,
        hint: 'make or fetch the archive again',
      })
    : new VarveError('image-not-found', `${path} is not an image: the ${kind} has no ${document}`, {
        object: path,
        hint,
      });
}

/** Joins a relative name to the folder of another; null when it leads out of the root. */
export function resolveName(name: string, folder = ''): string | null {
  if (name.startsWith('/')) return null;
  const parts: string[] = [];
  for (const part of `${folder}/${name}`.split('/')) {
    if (part === '..' && parts.length === 0) return null;
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
