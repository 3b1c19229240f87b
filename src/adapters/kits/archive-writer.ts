import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { makeDirectory } from '../../base/make-directory.ts';
import { KIT_INDEX, type KitIndex } from '../../core/kit/kit-index.ts';
import type { KitWriter } from '../../core/kit/kit-place.ts';
import { refuseLinks } from '../filesystem/committed-links.ts';
import { writeFault } from '../filesystem/file-fault.ts';

/** Nothing in a header depends on when or where it is written. */
const SAME_EVERYWHERE = { mode: 0o644, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };

/** Writes a kit as one tar, which is there whole or not at all. */
export class ArchiveKitWriter implements KitWriter {
  readonly location: string;
  readonly #temporary: string;
  readonly #compressed: boolean;
  readonly #strange: readonly string[];
  #archive: { readonly pack: Pack; readonly written: Promise<void> } | null = null;

  /** @param strange folders whose files others chose: no link in them is followed. */
  constructor(
    path: string,
    { compressed, strange }: { readonly compressed: boolean; readonly strange: readonly string[] },
  ) {
    this.location = path;
    this.#temporary = join(dirname(path), `.${basename(path)}-${randomUUID()}`);
    this.#compressed = compressed;
    this.#strange = strange;
  }

  async begin(_: KitIndex, bytes: Uint8Array): Promise<void> {
    refuseLinks(dirname(this.location), this.#strange);
    try {
      await makeDirectory(dirname(this.location));
    } catch (fault) {
      throw writeFault(fault, this.location);
    }
    const archive = pack();
    const file = createWriteStream(this.#temporary, { flags: 'wx' });
    const written = this.#compressed
      ? pipeline(gather(archive), createZstdCompress(), file)
      : pipeline(gather(archive), file);
    // It is waited for at the end, and where nothing is taken any more.
    written.catch(() => undefined);
    this.#archive = { pack: archive, written };
    await this.add(KIT_INDEX, bytes);
  }

  async add(path: string, bytes: Uint8Array): Promise<void> {
    if (this.#archive === null) return;
    const { pack: archive, written } = this.#archive;
    const header = { ...SAME_EVERYWHERE, name: path, size: bytes.length };
    try {
      if (archive.destroyed) await written;
      await new Promise<void>((resolve, reject) => {
        const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        const entry = archive.entry(header, content, (fault) => (fault ? reject(fault) : resolve()));
        // A fault of what is behind it destroys the pack, and with that the entry.
        entry.on('error', reject);
      });
    } catch (fault) {
      // Why that is so, the promise tells.
      await written.catch((cause: unknown) => {
        throw writeFault(cause, this.location);
      });
      throw writeFault(fault, this.location);
    }
  }

  async commit(): Promise<void> {
    if (this.#archive === null) return;
    const { pack: archive, written } = this.#archive;
    try {
      archive.finalize();
      await written;
      const file = await open(this.#temporary, 'r+');
      try {
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(this.#temporary, this.location);
    } catch (fault) {
      throw writeFault(fault, this.location);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#archive?.pack.destroy();
    await this.#archive?.written.catch(() => undefined);
    await rm(this.#temporary, { force: true });
  }
}

const GATHERED_BYTES = 256 * 1024;

/** Makes few chunks of many: each costs a trip to another thread. */
async function* gather(pack: Pack): AsyncGenerator<Uint8Array> {
  let gathered: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of pack as AsyncIterable<Uint8Array>) {
    gathered.push(chunk);
    length += chunk.length;
    if (length < GATHERED_BYTES) continue;
    yield Buffer.concat(gathered);
    [gathered, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(gathered);
}
