import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file of an image, its name empty where the image is one file. */
export interface ImageFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** How many bytes are changed in each file, and at how many places it is cut off. */
export interface DamageAmount {
  readonly flips: number;
  readonly cuts: number;
}

/** Reads a layout's folder, or an archive. */
export function readImageFiles(path: string): ImageFile[] {
  if (!existsSync(join(path, 'oci-layout'))) return [{ name: '', bytes: readFileSync(path) }];
  const names = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1));
  return names.map((name) => ({ name, bytes: readFileSync(join(path, name)) }));
}

export function writeImageFiles(path: string, files: readonly ImageFile[]): void {
  for (const { name, bytes } of files) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
}

/** The same image with one file damaged, again and again, each time with a description. */
export function* damageImage(
  files: readonly ImageFile[],
  { flips, cuts }: DamageAmount,
): Generator<readonly [string, ImageFile[]]> {
  const replaced = (file: ImageFile, bytes: Buffer) =>
    files.map((other) => (other === file ? { ...file, bytes } : other));
  for (const file of files) {
    for (let i = 0; i < flips; i++) {
      const place = Math.floor(((i + 0.37) / flips) * file.bytes.length);
      const bytes = Buffer.from(file.bytes);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << (i % 8));
      yield [`${file.name} with another byte at ${place}`, replaced(file, bytes)];
    }
    for (let i = 0; i < cuts; i++) {
      const place = Math.floor((i / cuts) * file.bytes.length);
      yield [`${file.name} cut off at ${place}`, replaced(file, file.bytes.subarray(0, place))];
    }
  }
}
