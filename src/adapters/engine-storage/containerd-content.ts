import { accessSync, constants, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, hexOf } from '../../base/digest.ts';
import type { HeldLocation } from '../../core/image/image-source.ts';

type StoredBlob = Extract<HeldLocation, { readonly kind: 'file' }>;

/** Where packages of containerd have their storage. */
const CONTAINERD_ROOT = '/var/lib/containerd';

/**
 * The folders in which the containerd of a Docker engine on this host may keep its content.
 * @param dockerRoot the engine's `DockerRootDir`, where it keeps that of a containerd which it started itself.
 */
export function contentRoots(dockerRoot: string | null): readonly string[] {
  const own = dockerRoot === null ? [] : [join(dockerRoot, 'containerd', 'daemon')];
  return [...own, CONTAINERD_ROOT];
}

/**
 * Finds blobs (layers, configs, manifests) in containerd's content store on this host, under whatever namespace.
 * The caller checks their digests.
 * @param roots folders of containerd, the likeliest first.
 * @returns files by digest; what is absent, or not for this user to read, is left out.
 * @see https://github.com/containerd/containerd/blob/v2.1.4/docs/content-flow.md
 */
export function findStoredBlobs(
  roots: readonly string[],
  digests: readonly Digest[],
): ReadonlyMap<Digest, StoredBlob> {
  const found = new Map<Digest, StoredBlob>();
  for (const digest of digests) {
    for (const root of roots) {
      const blob = locateBlob(
        join(root, 'io.containerd.content.v1.content', 'blobs', 'sha256', hexOf(digest)),
      );
      if (blob === null) continue;
      found.set(digest, blob);
      break;
    }
  }
  return found;
}

function locateBlob(path: string): StoredBlob | null {
  try {
    const stat = lstatSync(path);
    accessSync(path, constants.R_OK);
    return stat.isFile() ? { kind: 'file', path, offset: 0, length: stat.size } : null;
  } catch {
    return null;
  }
}
