import { type Pausable, STRIDE } from '../../base/pausable.ts';
import type { InventoryEntry } from '../analysis/files/inventory.ts';
import type { LayerView } from '../rootfs/rootfs-reader.ts';
import type { RebuildCause } from './comparison.ts';
import { sameDevice, sameTarget, sameTime, sameXattrs } from './file-changes.ts';
import { LayerInodes } from './layer-inodes.ts';

type Aspect = Extract<RebuildCause, 'timestamps' | 'ownership' | 'mode' | 'xattrs' | 'order'>;

/**
 * Tells why two builds of a layer are not the same bytes, in one pass over their inventories: `content` where what is
 * in the layer differs, else the one thing that does, `metadata` for several, and `tar-encoding` where only the archive
 * was written otherwise. Which of an inode's names holds the content and which are hard links is not content.
 */
export function* findCause(base: LayerView, target: LayerView): Pausable<Exclude<RebuildCause, 'step'>> {
  if (base.header.entries !== target.header.entries) return 'content';
  const aspects = new Set<Aspect>();
  const relinked: [InventoryEntry, InventoryEntry][] = [];
  const others = target.entries()[Symbol.iterator]();
  let count = 0;
  for (const before of base.entries()) {
    if (++count % STRIDE === 0) yield;
    const after: InventoryEntry | undefined = others.next().value;
    if (after === undefined || !samePath(before, after)) return 'content';
    if (isRelinked(before, after)) relinked.push([before, after]);
    else if (!sameThing(before, after)) return 'content';
    else addAspects(before, after, aspects);
  }
  if (relinked.length > 0 && !sameInodes(base, target, relinked, aspects)) return 'content';
  if (base.header.orderDigest !== target.header.orderDigest) aspects.add('order');
  const [only, another] = aspects;
  return another !== undefined ? 'metadata' : (only ?? 'tar-encoding');
}

const samePath = (a: InventoryEntry, b: InventoryEntry): boolean =>
  a.path === b.path && a.pathBase64 === b.pathBase64;

/** A name that holds the content in one build and is a hard link in the other, or links to another name. */
function isRelinked(a: InventoryEntry, b: InventoryEntry): boolean {
  return (a.type === 'hardlink' || b.type === 'hardlink') && !(a.type === b.type && sameTarget(a, b));
}

function sameThing(a: InventoryEntry, b: InventoryEntry): boolean {
  return (
    a.type === b.type && a.sha256 === b.sha256 && a.size === b.size && sameTarget(a, b) && sameDevice(a, b)
  );
}

function addAspects(a: InventoryEntry, b: InventoryEntry, aspects: Set<Aspect>): void {
  if (!sameTime(a, b)) aspects.add('timestamps');
  if (a.uid !== b.uid || a.gid !== b.gid) aspects.add('ownership');
  if (a.mode !== b.mode) aspects.add('mode');
  if (!sameXattrs(a, b)) aspects.add('xattrs');
}

function sameInodes(
  base: LayerView,
  target: LayerView,
  names: readonly (readonly [InventoryEntry, InventoryEntry])[],
  aspects: Set<Aspect>,
): boolean {
  const [inodes, others] = [new LayerInodes(base), new LayerInodes(target)];
  for (const [before, after] of names) {
    const [a, b] = [inodes.of(before), others.of(after)];
    if (a.firstName !== b.firstName) return false;
    if (a.entry === null || b.entry === null) {
      // Both layers have the same paths: where these are equal, both entries are null.
      if (a.path !== b.path) return false;
    } else {
      if (!sameThing(a.entry, b.entry)) return false;
      addAspects(a.entry, b.entry, aspects);
    }
  }
  return true;
}
