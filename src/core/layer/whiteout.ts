import { parentOf, ROOT } from './entry-path.ts';

const PREFIX = '.wh.';
const META_PREFIX = '.wh..wh.';
const OPAQUE = '.wh..wh..opq';

/** What a path says about lower layers. */
export type Whiteout =
  /** Hides `target` of lower layers. */
  | { readonly kind: 'whiteout'; readonly target: string }
  /** Hides all that lower layers have in `target`. */
  | { readonly kind: 'opaque'; readonly target: string }
  /** Names nothing, `.` or `..`: without effect, and a finding. */
  | { readonly kind: 'bad' }
  /** AUFS keeps its books here (`.wh..wh.plnk`, `.wh..wh.aufs` and what is in them): no part of the image. */
  | { readonly kind: 'aufs' };

/**
 * Reads a normalized path as a whiteout.
 * As container engines do, `.wh..wh.*` is bookkeeping at the root only; elsewhere it hides a file named `.wh.*`.
 * @returns null for a path that is just a path.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#whiteouts
 */
export function parseWhiteout(path: string): Whiteout | null {
  if (!path.includes(PREFIX)) return null;
  if (path.startsWith(META_PREFIX) && path !== OPAQUE) return { kind: 'aufs' };
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (!name.startsWith(PREFIX)) return null;
  const directory = parentOf(path) ?? ROOT;
  if (name === OPAQUE) return { kind: 'opaque', target: directory };
  const hidden = name.slice(PREFIX.length);
  if (hidden === '' || hidden === '.' || hidden === '..') return { kind: 'bad' };
  return { kind: 'whiteout', target: directory === ROOT ? hidden : `${directory}/${hidden}` };
}
