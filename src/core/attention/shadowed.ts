import { type ByteText, fromText, toText } from '../../base/byte-text.ts';
import { followLinks } from '../rootfs/follow-links.ts';
import type { Placed, RootfsReader } from '../rootfs/rootfs-reader.ts';
import type { AttentionItem } from './attention.ts';

/**
 * Finds programs that another one of that name stands before on PATH.
 * @param directories of PATH, without a leading slash.
 * @param isSought which names are looked for; without it, all.
 */
export function findShadowed(
  rootfs: Pick<RootfsReader, 'lookup' | 'descendants'>,
  directories: readonly string[],
  isSought: (directory: ByteText, name: ByteText) => boolean = () => true,
): AttentionItem[] {
  // /bin and /usr/bin are often one directory.
  const real = new Set(directories.flatMap((each) => followLinks(rootfs, `${fromText(each)}/.`)?.path ?? []));
  const first = new Map<
    ByteText,
    { readonly path: ByteText; readonly placed: Placed; readonly sought: boolean }
  >();
  const found: AttentionItem[] = [];
  for (const directory of real) {
    for (const [path, placed] of rootfs.descendants(directory)) {
      const name = path.slice(directory.length + 1);
      if (name.includes('/') || !isProgram(placed)) continue;
      const before = first.get(name);
      const sought = isSought(directory, name);
      if (before === undefined) first.set(name, { path, placed, sought });
      else if ((sought || before.sought) && !isSame(rootfs, before, { path, placed }))
        found.push({
          kind: 'shadowed',
          path: toText(path),
          layer: before.placed.layer,
          other: toText(before.path),
        });
    }
  }
  return found;
}

function isProgram({ state }: Placed): boolean {
  if (state.type === 'symlink') return true;
  return state.type === 'file' && (Number.parseInt(state.mode, 8) & 0o111) !== 0;
}

interface Named {
  readonly path: ByteText;
  readonly placed: Placed;
}

/** Whether two names lead to one file, or to equal ones. */
function isSame(rootfs: Pick<RootfsReader, 'lookup'>, one: Named, other: Named): boolean {
  const [a, b] = [one, other].map(({ path }) => followLinks(rootfs, `${path}/.`)?.path ?? path);
  if (a === undefined || b === undefined || a === b) return true;
  const [before, after] = [rootfs.lookup(a)?.state, rootfs.lookup(b)?.state];
  return before?.sha256 !== undefined && before.sha256 === after?.sha256;
}
