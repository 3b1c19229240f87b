import type { ByteText } from '../../base/byte-text.ts';
import { ROOT } from '../layer/entry-path.ts';
import type { Node } from './rootfs-node.ts';

/** Something in a directory that is listed: its name itself, or all that is below it. */
export interface Listed<T> {
  readonly value: T;
  readonly name: ByteText;
  readonly below: boolean;
}

/**
 * Puts names of one directory, and what is below them, in the order of whole paths: `a`, `a-b`, `a/c`, since `-` comes
 * before `/`.
 */
export function inPathOrder<T>(
  names: Iterable<readonly [ByteText, T]>,
  hasMore: (value: T) => boolean,
): Listed<T>[] {
  const keyed: { key: ByteText; listed: Listed<T> }[] = [];
  for (const [name, value] of names) {
    keyed.push({ key: name, listed: { value, name, below: false } });
    if (hasMore(value)) keyed.push({ key: `${name}/`, listed: { value, name, below: true } });
  }
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ listed }) => listed);
}

/** The path of a name in a directory. */
export function pathIn(directory: ByteText, name: ByteText): ByteText {
  return directory === ROOT ? name : `${directory}/${name}`;
}

/** Goes down to the deepest node on the way to a path, and gives what of the path is left. */
export function descend(top: Node, path: ByteText): { node: Node; rest: ByteText } {
  let node = top;
  if (path === ROOT) return { node, rest: '' };
  for (let start = 0; start <= path.length; ) {
    const slash = path.indexOf('/', start);
    const end = slash === -1 ? path.length : slash;
    const next = node.children?.get(path.slice(start, end));
    if (next === undefined) return { node, rest: path.slice(start) };
    node = next;
    start = end + 1;
  }
  return { node, rest: '' };
}

/** All nodes below a node, sorted by path. */
export function* nodesBelow(
  top: Node,
  directory: ByteText,
): Generator<readonly [path: ByteText, node: Node]> {
  const levels = [{ directory, entries: list(top).values() }];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const { value: listed } = level.entries.next();
    if (listed === undefined) {
      levels.pop();
      continue;
    }
    const path = pathIn(level.directory, listed.name);
    if (listed.below) levels.push({ directory: path, entries: list(listed.value).values() });
    else yield [path, listed.value];
  }
}

const list = (node: Node) => inPathOrder(node.children ?? [], ({ children }) => children !== null);

/** Merges two lists that are sorted by path; of equal paths the first list's one is taken. */
export function* mergeSorted<A, B>(
  first: Iterable<readonly [ByteText, A]>,
  second: Iterable<readonly [ByteText, B]>,
): Generator<readonly [ByteText, A | B]> {
  const rest = second[Symbol.iterator]();
  let other = rest.next();
  for (const item of first) {
    for (; !other.done && other.value[0] < item[0]; other = rest.next()) yield other.value;
    if (!other.done && other.value[0] === item[0]) other = rest.next();
    yield item;
  }
  for (; !other.done; other = rest.next()) yield other.value;
}
