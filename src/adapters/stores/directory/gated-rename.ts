import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { errnoOf, isAbsent } from '../../filesystem/file-fault.ts';
import type { FileOperations } from './file-operations.ts';

/** Milliseconds after which the process in a gate is taken for dead: passing it takes less than one. */
const STALE_AFTER = 10_000;
const RETRY_AFTER = 5;

const TAKEN = new Set(['ENOTEMPTY', 'EEXIST']);
/** Some systems say this of a taken name too; who is denied this often really is. */
const DENIED = new Set(['EPERM', 'EACCES']);
const MOST_DENIALS = 2 * (STALE_AFTER / RETRY_AFTER);

/**
 * Gives a file its name if a condition holds, which no other process can change meanwhile that goes through the same
 * gate. Waits for the process that is in there.
 *
 * The gate is a directory that appears with the file in it, since a directory is never moved over one that has
 * something in it. Out of there the file gets its name. So a process that takes the gate from one that seems dead takes
 * the file too. If the other is alive, it finds nothing to rename: a wrong guess costs another try, never an update.
 * @param gate a path on the same file system.
 * @returns false when the condition does not hold, or the gate was lost. The file is gone then.
 */
export async function renameThroughGate(
  file: string,
  target: string,
  gate: string,
  operations: FileOperations,
  holds: () => boolean,
): Promise<boolean> {
  return passGate(
    file,
    gate,
    operations,
    async (inside) => holds() && renameIfThere(inside, target, operations),
  );
}

/**
 * Removes a file if a condition holds, which no other process can change meanwhile that goes through the same gate.
 *
 * A directory goes into the gate, and the file is moved into that: a process that lost the gate finds no place to move
 * it to. So a file is never removed by a decision that was made before somebody else passed the gate.
 * @param gate a path on the same file system.
 * @returns false when the condition does not hold, nothing is there, or the gate was lost.
 */
export async function removeThroughGate(
  place: string,
  target: string,
  gate: string,
  operations: FileOperations,
  holds: () => boolean,
): Promise<boolean> {
  await operations.makeDirectory(place);
  return passGate(
    place,
    gate,
    operations,
    async (inside) => holds() && renameIfThere(target, join(inside, 'removed'), operations),
  );
}

/** Waits for the process that is in a gate now, if there is one. */
export async function waitForGate(place: string, gate: string, operations: FileOperations): Promise<void> {
  if (statSync(gate, { throwIfNoEntry: false }) === undefined) return;
  await operations.makeDirectory(place);
  await passGate(place, gate, operations, async () => undefined);
}

/** Takes a file or directory into a gate, acts, and leaves nothing of it there. */
async function passGate<T>(
  thing: string,
  gate: string,
  operations: FileOperations,
  act: (inside: string) => Promise<T>,
): Promise<T> {
  const room = `${thing}.room`;
  await operations.makeDirectory(room);
  try {
    const inside = join(gate, await enter(thing, room, gate, operations));
    try {
      return await act(inside);
    } finally {
      await operations.remove(inside);
      await operations.removeEmpty(gate);
    }
  } finally {
    await operations.remove(room);
  }
}

/** Moves a file or directory into a room of its own, and that to where the gate is, once it is free. Returns its name in there. */
async function enter(file: string, room: string, gate: string, operations: FileOperations): Promise<string> {
  const watch = new GateWatch(gate);
  let denials = 0;
  for (let place = file; ; ) {
    // A new name each time makes the room as young as the try.
    const name = randomUUID();
    await operations.rename(place, join(room, name));
    place = join(room, name);
    try {
      await operations.rename(room, gate);
      return name;
    } catch (fault) {
      const errno = errnoOf(fault) ?? '';
      const taken = TAKEN.has(errno) || (DENIED.has(errno) && ++denials < MOST_DENIALS);
      if (!taken) throw fault;
    }
    if (watch.isStale()) await clear(gate, operations);
    await setTimeout(RETRY_AFTER * (1 + Math.random()));
  }
}

async function renameIfThere(from: string, to: string, operations: FileOperations): Promise<boolean> {
  try {
    await operations.rename(from, to);
    return true;
  } catch (fault) {
    if (isAbsent(fault)) return false;
    throw fault;
  }
}

/** Tells when nobody has passed a gate for so long that the process in there must be dead. */
class GateWatch {
  readonly #gate: string;
  #seen = '';
  #since = 0;

  constructor(gate: string) {
    this.#gate = gate;
  }

  /** By its own time stamp, or where that lies in the future, by how long the same one was seen. */
  isStale(): boolean {
    const stat = statSync(this.#gate, { throwIfNoEntry: false });
    if (stat === undefined) return false;
    const seen = `${stat.ino} ${stat.mtimeMs}`;
    if (seen !== this.#seen) [this.#seen, this.#since] = [seen, performance.now()];
    return Date.now() - stat.mtimeMs >= STALE_AFTER || performance.now() - this.#since >= STALE_AFTER;
  }
}

async function clear(gate: string, operations: FileOperations): Promise<void> {
  const aside = `${gate}.${randomUUID()}`;
  if (await renameIfThere(gate, aside, operations)) await operations.remove(aside);
}
