import { Readable } from 'node:stream';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { PackFiles } from './forge-pack.ts';
import { type FormFile, packFiles } from './image-forms.ts';

/** Edits the files of a cache entry's archive one by one. */
export async function editFiles(archive: Buffer, edit: (file: FormFile) => FormFile[]): Promise<Buffer> {
  const files: FormFile[] = [];
  const entries = Readable.from([zstdDecompressSync(archive)]).pipe(extract());
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type === 'file') {
      files.push(...edit({ name: entry.header.name, bytes: Buffer.concat(chunks) }));
    }
  }
  return zstdCompressSync(await packFiles(files));
}

/** The files of an archive by their names below its folder. */
export async function editPack(archive: Buffer, edit: (files: PackFiles) => void): Promise<Buffer> {
  const files: PackFiles = new Map();
  const folder = 'varve-baseline/';
  await editFiles(archive, (file) => {
    if ('bytes' in file) files.set(file.name.slice(folder.length), file.bytes);
    return [];
  });
  edit(files);
  const edited = [...files].map(([name, bytes]) => ({ name: `${folder}${name}`, bytes: Buffer.from(bytes) }));
  return zstdCompressSync(await packFiles(edited));
}
