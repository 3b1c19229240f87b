import { closeSync, mkdtempSync, openSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../base/digest.ts';
import { VarveError } from '../../base/errors.ts';
import { type Limits, limitExceeded } from '../../base/limits.ts';
import { errnoOf, writeFault } from '../filesystem/file-fault.ts';
import type { EngineClient } from './engine-client.ts';
import { engineFault } from './engine-faults.ts';

/** Begins to tell how an export of about so many bytes goes on. */
export type StartExport = (bytes: number) => { advance(bytes: number): void; clear(): void };

/**
 * Keeps what engines export, in files that are gone when it is disposed of. An export is a stream whose first layers
 * come before the document that says what they are, so it is put down as it comes and then read by seeking.
 */
export class EngineExports implements AsyncDisposable {
  readonly #parent: string;
  readonly #limits: Limits;
  readonly #startProgress: StartExport;
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal;
  readonly #folders = new Set<string>();

  /**
   * @param parent folder for temporary files.
   * @param limits an export may have as many bytes as a layer.
   * @param signal ends what is under way, with its reason.
   */
  constructor(parent: string, limits: Limits, startProgress: StartExport, signal?: AbortSignal) {
    this.#parent = parent;
    this.#limits = limits;
    this.#startProgress = startProgress;
    this.#signal = AbortSignal.any([this.#abort.signal, ...(signal ? [signal] : [])]);
  }

  /**
   * Has an image exported to a file.
   * @param size about how many bytes will come, for the progress.
   * @returns the path of the file, which `remove` takes away.
   * @throws VarveError `unreachable`, `denied`, `store-unwritable`, `limit-exceeded`.
   */
  async save(engine: EngineClient, id: Digest, size: number): Promise<string> {
    const folder = this.#makeFolder();
    const path = join(folder, 'image.tar');
    const progress = this.#startProgress(size);
    try {
      const limited = limitSize(await engine.export(id, this.#signal), this.#limits, id);
      await putDown(limited, path, progress);
      return path;
    } catch (fault) {
      await this.remove(path);
      this.#signal.throwIfAborted();
      throw isOfDisk(fault) ? unwritable(fault, folder) : engineFault(fault, engine.address);
    } finally {
      progress.clear();
    }
  }

  /** Made and noted at once: a signal that came in between would find nothing to remove. */
  #makeFolder(): string {
    try {
      const folder = mkdtempSync(join(this.#parent, 'varve-export-'));
      this.#folders.add(folder);
      return folder;
    } catch (fault) {
      throw unwritable(fault, this.#parent);
    }
  }

  async remove(path: string): Promise<void> {
    const folder = join(path, '..');
    if (this.#folders.delete(folder)) await rm(folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await Promise.all([...this.#folders].map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

async function* limitSize(
  archive: AsyncIterable<Uint8Array>,
  limits: Limits,
  id: Digest,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of archive) {
    size += chunk.length;
    if (size > limits.layerBytes) throw limitExceeded('layerBytes', limits, `the export of ${id}`);
    yield chunk;
  }
}

/** Writes at once what has come: a stream of its own for that costs a tenth of the time that the engine takes. */
async function putDown(
  archive: AsyncIterable<Uint8Array>,
  path: string,
  progress: Pick<ReturnType<StartExport>, 'advance'>,
): Promise<void> {
  const file = openSync(path, 'wx');
  try {
    for await (const chunk of archive) {
      for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
      progress.advance(chunk.length);
    }
  } finally {
    closeSync(file);
  }
}

const isOfDisk = (fault: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EFBIG'].includes(errnoOf(fault) ?? '');

function unwritable(fault: unknown, folder: string): VarveError {
  const { message } = writeFault(fault, folder);
  return new VarveError('store-unwritable', `${message}: the export of the engine cannot be kept there`, {
    object: folder,
    cause: fault,
    hint: 'free some space there, or name another folder with TMPDIR',
  });
}
