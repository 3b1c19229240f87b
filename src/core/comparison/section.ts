import type { Sections } from './comparison.ts';
import type { SnapshotView } from './snapshot-view.ts';

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
}

/** Compares two snapshots section by section. One that a side was not analysed for is null: nothing is known of it. */
export async function compareSections(
  base: SnapshotView,
  target: SnapshotView,
  comparers: readonly SectionComparer[],
): Promise<ComparedSections> {
  const sections: Record<string, Sections[string]> = {};
  let changed = false;
  for (const comparer of comparers) {
    const before = await base.loadFragments(comparer.kind);
    const after = before && (await target.loadFragments(comparer.kind));
    const compared = before && after && comparer.compare(before, after);
    sections[comparer.name] = compared?.section ?? null;
    changed ||= compared?.changed ?? false;
  }
  return { sections, changed };
}
