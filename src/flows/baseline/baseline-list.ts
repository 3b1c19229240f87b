import { attempt, tellFault, VarveError } from '../../base/errors.ts';
import type { RunFacts } from '../../core/run/run-facts.ts';
import type { Store } from '../../core/store/store.ts';
import type { LayerTools } from '../image/analyze-layers.ts';
import type { ImageTools } from '../image/open-image.ts';
import {
  type Baseline,
  type BaselineSearch,
  type ComparedImage,
  type ImageToRead,
  type Keeping,
  type KeptRun,
  NOTHING,
  type RecalledSnapshot,
} from './baseline.ts';

/**
 * Several places: the first that has something is compared with, and each that keeps snapshots keeps the run's. One that
 * is not verified stands back behind those that are.
 */
export class BaselineList implements Baseline {
  readonly #members: readonly Baseline[];

  constructor(members: readonly Baseline[]) {
    this.#members = members;
  }

  async shareDocuments(own: Store, run: RunFacts): Promise<void> {
    for (const member of this.#members) await member.shareDocuments(own, run);
  }

  async shareLayers(own: Store, image: ImageToRead): Promise<readonly string[]> {
    const notes: string[] = [];
    for (const member of this.#members) notes.push(...(await member.shareLayers(own, image)));
    return notes;
  }

  async find(tools: ImageTools & LayerTools, image: ComparedImage): Promise<BaselineSearch> {
    const notes: string[] = [];
    let isUnusable = false;
    let unverified: BaselineSearch | null = null;
    for (const member of this.#members) {
      const search = await findIn(member, tools, image);
      notes.push(...search.notes);
      if (search.baseline?.facts.unverified) unverified ??= search;
      else if (search.baseline !== null) return { ...search, notes };
      isUnusable ||= search.none === 'unusable';
    }
    if (unverified !== null) return { ...unverified, notes };
    return { ...NOTHING, none: isUnusable ? 'unusable' : 'absent', notes };
  }

  async recall(limit: number): Promise<readonly RecalledSnapshot[]> {
    for (const member of this.#members) {
      const recalled = (await member.recall?.(limit)) ?? [];
      if (recalled.length > 0) return recalled;
    }
    return [];
  }

  async keep(own: Store, run: KeptRun): Promise<Keeping> {
    const kept: Keeping[] = [];
    for (const member of this.#members) kept.push(await member.keep(own, run));
    return {
      keptIn: kept.find(({ keptIn }) => keptIn !== null)?.keptIn ?? null,
      notes: kept.flatMap(({ notes }) => notes),
      asides: kept.flatMap(({ asides = [] }) => asides),
    };
  }
}

/** An image that is not there yet is not a mistake where it is one place of several. */
async function findIn(
  member: Baseline,
  tools: ImageTools & LayerTools,
  image: ComparedImage,
): Promise<BaselineSearch> {
  const found = await attempt(['outside', 'usage'], () => member.find(tools, { ...image, alone: false }));
  if (!(found instanceof VarveError)) return found;
  if (found.kind === 'usage' && found.code !== 'image-not-found') throw found;
  const none = found.kind === 'usage' ? 'absent' : 'unusable';
  return { ...NOTHING, none, notes: [`a baseline was skipped: ${tellFault(found)}`] };
}
