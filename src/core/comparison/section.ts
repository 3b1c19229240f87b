import { imageFragments, type Snapshot } from '../snapshot/snapshot.ts';
import type { Sections } from './comparison.ts';
import type { SnapshotView } from './snapshot-view.ts';
import type { UncomparedItem } from './uncompared.ts';

/** Compares what one kind of fragments says of two images: a section of the comparison. */
export interface SectionComparer {
  /** The section's name in the comparison: `packages`. */
  readonly name: string;
  /** The kind of the fragments, of layers or of whole images. */
  readonly kind: string;
  /**
   * @param base the payloads of the base: of its layers in their order, or the one of the image.
   * @returns the section, and whether it says that anything changed.
   */
  compare(
    base: readonly Uint8Array[],
    target: readonly Uint8Array[],
  ): { readonly section: Readonly<Record<string, unknown>>; readonly changed: boolean };
}

export interface ComparedSections {
  readonly sections: Sections;
  readonly changed: boolean;
  /** Sections that a side lacks what is compared for. */
  readonly uncompared: readonly UncomparedItem[];
}

/** Compares two snapshots section by section. One that a side was not analyzed for is null: nothing is known of it. */
export async function compareSections(
  base: SnapshotView,
  target: SnapshotView,
  comparers: readonly SectionComparer[],
): Promise<ComparedSections> {
  const sections: Record<string, Sections[string]> = {};
  const uncompared: UncomparedItem[] = [];
  let changed = false;
  for (const comparer of comparers) {
    const before = await base.loadFragments(comparer.kind);
    const after = before && (await target.loadFragments(comparer.kind));
    const compared = before && after && comparer.compare(before, after);
    sections[comparer.name] = compared?.section ?? null;
    changed ||= compared?.changed ?? false;
    if (before === null) uncompared.push(nameLack(comparer, base, 'base'));
    else if (after === null) uncompared.push(nameLack(comparer, target, 'target'));
  }
  return { sections, changed, uncompared };
}

function nameLack(
  { name, kind }: SectionComparer,
  { snapshot }: SnapshotView,
  side: UncomparedItem['side'],
): UncomparedItem {
  return { what: name, why: isAnalyzed(snapshot, kind) ? 'lost' : 'not-analyzed', side };
}

function isAnalyzed(snapshot: Snapshot, kind: string): boolean {
  const isOfKind = (fragment: { readonly kind: string }): boolean => fragment.kind === kind;
  if (imageFragments(snapshot).some(isOfKind)) return true;
  const { layers } = snapshot;
  return layers.length > 0 && layers.every(({ fragments }) => fragments.some(isOfKind));
}
