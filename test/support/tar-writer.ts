/** What a header block is to say; left out, each field is what an honest writer puts for an empty file. */
export interface HeaderFields {
  readonly name?: string | Buffer;
  readonly mode?: number | Buffer | string;
  readonly uid?: number | Buffer | string;
  readonly gid?: number | Buffer | string;
  readonly size?: number | Buffer | string;
  readonly mtime?: number | Buffer | string;
  /** The type byte as a character, or its value. */
  readonly type?: string | number;
  readonly link?: string | Buffer;
  readonly prefix?: string | Buffer;
  readonly major?: number | Buffer | string;
  readonly minor?: number | Buffer | string;
  readonly format?: 'ustar' | 'gnu' | 'v7' | 'star';
  /** Bytes laid over the block before it is summed up: offset and bytes. */
  readonly patches?: readonly (readonly [number, Buffer | string])[];
  /** How the checksum is made. */
  readonly checksum?: 'unsigned' | 'signed' | 'wrong';
}

const MAGIC = { ustar: 'ustar\x0000', gnu: 'ustar  \0', star: 'ustar\x0000', v7: '' };

/** A header block as any writer, honest or not, might make it. Texts are bytes (latin1) unless given as a buffer. */
export function tarHeader(fields: HeaderFields = {}): Buffer {
  const { name = 'file', format = 'ustar', type = '0', checksum = 'unsigned', patches = [] } = fields;
  const block = Buffer.alloc(512);
  putText(block, 0, 100, name);
  putNumber(block, 100, 8, fields.mode ?? 0o644);
  putNumber(block, 108, 8, fields.uid ?? 0);
  putNumber(block, 116, 8, fields.gid ?? 0);
  putNumber(block, 124, 12, fields.size ?? 0);
  putNumber(block, 136, 12, fields.mtime ?? 0);
  block[156] = typeof type === 'number' ? type : type.charCodeAt(0);
  putText(block, 157, 100, fields.link ?? '');
  putText(block, 257, 8, MAGIC[format]);
  if (format !== 'v7') {
    putNumber(block, 329, 8, fields.major ?? 0);
    putNumber(block, 337, 8, fields.minor ?? 0);
    // GNU has times there.
    if (format !== 'gnu') putText(block, 345, format === 'star' ? 131 : 155, fields.prefix ?? '');
  }
  if (format === 'star') putText(block, 508, 4, 'tar\0');
  for (const [at, bytes] of patches) putText(block, at, 512 - at, bytes);
  block.write(sumText(block, checksum), 148, 'latin1');
  return block;
}

function sumText(block: Buffer, kind: 'unsigned' | 'signed' | 'wrong'): string {
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + (kind === 'signed' && byte > 127 ? byte - 256 : byte), 0);
  return `${(kind === 'wrong' ? sum + 1 : sum).toString(8).padStart(6, '0')}\0 `;
}

function putText(block: Buffer, at: number, length: number, text: string | Buffer): void {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  bytes.copy(block, at, 0, Math.min(length, bytes.length));
}

function putNumber(block: Buffer, at: number, length: number, value: number | Buffer | string): void {
  if (typeof value !== 'number') putText(block, at, length, value);
  else if (value >= 0 && value < 8 ** (length - 1)) block.write(octal(value, length), at, 'latin1');
  else base256(value, length).copy(block, at);
}

/** A number as most writers put it: octal digits and a NUL. */
export function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

/** A number of any size and sign as GNU tar puts it. */
export function base256(value: number | bigint, length = 12): Buffer {
  const bytes = Buffer.alloc(length);
  let left = BigInt(value);
  for (let at = length - 1; at >= 0; at--) {
    bytes[at] = Number(left & 0xffn);
    left >>= 8n;
  }
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}

/** Fill up to the next block. */
export function padded(content: Buffer): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** An entry with its content; the size is that of the content unless given. */
export function tarEntry(fields: HeaderFields = {}, content: Buffer | string = ''): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([tarHeader({ size: bytes.length, ...fields }), padded(bytes)]);
}

export type PaxRecord = readonly [key: string, value: string | Buffer];

/** Extended header records; texts are UTF-8. */
function paxRecords(records: readonly PaxRecord[]): Buffer {
  return Buffer.concat(
    records.map(([key, value]) => {
      const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
      let length = rest.length + 1;
      while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
      return Buffer.concat([Buffer.from(String(length)), rest]);
    }),
  );
}

/** An extended header for the next entry, or with type `g` for all that follow. */
export function paxHeader(records: readonly PaxRecord[], type: 'x' | 'g' | 'X' = 'x'): Buffer {
  return tarEntry({ name: type === 'g' ? 'pax_global_header' : 'PaxHeaders/x', type }, paxRecords(records));
}

/** GNU's entry for a long name (`L`) or link target (`K`). */
export function gnuLong(type: 'L' | 'K', name: string | Buffer): Buffer {
  const bytes = typeof name === 'string' ? Buffer.from(name) : name;
  return tarEntry({ name: '././@LongLink', type, format: 'gnu' }, Buffer.concat([bytes, Buffer.alloc(1)]));
}

/** The old GNU sparse form: the map in the header, and in further blocks where it is long. */
export function oldSparse(
  fields: HeaderFields,
  realSize: number,
  map: readonly (readonly [offset: number, length: number])[],
  content: Buffer,
): Buffer {
  const numbers = map.map(([offset, length]) => octal(offset, 12) + octal(length, 12));
  const extensions: Buffer[] = [];
  for (let at = 4; at < numbers.length; at += 21) {
    const block = Buffer.alloc(512);
    block.write(numbers.slice(at, at + 21).join(''), 'latin1');
    block[504] = at + 21 < numbers.length ? 1 : 0;
    extensions.push(block);
  }
  const header = tarHeader({
    type: 'S',
    format: 'gnu',
    size: content.length,
    ...fields,
    patches: [
      [386, numbers.slice(0, 4).join('')],
      [482, numbers.length > 4 ? '\x01' : '\0'],
      [483, octal(realSize, 12)],
      ...(fields.patches ?? []),
    ],
  });
  return Buffer.concat([header, ...extensions, padded(content)]);
}

/** The two blocks of zeros that end an archive. */
export const TAR_END = Buffer.alloc(1024);

/** Parts of an archive, and its end. */
export function tarOf(...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([...parts, TAR_END]);
}
