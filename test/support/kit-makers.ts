import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArchiveKit } from '../../src/adapters/kits/archive-kit.ts';
import { ArchiveKitWriter } from '../../src/adapters/kits/archive-writer.ts';
import { FolderKit, FolderKitWriter } from '../../src/adapters/kits/folder-kit.ts';
import type { ByteSource } from '../../src/base/byte-source.ts';
import { readRange } from '../../src/base/file-range.ts';
import { KIT_INDEX, type KitIndex, kitIndexBytes, listKitFiles } from '../../src/core/kit/kit-index.ts';
import type { KitReader, ReadFile } from '../../src/core/kit/kit-place.ts';
import { Received } from '../../src/core/kit/receipt.ts';
import type { Store } from '../../src/core/store/store.ts';
import { exportKit } from '../../src/flows/kit/export-kit.ts';
import { importKit } from '../../src/flows/kit/import-kit.ts';
import { planKit } from '../../src/flows/kit/plan-kit.ts';
import type { KitSelection } from '../../src/flows/kit/select-objects.ts';
import { MemoryStorePlace } from './memory-store.ts';

/** Shows no progress. */
export const QUIETLY = { startProgress: () => ({ advance() {}, finishLayer() {}, clear() {} }) };

/** All of a tenant. */
export const EVERYTHING: KitSelection = { tenant: 'acme', names: [], images: [], kinds: [], since: null };

/** The forms of a kit that is one path. */
export const KIT_FORMS = ['folder', 'kit.tar', 'kit.tar.zst'] as const;
export type KitForm = (typeof KIT_FORMS)[number];

const writerOf = (path: string, form: KitForm) =>
  form === 'folder'
    ? new FolderKitWriter(path, [])
    : new ArchiveKitWriter(path, { compressed: form === 'kit.tar.zst', strange: [] });

/** Opens a kit as the faces do. */
export function openKitAt(path: string, form: KitForm): KitReader {
  return form === 'folder' ? new FolderKit(path) : new ArchiveKit(path, () => readRange(path));
}

/** Plans and writes a kit. */
export async function writeKit(
  store: Store,
  path: string,
  {
    form = 'folder',
    selection = EVERYTHING,
    received = new Received(null),
  }: { form?: KitForm; selection?: KitSelection; received?: Received } = {},
): Promise<KitIndex> {
  const plan = await planKit(store, selection, received, QUIETLY);
  await using writer = writerOf(path, form);
  await exportKit(store, plan, writer, QUIETLY);
  return plan.index;
}

/** Takes a kit into a store. */
export function takeKit(store: Store, kit: KitReader): Promise<KitIndex> {
  // Early enough for nothing to have expired, so that what comes out of a store is what went in.
  const now = () => Date.UTC(2026, 0, 1);
  return importKit(store, kit, { ...QUIETLY, now, openScratch: async () => new MemoryStorePlace().open() });
}

/** A kit in memory, whose files can be changed. */
export class MemoryKit implements KitReader {
  readonly location = 'memory kit';
  readonly files = new Map<string, Uint8Array>();

  /** @param folder a kit in a folder. */
  static of(folder: string, index: KitIndex): MemoryKit {
    const kit = new MemoryKit();
    kit.files.set(KIT_INDEX, kitIndexBytes(index));
    for (const { path } of listKitFiles(index)) kit.files.set(path, readFileSync(join(folder, path)));
    return kit;
  }

  copy(): MemoryKit {
    const copy = new MemoryKit();
    for (const [path, bytes] of this.files) copy.files.set(path, bytes);
    return copy;
  }

  async readIndex(): Promise<Uint8Array> {
    return this.files.get(KIT_INDEX) ?? Buffer.alloc(0);
  }

  async *readFiles(index: KitIndex): AsyncGenerator<ReadFile> {
    for (const { path } of listKitFiles(index))
      yield { path, bytes: this.files.get(path) ?? Buffer.alloc(0) };
  }
}

/** Whether a path leads to something. */
export const isThere = (path: string): boolean => existsSync(path);

/** An archive of some bytes. */
export const archiveOf = (bytes: Uint8Array): KitReader =>
  new ArchiveKit('the archive', (): ByteSource => [bytes]);
