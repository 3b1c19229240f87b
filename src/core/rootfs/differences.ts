import type { ByteText } from '../../base/byte-text.ts';
import { ROOT } from '../layer/entry-path.ts';
import type { Overlay } from './overlay.ts';
import { NONE, type Node } from './rootfs-node.ts';
import type { Placed } from './rootfs-reader.ts';
import { inPathOrder, type Listed, mergeSorted, pathIn } from './walk-nodes.ts';

/** What two root filesystems have under one path; null where one has nothing. */
export interface Difference {
  readonly base: Placed | null;
  readonly target: Placed | null;
}

/** A name that an overlay says something of; null for an overlay that says nothing of it. */
interface Spot {
  readonly base: Node | null;
  readonly target: Node | null;
}

/** Whether the lower rootfs shows in a directory. */
interface Open {
  readonly base: boolean;
  readonly target: boolean;
}

/** A directory whose names are being compared. */
interface Level {
  readonly directory: ByteText;
  readonly open: Open;
  readonly spots: Iterator<Listed<Spot>, undefined>;
}

/**
 * Finds the paths where two overlays over the same lower rootfs may hold different states, sorted. Only what one of
 * them touches is looked at, so that the cost is that of the layers which differ.
 */
export function* findDifferences(
  base: Overlay,
  target: Overlay,
): Generator<readonly [path: ByteText, difference: Difference]> {
  const root = { base: base.at(base.root), target: target.at(target.root) };
  yield* mergeSorted(isDifferent(root) ? [[ROOT, root]] : [], new Walk(base, target).differences());
}

const isDifferent = ({ base, target }: Difference): boolean =>
  base?.state !== target?.state || isUnstated(base) !== isUnstated(target);

/** Tells whether a directory has rights of its own that a layer which needs it leaves unsaid. */
export const isUnstated = (placed: Placed | null): boolean => (placed?.unstatedIn ?? NONE) !== NONE;

class Walk {
  readonly #base: Overlay;
  readonly #target: Overlay;

  constructor(base: Overlay, target: Overlay) {
    this.#base = base;
    this.#target = target;
  }

  *differences(): Generator<readonly [ByteText, Difference]> {
    const root = { base: this.#base.root, target: this.#target.root };
    const levels = [this.#enter(ROOT, root, { base: true, target: true })];
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      const { value: listed } = level.spots.next();
      if (listed === undefined) {
        levels.pop();
        continue;
      }
      const path = pathIn(level.directory, listed.name);
      if (listed.below) {
        levels.push(this.#enter(path, listed.value, level.open));
      } else {
        const difference = this.#compare(listed.value, level.open);
        if (isDifferent(difference)) yield [path, difference];
      }
    }
  }

  #compare(spot: Spot, open: Open): Difference {
    const { base, target } = spot;
    return {
      base: base ? this.#base.at(base) : open.base ? this.#lowerAt(spot) : null,
      target: target ? this.#target.at(target) : open.target ? this.#lowerAt(spot) : null,
    };
  }

  #lowerAt({ base, target }: Spot): Placed | null {
    return base ? this.#base.lowerAt(base) : target && this.#target.lowerAt(target);
  }

  #enter(directory: ByteText, { base, target }: Spot, above: Open): Level {
    const open = openBelow({ base, target }, above);
    // What one side hides, the other side still has: all of the lower rootfs here differs.
    const spots = this.#list(
      {
        base: open.base && !open.target ? this.#base.takeIn(directory) : base,
        target: open.target && !open.base ? this.#target.takeIn(directory) : target,
      },
      open,
    );
    return { directory, open, spots };
  }

  #list({ base, target }: Spot, open: Open): Iterator<Listed<Spot>, undefined> {
    const spots = new Map<ByteText, Spot>();
    for (const [name, node] of base?.children ?? []) {
      spots.set(name, { base: node, target: target?.children?.get(name) ?? null });
    }
    for (const [name, node] of target?.children ?? []) {
      if (!spots.has(name)) spots.set(name, { base: null, target: node });
    }
    return inPathOrder(spots, (spot) => this.#hasMore(spot, open)).values();
  }

  #hasMore(spot: Spot, above: Open): boolean {
    if (spot.base?.children || spot.target?.children) return true;
    const open = openBelow(spot, above);
    return open.base !== open.target && this.#lowerAt(spot)?.state.type === 'dir';
  }
}

function openBelow({ base, target }: Spot, above: Open): Open {
  return {
    base: base ? base.hiddenBelowBy === NONE : above.base,
    target: target ? target.hiddenBelowBy === NONE : above.target,
  };
}
