/** Cells of the table that the exact search may fill: enough for 4,000 by 4,000; engines take 127 layers. */
const MAX_CELLS = 2 ** 24;

/**
 * A longest common subsequence, as pairs of places in the two lists. Of several the one that keeps the earliest places
 * of the first list. Lists too long for the exact search, which only somebody hostile makes, get a common subsequence
 * that need not be the longest: what both begin and end with, and in between each item with its next equal.
 */
export function findCommonSubsequence(
  first: readonly string[],
  second: readonly string[],
): (readonly [number, number])[] {
  const shorter = Math.min(first.length, second.length);
  let start = 0;
  while (start < shorter && first[start] === second[start]) start++;
  const prefix = Array.from({ length: start }, (_, at) => [at, at] as const);
  const rest = [first.slice(start), second.slice(start)] as const;
  const small = (rest[0].length + 1) * (rest[1].length + 1) <= MAX_CELLS;
  const found = small ? searchExactly(...rest) : matchGreedily(...rest);
  return [...prefix, ...found.map(([a, b]) => [a + start, b + start] as const)];
}

function searchExactly(first: readonly string[], second: readonly string[]): [number, number][] {
  const width = second.length + 1;
  /** Length of the longest common subsequence of what begins at a place of each list. */
  const lengths = new Uint16Array((first.length + 1) * width);
  const lengthAt = (a: number, b: number): number => lengths[a * width + b] as number;
  for (let a = first.length - 1; a >= 0; a--) {
    for (let b = second.length - 1; b >= 0; b--) {
      lengths[a * width + b] =
        first[a] === second[b]
          ? lengthAt(a + 1, b + 1) + 1
          : Math.max(lengthAt(a + 1, b), lengthAt(a, b + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let a = 0, b = 0; lengthAt(a, b) > 0; a++) {
    const match = second.indexOf(first[a] as string, b);
    if (match === -1 || lengthAt(a + 1, match + 1) + 1 < lengthAt(a, b)) continue;
    pairs.push([a, match]);
    b = match + 1;
  }
  return pairs;
}

function matchGreedily(first: readonly string[], second: readonly string[]): [number, number][] {
  const shorter = Math.min(first.length, second.length);
  let tail = 0;
  while (tail < shorter && first.at(-1 - tail) === second.at(-1 - tail)) tail++;
  const places = new Map<string, number[]>();
  for (let b = second.length - tail - 1; b >= 0; b--) {
    const item = second[b] as string;
    const known = places.get(item);
    if (known === undefined) places.set(item, [b]);
    else known.push(b);
  }
  const pairs: [number, number][] = [];
  let from = 0;
  for (let a = 0; a < first.length - tail; a++) {
    const left = places.get(first[a] as string);
    while (left?.length && (left.at(-1) as number) < from) left.pop();
    const match = left?.pop();
    if (match === undefined) continue;
    pairs.push([a, match]);
    from = match + 1;
  }
  for (let back = tail; back > 0; back--) pairs.push([first.length - back, second.length - back]);
  return pairs;
}
