import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What an engine keeps of a tar: a line for each part of it, and the content of its files by name. */
export interface SplitTar {
  readonly lines: readonly string[];
  readonly files: readonly { readonly name: Buffer; readonly content: Buffer }[];
}

/** Goes through a tar as tar-split does; sparse files excepted, it knows all that `tar-writer` makes. */
export function splitTar(tar: Buffer): SplitTar {
  const lines: string[] = [];
  const files: { name: Buffer; content: Buffer }[] = [];
  const add = (fields: object): number => lines.push(JSON.stringify({ ...fields, position: lines.length }));
  let from = 0;
  let at = 0;
  let longName: Buffer | null = null;
  let longSize: number | null = null;
  while (tar.subarray(at, at + 512).some((byte) => byte !== 0)) {
    const type = String.fromCharCode(tar[at + 156] ?? 0);
    const size = longSize ?? numberAt(tar, at + 124);
    const content = tar.subarray(at + 512, at + 512 + size);
    at += 512;
    if ('xgLK'.includes(type)) {
      at += size + ((512 - (size % 512)) % 512);
      if (type === 'L') longName = content.subarray(0, content.indexOf(0));
      if (type === 'x') [longName, longSize] = [recordOf(content, 'path'), sizeOf(content)];
      continue;
    }
    const name = longName ?? fieldAt(tar, at - 512);
    const held = type === '0' ? size : 0;
    add({ type: 2, payload: tar.toString('base64', from, at) });
    add({
      type: 1,
      ...nameFields(name),
      ...(held > 0 && { size: held }),
      payload: held > 0 ? 'AAAAAAAAAAA=' : null,
    });
    if (held > 0) files.push({ name, content });
    from = at + held;
    at = from + ((512 - (held % 512)) % 512);
    [longName, longSize] = [null, null];
  }
  // What follows the end is noted by the mebibyte.
  add({ type: 2, payload: tar.toString('base64', from, at) });
  for (; at < tar.length; at += 1024 * 1024) {
    add({ type: 2, payload: tar.toString('base64', at, Math.min(at + 1024 * 1024, tar.length)) });
  }
  return { lines, files };
}

/** The metadata as it is before it is compressed. */
export const metadataOf = ({ lines }: Pick<SplitTar, 'lines'>): Buffer =>
  Buffer.from(lines.map((line) => `${line}\n`).join(''));

/** Writes the files below a folder, which is made. */
export function unpackFiles({ files }: SplitTar, root: string): void {
  mkdirSync(root, { recursive: true });
  for (const { name, content } of files) {
    const path = Buffer.concat([Buffer.from(`${root}/`), name]);
    mkdirSync(Buffer.from(dirname(path.toString('latin1')), 'latin1'), { recursive: true });
    writeFileSync(path, content);
  }
}

function nameFields(name: Buffer): object {
  const text = name.toString('utf8');
  return Buffer.from(text).equals(name) ? { name: text } : { name_raw: name.toString('base64') };
}

function fieldAt(tar: Buffer, at: number): Buffer {
  const field = tar.subarray(at, at + 100);
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

const numberAt = (tar: Buffer, at: number): number => Number.parseInt(tar.toString('latin1', at, at + 11), 8);

function recordOf(records: Buffer, key: string): Buffer | null {
  for (let at = 0; at < records.length; ) {
    const length = Number.parseInt(records.toString('latin1', at, at + 20), 10);
    const record = records.subarray(records.indexOf(' ', at) + 1, at + length - 1);
    if (record.subarray(0, key.length + 1).toString() === `${key}=`) return record.subarray(key.length + 1);
    at += length;
  }
  return null;
}

function sizeOf(records: Buffer): number | null {
  const size = recordOf(records, 'size');
  return size === null ? null : Number(size.toString());
}
