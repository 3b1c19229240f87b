import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { canonicalJson } from '../../src/base/canonical-json.ts';
import { digestOf, hexOf } from '../../src/base/digest.ts';
import { HISTORY_FILE, MANIFESTS_FILE } from '../../src/core/pack/pack.ts';
import type { SnapshotLayer } from '../../src/core/snapshot/snapshot.ts';

/** The files of a pack by their names. */
export type PackFiles = Map<string, Uint8Array>;

type Line = Record<string, unknown>;

function linesOf(files: PackFiles, name: string): Line[] {
  const text = gunzipSync(files.get(name) ?? new Uint8Array()).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Changes each line of a compressed file of lines. */
export function editLines(files: PackFiles, name: string, edit: (line: Line) => Line): void {
  const lines = linesOf(files, name).map((line) => `${canonicalJson(edit(line))}\n`);
  files.set(name, gzipSync(lines.join('')));
}

/** Changes the layers of the snapshot, and all that names it by its digest or states its size. */
export function forgeSnapshot(files: PackFiles, forge: (layers: SnapshotLayer[]) => void): void {
  const name = [...files.keys()].find((each) => each.startsWith('image.snapshot')) ?? '';
  const honest = zstdDecompressSync(files.get(name) ?? new Uint8Array());
  const snapshot = JSON.parse(honest.toString());
  forge(snapshot.layers);
  const forged = Buffer.from(canonicalJson(snapshot));
  const [before, after] = [hexOf(digestOf(honest)), hexOf(digestOf(forged))];
  const shard = (hex: string): string => `/${hex.slice(0, 2)}/${hex.slice(2, 4)}/`;
  const rename = (text: string): string =>
    text.replaceAll(`${shard(before)}${before}`, `${shard(after)}${after}`).replaceAll(before, after);
  const resize = (line: Line): Line =>
    JSON.parse(
      rename(canonicalJson(line)).replaceAll(`"sizeBytes":${honest.length}`, `"sizeBytes":${forged.length}`),
    );

  files.delete(name);
  files.set(rename(name), zstdCompressSync(forged));
  const imageDigest = (): string => {
    const image = linesOf(files, MANIFESTS_FILE).find(({ artifacts }) => artifacts !== undefined);
    return digestOf(canonicalJson(image));
  };
  const imageBefore = imageDigest();
  editLines(files, MANIFESTS_FILE, resize);
  const imageAfter = imageDigest();
  editLines(files, HISTORY_FILE, (line) =>
    JSON.parse(rename(canonicalJson(line)).replaceAll(imageBefore, imageAfter)),
  );
}
