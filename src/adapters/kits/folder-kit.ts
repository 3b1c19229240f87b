import { randomUUID } from 'node:crypto';
import { constants, lstatSync } from 'node:fs';
import { open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { makeDirectory } from '../../base/make-directory.ts';
import {
  KIT_INDEX,
  KIT_INDEX_BYTES,
  KIT_ROOT,
  type KitIndex,
  listKitFiles,
  parseKitIndex,
} from '../../core/kit/kit-index.ts';
import { type KitReader, type KitWriter, missingFile, type ReadFile } from '../../core/kit/kit-place.ts';
import { refuseLinks } from '../filesystem/committed-links.ts';
import { eachOf } from '../filesystem/each-of.ts';
import { writeFault } from '../filesystem/file-fault.ts';
import { FileTree } from '../filesystem/file-tree.ts';
import { kitNotFound } from './kit-fault.ts';

/** A kit in a folder, read. Files that the index does not list are left alone: a medium may have some of its own. */
export class FolderKit implements KitReader {
  readonly location: string;
  readonly #tree: FileTree;

  constructor(path: string) {
    this.location = path;
    this.#tree = new FileTree(path);
  }

  async readIndex(): Promise<Uint8Array> {
    const bytes = this.#tree.read(KIT_INDEX, KIT_INDEX_BYTES);
    if (bytes === null) throw kitNotFound(this.location, `has no ${KIT_INDEX}`);
    return bytes;
  }

  async *readFiles(index: KitIndex): AsyncGenerator<ReadFile> {
    for (const { path, size } of listKitFiles(index)) {
      const bytes = this.#read(path, size);
      if (bytes === null) throw missingFile(path);
      yield { path, bytes };
    }
  }

  #read(path: string, size: number): Buffer | null {
    try {
      return this.#tree.read(path, size);
    } catch (fault) {
      if (!(fault instanceof VarveError) || fault.code !== 'limit-exceeded') throw fault;
      throw new VarveError('size-mismatch', `${path} has more than the ${size} bytes that the index states`, {
        object: path,
      });
    }
  }
}

/** What a file is called while it is written. */
const TEMPORARY = '.varve-';

/**
 * Writes a kit into a folder. The index comes last, so that a kit whose writing was broken off is not taken for one; when
 * it is written again, the files that are there as they should be stay.
 */
export class FolderKitWriter implements KitWriter {
  readonly location: string;
  readonly #tree: FileTree;
  readonly #strange: readonly string[];
  /** What the kit listed that was there before. */
  #former: readonly string[] = [];
  /** Folders without a link on the way to them. */
  readonly #own = new Set<string>();
  /** Paths that were added and may not be on the disk yet. */
  readonly #unsynced: string[] = [];
  #index: { readonly index: KitIndex; readonly bytes: Uint8Array } | null = null;

  /**
   * @param strange folders whose files others chose: no link in them is followed.
   * @throws VarveError `bad-option` for a folder that holds something else; `store-unwritable`.
   */
  constructor(path: string, strange: readonly string[]) {
    this.location = path;
    this.#tree = new FileTree(path);
    this.#strange = strange;
    const names = this.#tree.list('').map(({ name }) => name);
    if (names.length > 0 && !names.includes('offline')) {
      throw new VarveError('bad-option', `${path} holds something else than a kit`, {
        object: path,
        hint: names.includes('oci-layout')
          ? 'it is an image layout: --oci adds a kit to it'
          : 'name a folder that is new or empty, or has a kit, which is then replaced; or a file that ends in .tar.zst',
      });
    }
  }

  async begin(index: KitIndex, bytes: Uint8Array): Promise<void> {
    this.#refuseLinks(KIT_INDEX);
    const present = this.#read(KIT_INDEX, KIT_INDEX_BYTES);
    this.#former = present === null ? [] : filesOf(present);
    if (present !== null && !present.equals(bytes)) await this.#remove(KIT_INDEX);
    this.#index = { index, bytes };
  }

  async add(path: string, bytes: Uint8Array): Promise<void> {
    this.#refuseLinks(path);
    this.#unsynced.push(path);
    const present = this.#read(path, bytes.length);
    if (present !== null && digestOf(present) === digestOf(bytes)) return;
    const target = this.#tree.at(path);
    const temporary = join(dirname(target), `${TEMPORARY}${randomUUID()}`);
    refuseLinks(dirname(target), this.#strange);
    try {
      await makeDirectory(dirname(target));
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
      } finally {
        await file.close();
      }
      await rename(temporary, target);
    } catch (fault) {
      await rm(temporary, { force: true });
      throw writeFault(fault, target);
    }
  }

  async commit(): Promise<void> {
    if (this.#index === null) return;
    const { index, bytes } = this.#index;
    const wanted = new Set([...listKitFiles(index)].map(({ path }) => path));
    for (const path of this.#former) if (!wanted.has(path)) await this.#remove(path);
    await this.#sync();
    await this.add(KIT_INDEX, bytes);
    await this.#sync();
  }

  /** Puts what was added on the disk, all at once: that takes far less time than one by one. */
  async #sync(): Promise<void> {
    const paths = this.#unsynced.splice(0).map((path) => this.#tree.at(path));
    const folders = new Set<string>();
    for (const path of paths) {
      for (
        let folder = dirname(path);
        folder !== this.#tree.root && !folders.has(folder);
        folder = dirname(folder)
      ) {
        folders.add(folder);
      }
    }
    try {
      await eachOf([...paths, ...folders, this.#tree.root], async (path) => {
        const file = await open(path, constants.O_RDONLY);
        try {
          await file.sync();
        } finally {
          await file.close();
        }
      });
    } catch (fault) {
      throw writeFault(fault, this.location);
    }
  }

  /** What was written stays, for the next attempt: without an index it is not a kit. */
  async [Symbol.asyncDispose](): Promise<void> {}

  /** What cannot be read is written again. */
  #read(path: string, maxBytes: number): Buffer | null {
    try {
      return this.#tree.read(path, maxBytes);
    } catch (fault) {
      if (fault instanceof VarveError && fault.kind === 'bytes') return null;
      throw fault;
    }
  }

  /** A link below the folder may lead anywhere, and what is there is not the kit's. @throws VarveError `store-unwritable`. */
  #refuseLinks(path: string): void {
    const folder = dirname(this.#tree.at(path));
    if (this.#own.has(folder)) return;
    for (let place = folder; place !== this.#tree.root; place = dirname(place)) {
      if (!lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
      throw new VarveError('store-unwritable', `${place} is a link`, {
        object: place,
        hint: 'a kit is written into folders of its own: remove the link, or name another folder',
      });
    }
    this.#own.add(folder);
  }

  /** Removes a file of an earlier kit, and the folders that are empty then. */
  async #remove(path: string): Promise<void> {
    this.#refuseLinks(path);
    try {
      await rm(this.#tree.at(path), { force: true });
      for (let folder = dirname(path); folder !== KIT_ROOT; folder = dirname(folder)) {
        if ((await readdir(this.#tree.at(folder))).length > 0) break;
        await rmdir(this.#tree.at(folder));
      }
    } catch (fault) {
      throw writeFault(fault, this.#tree.at(path));
    }
  }
}

/** The files that an index lists; none of one that cannot be read. */
function filesOf(index: Uint8Array): readonly string[] {
  try {
    return [...listKitFiles(parseKitIndex(index, KIT_INDEX))].map(({ path }) => path);
  } catch {
    return [];
  }
}
