import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, type Stats, writeSync } from 'node:fs';
import { lstat, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VarveError } from '../../base/errors.ts';
import { isBelow } from '../host/checkouts.ts';

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK;
/** Milliseconds between two tries to write to a pipe that is full. */
const PIPE_DELAY = 20;

/**
 * Writes a file that a run was asked for, so that the new one is there whole or the old one stays. A link that stands in
 * a checkout is its author's: none on the way is followed, and one in the file's place is replaced. Devices and pipes
 * are written to.
 * @param checkouts absolute paths, as the file system names them.
 * @throws VarveError `unreachable`.
 */
export async function writeOutputFile(
  path: string,
  content: string | Uint8Array,
  checkouts: readonly string[],
): Promise<void> {
  try {
    const { folder, name, present } = await findPlace(resolve(path), path, checkouts);
    const target = join(folder, name);
    if (isStream(folder, present)) await writeStream(target, Buffer.from(content));
    else await replace(folder, target, content, present?.mode);
  } catch (fault) {
    throw unwritable(path, fault);
  }
}

/**
 * Removes what an earlier run wrote where this one has nothing to write: it would pass for this run's. Links are treated
 * as by `writeOutputFile`; devices and pipes stay.
 * @throws VarveError `unreachable`.
 */
export async function removeOutputFile(path: string, checkouts: readonly string[]): Promise<void> {
  try {
    const { folder, name, present } = await findPlace(resolve(path), path, checkouts);
    if (present !== null && !isStream(folder, present)) await rm(join(folder, name));
  } catch (fault) {
    throw unwritable(path, fault);
  }
}

/** Makes a folder and its missing parents, without following a link of a checkout. @throws VarveError `unreachable`. */
export async function makeOutputFolder(path: string, checkouts: readonly string[]): Promise<string> {
  try {
    return await enter(resolve(path), path, checkouts);
  } catch (fault) {
    throw unwritable(path, fault);
  }
}

/** A fault of the operating system as what it means for a file that was asked for. */
export function unwritable(path: string, cause: unknown): VarveError {
  if (cause instanceof VarveError) return cause;
  const isFolder = cause instanceof Error && 'code' in cause && cause.code === 'EISDIR';
  return new VarveError('unreachable', `cannot write ${path}${isFolder ? ', which is a folder' : ''}`, {
    object: path,
    cause,
    hint: 'everything else is kept: name another file, or make room for this one',
  });
}

interface Place {
  /** As the file system names it. */
  readonly folder: string;
  readonly name: string;
  /** What has the name now. */
  readonly present: Stats | null;
}

async function findPlace(path: string, shown: string, checkouts: readonly string[]): Promise<Place> {
  const folder = await enter(dirname(path), shown, checkouts);
  const name = basename(path);
  const present = await statusOf(join(folder, name));
  if (present?.isSymbolicLink() !== true || isBelow(folder, checkouts)) return { folder, name, present };
  // A link elsewhere is the user's own; where it leads nowhere, the file takes its place.
  const led = await stat(join(folder, name)).catch(() => null);
  if (led === null || isStream(folder, led)) return { folder, name, present: led };
  return findPlace(await realpath(join(folder, name)), shown, checkouts);
}

/** Goes down to a folder, and makes what is missing of it. @returns its path without links. */
async function enter(path: string, shown: string, checkouts: readonly string[]): Promise<string> {
  const { root } = parse(path);
  let place = root;
  for (const part of path.slice(root.length).split(sep).filter(Boolean)) {
    const next = join(place, part);
    const status = await statusOf(next);
    if (status?.isSymbolicLink() && isBelow(place, checkouts)) {
      throw new VarveError('unreachable', `cannot write ${shown}: ${next} is a link of the checkout`, {
        object: shown,
        hint: 'links that were committed are not followed: name a path outside the checkout',
      });
    }
    if (status === null) await makeFolder(next);
    place = status?.isSymbolicLink() ? await realpath(next) : next;
  }
  return place;
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (fault) {
    // Another process may have made it in the meantime.
    if (!(await statusOf(path))?.isDirectory()) throw fault;
  }
}

/** Terminals, pipes and devices hold nothing that could be replaced; `/dev/stdout` may lead to a file that others write to. */
function isStream(folder: string, status: Stats | null): boolean {
  if (status === null || status.isDirectory()) return false;
  return (!status.isFile() && !status.isSymbolicLink()) || folder === '/dev' || folder.startsWith('/proc/');
}

/** Writes to a pipe as fast as somebody reads; one that nobody reads is a fault, where waiting would have no end. */
async function writeStream(target: string, content: Buffer): Promise<void> {
  const file = openSync(target, APPEND);
  try {
    for (let done = 0; done < content.length; ) {
      try {
        done += writeSync(file, content, done);
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code !== 'EAGAIN') throw fault;
        await sleep(PIPE_DELAY);
      }
    }
  } finally {
    closeSync(file);
  }
}

async function replace(
  folder: string,
  target: string,
  content: string | Uint8Array,
  mode = 0o666,
): Promise<void> {
  const temporary = join(folder, `.varve-${randomUUID()}`);
  try {
    const file = await open(temporary, 'wx', mode & 0o777);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (fault) {
    await rm(temporary, { force: true });
    throw fault;
  }
}

async function statusOf(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
}
