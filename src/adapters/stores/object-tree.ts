import { VarveError } from '../../base/errors.ts';

/**
 * Port: whole objects under paths, as a folder and a bucket both keep them. What stands under which path, and what is
 * written before what, is the business of `on-object-tree`, which makes a store of any such tree.
 *
 * A path is segments with slashes between them (`parseObjectPath`); no object is below another one. An object is whole
 * or not there: no reader ever sees a part of one that is being written. Every later
 * read sees what was written. Any number of processes may use one tree at once.
 *
 * Yet the place may have been tampered with or lost bytes, so an object may hold anything, and something may stand
 * under a path that cannot be an object at all. Reading that throws `malformed`; writing replaces it where the place
 * lets it.
 *
 * Methods that read throw VarveError `denied` or `unreachable` where the place cannot be read, those that write
 * `store-unwritable`; all throw `internal` for what is not a path.
 */
export interface ObjectTree {
  /**
   * The bytes of an object; null when nothing is there. Whole, since none is larger than a compressed inventory.
   * @throws VarveError `limit-exceeded` when there are more than `maxBytes`; they are not read then.
   */
  read(path: string, maxBytes: number): Promise<Buffer | null>;
  /** The first bytes of an object, all of a short one; null when nothing is there. */
  readHead(path: string, bytes: number): Promise<Buffer | null>;
  /** Whether an object is there. */
  has(path: string): Promise<boolean>;
  /** Length of an object in bytes; null when none is there. */
  sizeOf(path: string): Promise<number | null>;
  /** When an object was last written, in milliseconds since 1970; null when none is there. */
  writtenAt(path: string): Promise<number | null>;

  /** What is below a prefix, in the order of the bytes of the paths. @param prefix whole segments, or '' for all. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /**
   * The segments that paths below a prefix go on with, unless it is their last one: each once, in the order of their
   * bytes. There may be others, that no object is below any more.
   */
  branches(prefix: string): Promise<readonly string[]>;

  /**
   * Writes groups of objects. Each group is durable before any object of the next one can be seen, and all are when
   * this returns: also those that were found there, whose writers may not have ended yet. When it throws, some may be
   * there and others not, each of them whole.
   * @returns the paths with `existing: 'keep'` that something was under already.
   */
  put(groups: readonly (readonly NewObject[])[]): Promise<ReadonlySet<string>>;
  /** Writes objects that can be made again from others: they may be lost when the power fails. */
  putDerived(objects: readonly NewObject[]): Promise<void>;
  /**
   * Replaces an object if it has not changed since it was read, and begins again if it has, so that of many who update
   * one object none undoes what another did. Durable when it returns.
   * @param change is given the present bytes: null when nothing is there, none when it cannot be read as an object of
   * at most `maxBytes`. It returns the new bytes, or null to leave all as it is. It may be called several times.
   */
  update(
    path: string,
    maxBytes: number,
    change: (present: Buffer | null) => Uint8Array | null,
  ): Promise<void>;
  /** Removes objects; those that are gone already are fine. */
  remove(paths: readonly string[]): Promise<void>;
  /**
   * Removes objects, each if its guard is as it should be. No `update` of the guard comes between the look at it and the
   * removal; who puts it and then waits until it is `settled` was there before the look, or finds the object removed.
   * Durable when it returns.
   * @returns the paths that an object was removed from.
   */
  removeIf(removals: readonly Removal[]): Promise<ReadonlySet<string>>;
  /** Waits for every removal under way that may have looked at one of these guards already. */
  settled(guards: readonly string[]): Promise<void>;
}

/** An object that is to go, if another one, or itself, is as it should be. */
export interface Removal {
  readonly path: string;
  readonly guard: string;
  /** @param present the bytes of the guard, as `update` gives them. It may be called several times. */
  readonly holds: (present: Buffer | null) => boolean;
  readonly maxBytes: number;
}

/** An object that is to be there. */
export interface NewObject {
  readonly path: string;
  readonly bytes: Uint8Array;
  /**
   * What becomes of an object that is there already.
   * `keep`: it stays, whatever it holds, so that of several writers exactly one comes first.
   * `replace`: it stays if it has the same bytes. For paths that follow from what they hold: all writers write the
   * same, and what has other bytes is damaged.
   */
  readonly existing: 'keep' | 'replace';
}

export interface ListedObject {
  readonly path: string;
  /** Whether this cannot be an object, such as a link or a pipe in a folder. */
  readonly foreign: boolean;
}

/**
 * Checks a path: no segment is empty, `.` or `..`, and none has a NUL. Paths are made of parts that were checked, so
 * anything else is a fault of Varve itself.
 * @throws VarveError `internal`.
 */
export function parseObjectPath(path: string): string {
  if (!/^(?!\.{1,2}(?:\/|$))[^/\0]+(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)*$/.test(path)) {
    throw new VarveError('internal', `${JSON.stringify(path)} is not the path of an object`, {
      object: path,
    });
  }
  return path;
}
