import type { InventoryEntry } from '../analysis/files/inventory.ts';
import type { LayerView } from './rootfs-reader.ts';

/** The same layer as if it stated no hard links by name. */
export function withoutHardLinks(view: LayerView): LayerView {
  return {
    ...delegate(view),
    find: (path) => {
      const entry = view.find(path);
      return entry?.type === 'hardlink' ? null : entry;
    },
  };
}

/** The same layer, whose entries are read once and then are the same objects each time. */
export function rememberEntries(view: LayerView): LayerView {
  let entries: InventoryEntry[] | null = null;
  return {
    ...delegate(view),
    entries: () => {
      entries ??= [...view.entries()];
      return entries;
    },
  };
}

function delegate(view: LayerView): LayerView {
  return {
    header: view.header,
    entries: () => view.entries(),
    whiteouts: () => view.whiteouts(),
    hasContent: (sha256) => view.hasContent(sha256),
    find: (path) => view.find(path),
    below: (directory) => view.below(directory),
    implicitParents: () => view.implicitParents(),
  };
}
