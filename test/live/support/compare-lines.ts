import { isDeepStrictEqual } from 'node:util';

interface Line {
  readonly path: string;
}

const SHOWN = 10;

/** What two lists say of one path, or of one place in their order. */
export interface Disagreement {
  readonly at: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}

/**
 * Compares what we list with what an oracle lists, path by path, and then their order.
 * @returns the first disagreements: an empty list when there is none.
 */
export function findDisagreements(ours: readonly Line[], theirs: readonly Line[]): Disagreement[] {
  const [left, right] = [byPath(ours), byPath(theirs)];
  const found: Disagreement[] = [];
  for (const path of new Set([...left.keys(), ...right.keys()])) {
    const pair = { at: path, ours: left.get(path) ?? [], theirs: right.get(path) ?? [] };
    if (!isDeepStrictEqual(pair.ours, pair.theirs)) found.push(pair);
    if (found.length === SHOWN) return found;
  }
  if (found.length > 0) return found;
  const place = ours.findIndex(({ path }, index) => path !== theirs[index]?.path);
  return place === -1 ? [] : [{ at: `place ${place}`, ours: ours[place]?.path, theirs: theirs[place]?.path }];
}

function byPath(lines: readonly Line[]): Map<string, Line[]> {
  const paths = new Map<string, Line[]>();
  for (const line of lines) {
    const same = paths.get(line.path);
    if (same === undefined) paths.set(line.path, [line]);
    else same.push(line);
  }
  return paths;
}
