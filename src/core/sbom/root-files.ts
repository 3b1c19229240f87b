import * as v from 'valibot';
import { type ByteText, fromText } from '../../base/byte-text.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { formatLine, type LineFields } from '../analysis/files/format-line.ts';
import { statedFields } from '../analysis/files/inventory.ts';
import { type Payload, PayloadWriter } from '../analysis/payload-writer.ts';
import { Base64Schema } from '../words/schemas.ts';
import type { Stored } from '../words/stored.ts';

/** Kind of the payload that lists the files of a root filesystem. */
export const ROOT_FILES_KIND = 'rootfs.files';

export const ROOT_FILES_SCHEMA = 'varve.rootfs-files@1';

/** How long such a list is kept at least. */
export const ROOT_FILES_DAYS = 30;

/** First line of the list. */
export const RootFilesHeaderSchema = v.strictObject({ schema: v.literal(ROOT_FILES_SCHEMA) });

const { mtime: _, mtimeNs: __, xattrs: ___, ...lastingFields } = statedFields;

/**
 * Any but the first line: what `tree` prints of a name, without what a root filesystem that lies in a folder does not
 * tell (which layer) or not reliably (times, extended attributes).
 */
export const RootFileSchema = v.strictObject({
  path: v.string(),
  pathBase64: v.exactOptional(Base64Schema),
  type: v.picklist(['file', 'dir', 'symlink', 'char', 'block', 'fifo']),
  ...lastingFields,
});

export type RootFileLine = Stored<typeof RootFileSchema>;

/** A name in a root filesystem, texts as bytes. */
export interface RootFile extends Pick<LineFields, 'path' | 'mode' | 'uid' | 'gid' | 'size' | 'sha256'> {
  readonly type: RootFileLine['type'];
  readonly linkTarget: ByteText | null;
  readonly device: LineFields['device'];
}

/** The files of one root filesystem as a payload, and how much there is. */
export interface RootFiles extends Payload {
  /** Names of every type. */
  readonly entries: number;
  readonly files: number;
  /** Bytes of all files, those of a file with several names counted for each. */
  readonly contentBytes: number;
}

/** Lists names that come sorted by the bytes of their paths; the list itself is only held compressed. */
export async function listRootFiles(names: AsyncIterable<RootFile>): Promise<RootFiles> {
  const writer = new PayloadWriter();
  try {
    writer.write(`${fromText(canonicalJson({ schema: ROOT_FILES_SCHEMA }))}\n`);
    let [entries, files, contentBytes] = [0, 0, 0];
    for await (const file of names) {
      writer.write(`${formatLine({ ...file, mtime: null, mtimeNs: 0, xattrs: null })}\n`);
      entries += 1;
      contentBytes += file.size;
      if (file.type === 'file') files += 1;
    }
    return { ...writer.end(), entries, files, contentBytes };
  } finally {
    writer.close();
  }
}
