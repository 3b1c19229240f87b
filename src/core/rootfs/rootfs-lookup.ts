import type { ByteText } from '../../base/byte-text.ts';
import type { FileState } from './file-state.ts';
import { openRootfs } from './merge-layers.ts';
import { Overlay } from './overlay.ts';
import { PathResolver } from './path-resolver.ts';
import type { LayerView } from './rootfs-reader.ts';

/** The merged root filesystem of some layers, for looking up a few paths. */
export class RootfsLookup {
  readonly #overlay: Overlay;
  readonly #resolver: PathResolver;

  constructor(layers: readonly LayerView[]) {
    this.#overlay = new Overlay(openRootfs(layers));
    this.#resolver = new PathResolver(this.#overlay);
  }

  /** What a path leads to, every symlink followed inside the root; null when nothing is there. */
  find(path: ByteText): FileState | null {
    return this.locate(path)?.state ?? null;
  }

  /** The same, with its real path. */
  locate(path: ByteText): { readonly path: ByteText; readonly state: FileState } | null {
    const node = this.#resolver.directory(path);
    const placed = node && this.#overlay.at(node);
    return placed && { path: node.path, state: placed.state };
  }
}
