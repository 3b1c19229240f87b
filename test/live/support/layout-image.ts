import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Digest, hexOf, parseDigest } from '../../../src/base/digest.ts';

/** The image of a layout that has one, with the files that its blobs are in. */
export interface LayoutImage {
  readonly digest: Digest;
  readonly manifest: { readonly bytes: Buffer; readonly mediaType: string };
  readonly blobs: readonly { readonly digest: Digest; readonly size: number; readonly file: string }[];
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export function layoutImage(folder: string): LayoutImage {
  const fileOf = (digest: Digest) => join(folder, 'blobs/sha256', hexOf(digest));
  const [entry] = readJson<{ manifests: Descriptor[] }>(join(folder, 'index.json')).manifests;
  if (entry === undefined) throw new Error(`${folder} has no image`);
  const digest = parseDigest(entry.digest);
  const bytes = readFileSync(fileOf(digest));
  const { config, layers } = readJson<{ config: Descriptor; layers: Descriptor[] }>(fileOf(digest));
  const blobs = [config, ...layers].map((descriptor) => {
    const named = parseDigest(descriptor.digest);
    return { digest: named, size: descriptor.size, file: fileOf(named) };
  });
  return { digest, manifest: { bytes, mediaType: entry.mediaType }, blobs };
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8'));
}
