import { type ByteText, toText } from '../../base/byte-text.ts';
import { ROOT } from '../layer/entry-path.ts';
import { MAX_HOPS, MAX_PATH, targetOf } from './path-resolver.ts';
import type { RootfsReader } from './rootfs-reader.ts';

/** Where a path leads. */
export interface FollowedPath {
  /** Without a link among its directories. */
  readonly path: ByteText;
  /** The links on the way to it, in order, in words: `bin is a link to usr/bin`. */
  readonly links: readonly string[];
}

/**
 * Follows the links among the directories of a path inside a root filesystem, its last component not.
 * @param path as `normalizePath` gives it.
 * @returns null where the links go in circles, or to a path longer than any can be.
 */
export function followLinks(rootfs: Pick<RootfsReader, 'lookup'>, path: ByteText): FollowedPath | null {
  const links: string[] = [];
  // The next component last.
  const left = path.split('/').reverse();
  const reached: ByteText[] = [];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      reached.pop();
      continue;
    }
    const at = [...reached, name].join('/');
    if (at.length > MAX_PATH) return null;
    const state = left.length === 0 ? undefined : rootfs.lookup(at)?.state;
    if (state?.type !== 'symlink') {
      reached.push(name);
      continue;
    }
    if (links.length === MAX_HOPS) return null;
    const target = targetOf(state);
    links.push(`${toText(at)} is a link to ${toText(target)}`);
    if (target.startsWith('/')) reached.length = 0;
    left.push(...target.split('/').reverse());
  }
  return { path: reached.join('/') || ROOT, links };
}
