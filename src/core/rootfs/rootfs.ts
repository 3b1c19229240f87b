import type { ByteText } from '../../base/byte-text.ts';
import { Overlay } from './overlay.ts';
import type { Placed, RootfsReader } from './rootfs-reader.ts';
import { descend, nodesBelow } from './walk-nodes.ts';

/** A root filesystem that is merged in memory from the lowest layer on. */
export class Rootfs extends Overlay implements RootfsReader {
  constructor() {
    super(null);
  }

  lookup(path: ByteText): Placed | null {
    const { node, rest } = descend(this.root, path);
    return rest === '' ? this.at(node) : null;
  }

  *descendants(directory: ByteText): Generator<readonly [ByteText, Placed]> {
    const { node, rest } = descend(this.root, directory);
    if (rest !== '') return;
    for (const [path, below] of nodesBelow(node, directory)) {
      const placed = this.at(below);
      if (placed !== null) yield [path, placed];
    }
  }
}
